"""Ask OpenWeather, in threads: One Call 3.0 for eight days, its day summaries after that, air quality."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import requests
from requests.adapters import HTTPAdapter

from shared.errors import AppError, Transient
from shared.weather.model import DayForecast
from shared.weather.readings import from_day_summary, from_one_call

logger = logging.getLogger(__name__)
# urllib3 repeats whole addresses in its log, and here they hold the key.
logging.getLogger("urllib3").setLevel(logging.ERROR)

TIMEOUT = (2.0, 4.0)
AT_ONCE = 8
FARTHEST = timedelta(days=540)
"""Day summaries reach a year and a half ahead (One Call 3.0, daily aggregation)."""
YEAR = timedelta(days=365)
_BAD_REQUEST, _BUSY, _BROKEN = 400, 429, 500


class Forecasts:
    """Weather by place and date."""

    def __init__(
        self, *, url: str, key: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._url, self._key, self._now = url, key, now
        self._web = requests.Session()
        for scheme in ("http://", "https://"):
            self._web.mount(scheme, HTTPAdapter(pool_maxsize=AT_ONCE))
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def days(
        self, lat: float, lng: float, *, zone: str, dates: Sequence[date]
    ) -> dict[date, DayForecast]:
        """The weather of each date that is not over yet; `Transient` when the service is away.

        Within the horizon of eight days it is a forecast, after that the season's statistics.
        """
        local = ZoneInfo(zone)
        today = self._now().astimezone(local).date()
        ahead = [day for day in dates if day >= today]
        known = await self._forecast(lat, lng, local) if ahead else {}
        beyond = [day for day in ahead if day not in known]
        asked = {day: _summarised(day, today) for day in beyond}
        seasonal = await asyncio.gather(*(self._season(lat, lng, asked[day]) for day in beyond))
        return {day: known[day] for day in ahead if day in known} | dict(zip(beyond, seasonal, strict=True))

    async def _forecast(self, lat: float, lng: float, zone: ZoneInfo) -> dict[date, DayForecast]:
        place = {"lat": lat, "lon": lng}
        answer, dust = await asyncio.gather(
            self._get("data/3.0/onecall", {**place, "exclude": "current,minutely,alerts", "units": "metric"}),
            self._get("data/2.5/air_pollution/forecast", place),
        )
        return from_one_call(answer, dust, zone)

    async def _season(self, lat: float, lng: float, day: date) -> DayForecast:
        asked = {"lat": lat, "lon": lng, "date": day.isoformat(), "units": "metric"}
        return from_day_summary(await self._get("data/3.0/onecall/day_summary", asked))

    async def _get(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        async with self._gate:
            return await asyncio.to_thread(partial(self._read, path, asked))

    def _read(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        with contextlib.suppress(requests.RequestException):  # its text repeats the address, key included
            answer = self._web.get(
                f"{self._url}/{path}", params={**asked, "appid": self._key}, timeout=TIMEOUT
            )
            if _BAD_REQUEST <= answer.status_code < _BROKEN and answer.status_code != _BUSY:
                logger.error("the weather service refused our call with status %d", answer.status_code)
                raise AppError("The weather service refused our request.")
            if answer.ok and isinstance(body := answer.json(), dict):
                return body
        raise Transient("The weather service did not answer. Try again in a moment.")


def _summarised(day: date, today: date) -> date:
    """The date to ask a day summary for: the season of a date too far ahead is that of a year before."""
    while day - today > FARTHEST:
        day -= YEAR
    return day

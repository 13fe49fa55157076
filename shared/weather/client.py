"""Ask OpenWeather, in threads: One Call 3.0 for eight days, its day summaries after that, air quality."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import requests
from requests.adapters import HTTPAdapter

from shared.errors import AppError, Transient
from shared.weather.model import DayForecast
from shared.weather.readings import from_day_summary, from_one_call

logger = logging.getLogger(__name__)

TIMEOUT = (2.0, 4.0)
AT_ONCE = 8
_BUSY, _BROKEN = 429, 500


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
        seasonal = await asyncio.gather(*(self._season(lat, lng, day) for day in beyond))
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
        away = "The weather service did not answer. Try again in a moment."
        try:
            answer = self._web.get(
                f"{self._url}/{path}", params={**asked, "appid": self._key}, timeout=TIMEOUT
            )
            if answer.status_code == _BUSY or answer.status_code >= _BROKEN:
                raise Transient(away)
            if not answer.ok:
                logger.error("the weather service refused our call with status %d", answer.status_code)
                raise AppError("The weather service refused our request.")
            body: dict[str, Any] = answer.json()
        except requests.RequestException:
            raise Transient(away) from None  # the original repeats the address, key included
        return body

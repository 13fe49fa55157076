"""Weather by place and date: the forecast while there is one, then the climate; an older one if need be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.errors import AppError
from shared.weather.memory import Memory, Store, Told
from shared.weather.model import DayForecast
from shared.weather.openweather import OpenWeather
from shared.weather.readings import SlotsByDay, with_air
from shared.web import Patience, Threads

logger = logging.getLogger(__name__)

AT_ONCE = 8
PATIENCE = Patience(read_seconds=3.0, whole_seconds=5.0, attempts=2)
HORIZON = timedelta(days=8)
"""One Call 3.0 forecasts today and the seven days after it."""
FARTHEST = timedelta(days=540)
"""Day summaries reach a year and a half ahead (One Call 3.0, daily aggregation)."""
YEAR = timedelta(days=365)
FRESH = timedelta(minutes=10)
"""The service's model runs every ten minutes: asking more often buys nothing."""
STALE_SECONDS = 24 * 3600
CLIMATE_SECONDS = 30 * 24 * 3600


class Forecasts:
    """By place, to a hundredth of a degree (about 1 km); `store` remembers the last good answers."""

    def __init__(
        self,
        *,
        url: str,
        key: str,
        store: Store | None = None,
        patience: Patience = PATIENCE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._service = OpenWeather(url=url, key=key, patience=patience)
        self._memory, self._now = Memory(store), now
        self._threads = Threads("weather", at_once=AT_ONCE)

    async def days(
        self, lat: float, lng: float, *, zone: str, dates: Sequence[date]
    ) -> dict[date, DayForecast]:
        """The weather of each date that is not over yet.

        Within the horizon it is a forecast, marked stale when the service is away and an earlier one is used;
        after it what is usual for the season. Dates nobody can tell of are left out; when that is all of them
        the failure is raised: Transient (the service is away) or AppError (it refuses us).
        """
        local, point = ZoneInfo(zone), (round(lat, 2), round(lng, 2))
        today = self._now().astimezone(local).date()
        ahead = sorted({day for day in dates if day >= today})
        soon = [day for day in ahead if day < today + HORIZON]
        failures: list[AppError] = []
        told = await _or_failure(self._forecast(point, local), failures) if soon else None
        found = {day: told[day] for day in soon if told and day in told}
        beyond = [day for day in ahead if day not in (found if told else soon)]
        usual = await asyncio.gather(
            *(_or_failure(self._season(point, _summarised(day, today)), failures) for day in beyond)
        )
        found |= {day: one for day, one in zip(beyond, usual, strict=True) if one}
        if failures and not found:
            raise failures[0]
        return found

    async def _forecast(self, point: tuple[float, float], zone: ZoneInfo) -> dict[date, DayForecast]:
        key = f"weather:forecast:{point[0]:z.2f},{point[1]:z.2f}:{zone.key}"
        known, now = await self._memory.recall(key), self._now()
        if known and now - known.at < FRESH:
            return dict(known.days)
        try:
            days = await self._ask(point, zone)
        except AppError as failure:
            if known is None:
                raise
            logger.warning("the forecast of %s is used again: %s", known.at.isoformat(), failure)
            return {day: _stale(told, known.at.astimezone(zone)) for day, told in known.days.items()}
        await self._memory.keep(key, Told(now, days), seconds=STALE_SECONDS)
        return days

    async def _ask(self, point: tuple[float, float], zone: ZoneInfo) -> dict[date, DayForecast]:
        weather = asyncio.ensure_future(self._threads.run(self._service.forecast, *point, zone))
        air = await self._air(point, zone)
        return with_air(await weather, air)

    async def _air(self, point: tuple[float, float], zone: ZoneInfo) -> SlotsByDay:
        """A forecast without the air is better than none."""
        try:
            return await self._threads.run(self._service.dust, *point, zone)
        except AppError as failure:
            logger.warning("a forecast without the air: %s", failure)
            return {}

    async def _season(self, point: tuple[float, float], day: date) -> DayForecast:
        key = f"weather:season:{point[0]:z.2f},{point[1]:z.2f}:{day.isoformat()}"
        known = await self._memory.recall(key)
        if known and day in known.days:
            return known.days[day]
        usual = await self._threads.run(self._service.season, *point, day)
        await self._memory.keep(key, Told(self._now(), {day: usual}), seconds=CLIMATE_SECONDS)
        return usual


async def _or_failure[T](asking: Awaitable[T], failures: list[AppError]) -> T | None:
    try:
        return await asking
    except AppError as failure:
        failures.append(failure)
        return None


def _stale(day: DayForecast, told_at: datetime) -> DayForecast:
    """The traveller reads how old it is."""
    return replace(day, summary=f"{day.summary} (forecast of {told_at:%-d %B, %H:%M})", stale=True)


def _summarised(day: date, today: date) -> date:
    """The date to ask a day summary for: the season of a date too far ahead is that of a year before."""
    while day - today > FARTHEST:
        day -= YEAR
    return day

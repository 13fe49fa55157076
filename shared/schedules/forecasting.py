"""The weather of each day of a trip: for the planner, and for the traveller with what it affects."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from shared import places, trips
from shared.errors import AppError
from shared.places import Location
from shared.schedules import store
from shared.schedules.model import ResolvedStop, Wire
from shared.schedules.planning.document import BadSlot, Day, Plan, Weather
from shared.schedules.tools import Tools
from shared.trips import Trip
from shared.weather import DayForecast

logger = logging.getLogger(__name__)


class Affected(Wire):
    """An item in bad weather at a place not known to be indoors; `item` is its JSON pointer (RFC 6901)."""

    item: str
    place_id: str
    name: str
    reason: str


class DayWeather(Wire):
    """`weather` is null for a date that is over, or when nobody could tell; its `source` says how far it is
    to be trusted: a forecast, or what is usual for the season."""

    date: date
    destination: str
    weather: Weather | None
    affects: tuple[Affected, ...]


class TripWeather(Wire):
    """A day each; the dates after `forecast_until` are beyond every forecast."""

    days: tuple[DayWeather, ...]
    forecast_until: date | None


def dates_of(trip: Trip) -> list[date]:
    """The dates of a trip, the last one being that of its departure."""
    nights = sum(stop.nights for stop in trip.destinations)
    return [trip.start_date + timedelta(days=day) for day in range(nights + 1)]


async def trip_weather(trip_id: UUID, *, caller: UUID, tools: Tools) -> TripWeather:
    """The weather of a trip the caller may read, as it is told now; days of unknown places have none."""
    await places.limit_reads(caller, cache=tools.cache)
    trip, _ = await trips.read(trip_id, caller=caller, db=tools.db)
    if not trip.destinations:
        return TripWeather(days=(), forecast_until=None)
    stops = await asyncio.gather(*(_located(stop.name, tools) for stop in trip.destinations))
    weather = await by_date(trip, stops, tools=tools)
    plan = await _plan(trip_id, tools)
    forecast = [day for day, told in weather.items() if told.source == "forecast"]
    days = tuple(
        DayWeather(
            date=day,
            destination=trip.destinations[night].name,
            weather=weather.get(day),
            affects=tuple(_affected(plan, day, weather[day])) if plan and day in weather else (),
        )
        for day, night in zip(dates_of(trip), _stop_of_each_night(trip), strict=True)
    )
    return TripWeather(days=days, forecast_until=max(forecast, default=None))


async def by_date(
    trip: Trip, stops: Sequence[Location | ResolvedStop | None], *, tools: Tools
) -> dict[date, Weather]:
    """The weather where the party sleeps, for each date that is not over; what cannot be had is left out."""
    by_stop: dict[int, list[date]] = {}
    for day, night in zip(dates_of(trip), _stop_of_each_night(trip), strict=True):
        by_stop.setdefault(night, []).append(day)
    weather: dict[date, Weather] = {}
    for index, days in by_stop.items():
        stop = stops[index]
        if stop is None:
            continue
        try:
            told = await tools.forecasts.days(stop.lat, stop.lng, zone=stop.zone, dates=days)
        except AppError as error:
            # A plan without weather today is worth more than one with it tomorrow.
            logger.warning("no weather for %s: %s", stop.name, error)
            continue
        weather |= {day: _weather_of(found) for day, found in told.items()}
    return weather


def _stop_of_each_night(trip: Trip) -> list[int]:
    """Per date of the trip the index of the destination slept in; the last date belongs to the last one."""
    slept = [index for index, stop in enumerate(trip.destinations) for _ in range(stop.nights)]
    return [*slept, slept[-1] if slept else len(trip.destinations) - 1]


async def _located(name: str, tools: Tools) -> Location | None:
    try:
        found = await places.locate(name, maps=tools.maps, cache=tools.cache)
    except AppError as error:
        logger.warning("no weather for a place that cannot be located now: %s", error)
        return None
    return None if found is None or found.partial else found


async def _plan(trip_id: UUID, tools: Tools) -> Plan | None:
    async with tools.db.transaction() as tx:
        job_id = await store.newest(tx, trip_id)
    return await store.read(trip_id, job_id, documents=tools.documents) if job_id else None


def _affected(plan: Plan, date_: date, weather: Weather) -> Iterator[Affected]:
    for number, day in enumerate(plan.days):
        if day.date == date_:
            yield from outdoors_in(day, number, weather)


def outdoors_in(day: Day, number: int, weather: Weather) -> Iterator[Affected]:
    """The items of day `number` of a plan that bad weather touches."""
    for index, item in enumerate(day.items):
        if item.kind not in {"visit", "meal", "rest"} or item.place is None or item.place.indoor:
            continue
        bad = [slot.reason for slot in weather.bad_slots if slot.from_ < item.end and item.start < slot.to]
        if bad:
            yield Affected(
                item=f"/days/{number}/items/{index}",
                place_id=item.place.id,
                name=item.place.name,
                reason=", ".join(dict.fromkeys(bad)),
            )


def _weather_of(forecast: DayForecast) -> Weather:
    slots = [BadSlot(from_=_clock(a), to=_clock(b), reason=why) for a, b, why in forecast.bad_slots]
    return Weather(
        summary=forecast.summary,
        min_c=forecast.min_c,
        max_c=forecast.max_c,
        rain_probability=forecast.rain_probability,
        source=forecast.source,
        bad_slots=slots,
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

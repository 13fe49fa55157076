"""From what is stored to what the planner is asked: trip, places, travel between stops, weather, wishes."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import pairwise

from shared import places
from shared.ai import Constraints
from shared.schedules import forecasting, selection
from shared.schedules.journeys import journey
from shared.schedules.model import Job, ResolvedStop, Route
from shared.schedules.planning.brief import Brief, Candidate, Gateway, Stop, Transfer
from shared.schedules.planning.document import Member, Money, Node, Point
from shared.schedules.tools import Tools
from shared.trips import Destination, Trip

logger = logging.getLogger(__name__)

REGION_METRES = 60_000
"""A lodging found further away than a region reaches is another one of its name."""
FLIGHT_OVERHEAD_MINUTES = 180
DAYS_AROUND = 7
FLIGHT_METRES_PER_MINUTE = 13_000
"""780 km/h, a usual block speed; the overhead is getting through two airports."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the traveller asked, the model's reading of the free text included."""

    start_time: int
    must_see: tuple[str, ...]
    excluded: tuple[str, ...]
    budget: Money | None


def wishes(job: Job, read: Constraints | None) -> Wishes:
    """The request's own fields; the model's reading adds to them and fills what was left open."""
    asked = job.request
    if read is None:
        read = Constraints()
    start = asked.start_time if asked.start_time != "09:00" else (read.start_time or asked.start_time)
    budget = asked.budget or (Money(**read.budget.model_dump()) if read.budget else None)
    return Wishes(
        start_time=_minutes(start),
        must_see=tuple(dict.fromkeys([*asked.must_see, *read.must_see])),
        excluded=tuple(sorted({*asked.excluded_categories, *read.excluded_categories})),
        budget=budget,
    )


async def assemble(job: Job, trip: Trip, route: Route, asked: Wishes, *, tools: Tools) -> Brief:
    """Everything the plan depends on. Weather that cannot be had is left out; the rest is `Transient`."""
    dates = forecasting.dates_of(trip)
    stored = await asyncio.gather(*(places.in_region(r.region, shelf=tools.shelf) for r in route.stops))
    meant = await _meant(asked.must_see, route, stored, tools=tools)
    must_see = tuple(meant.ids.items())
    stored = [[*each, *meant.found.get(r.region, ())] for each, r in zip(stored, route.stops, strict=True)]
    needs = selection.needs(trip, dates, excluded=asked.excluded, wished={p for _, p in must_see if p})
    each = zip(trip.destinations, route.stops, stored, needs, strict=True)
    stops = await asyncio.gather(*(_stop(*stop, dates=dates, tools=tools) for stop in each))
    transfers = await asyncio.gather(*(_transfer(a, b, trip, tools) for a, b in pairwise(stops)))
    return Brief(
        trip_id=str(trip.id),
        party=tuple(
            Member(age=m.age, health=m.health, preferences=list(m.preferences)) for m in trip.members
        ),
        transport=trip.transport,
        start_date=trip.start_date,
        stops=tuple(stops),
        transfers=tuple(transfers),
        start_time=asked.start_time,
        arrival_time=_of_day(trip.arrival_time),
        departure_time=_of_day(trip.departure_time),
        special_requests=job.request.special_requests,
        must_see=must_see,
        budget=asked.budget,
        excluded_categories=asked.excluded,
        weather=await forecasting.by_date(trip, route.stops, tools=tools),
    )


async def _meant(
    wishes: Sequence[str], route: Route, stored: Sequence[Sequence[places.Place]], *, tools: Tools
) -> places.Meant:
    around = [places.Around(stop.region, (stop.lat, stop.lng), stop.zone) for stop in route.stops]
    known = [place for region in stored for place in region]
    return await places.meant(wishes, around, known, shelf=tools.shelf, maps=tools.maps)


async def _stop(
    destination: Destination,
    found: ResolvedStop,
    stored: Sequence[places.Place],
    need: places.Need,
    *,
    dates: Sequence[date],
    tools: Tools,
) -> Stop:
    gateway, lodging = _gateway(found, stored), await _lodging(destination, found, tools)
    nodes = [gateway.point, *([lodging.point] if lodging else [])]
    around = [(found.lat, found.lng), *((node.lat, node.lng) for node in nodes)]
    # In a thread: a large city takes a fraction of a second, and the loop serves others meanwhile.
    chosen = await asyncio.to_thread(places.choose, stored, replace(need, around=around))
    return Stop(
        name=destination.name,
        nights=destination.nights,
        point=Point(lat=found.lat, lng=found.lng),
        zone=found.zone,
        gateway=gateway,
        candidates=tuple(_candidate(place, dates) for place in chosen),
        lodging=lodging,
        check_in=_of_day(destination.check_in),
        check_out=_of_day(destination.check_out),
    )


def _candidate(place: places.Place, dates: Sequence[date]) -> Candidate:
    return Candidate(
        id=place.id,
        name=place.name,
        point=Point(lat=place.lat, lng=place.lng),
        category=place.category,
        indoor=place.indoor,
        step_free=place.step_free,
        strenuous=place.strenuous,
        visit_minutes=place.visit_minutes,
        min_visit_minutes=place.min_visit_minutes,
        hours=places.opening_hours(place, _and_around(dates)),
        source=place.source,
        fetched_at=place.fetched_at,
        types=place.types,
        rating=place.rating,
        ratings=place.ratings,
        price_level=place.price_level,
        ticket=Money(amount=place.ticket.amount, currency=place.ticket.currency) if place.ticket else None,
    )


def _and_around(dates: Sequence[date]) -> list[date]:
    """The dates with a week to either side: what would help may be another day."""
    first, last = min(dates), max(dates)
    days = (last - first).days + 2 * DAYS_AROUND
    return [first + timedelta(days=n - DAYS_AROUND) for n in range(days + 1)]


def _gateway(found: ResolvedStop, stored: Sequence[places.Place]) -> Gateway:
    gateways = [place for place in stored if place.category == "transport"]
    stations = [place for place in gateways if "train_station" in place.types] or gateways
    if not stations:
        return Gateway(name=f"{found.name} centre", point=Point(lat=found.lat, lng=found.lng))
    main = max(stations, key=lambda place: (place.ratings, place.id))
    return Gateway(name=main.name, point=Point(lat=main.lat, lng=main.lng))


async def _lodging(destination: Destination, found: ResolvedStop, tools: Tools) -> Node | None:
    lodging = destination.lodging
    if lodging is None or destination.nights == 0:
        return None
    if lodging.point is not None:
        point = Point(lat=lodging.point.lat, lng=lodging.point.lng)
    else:
        text = lodging.address or f"{lodging.name}, {destination.name}"
        country = places.country_of(found.zone)
        located = await places.locate(text, maps=tools.maps, cache=tools.cache, country=country)
        centre = (found.lat, found.lng)
        if located and places.metres_between(centre, (located.lat, located.lng)) <= REGION_METRES:
            centre = (located.lat, located.lng)
        point = Point(lat=centre[0], lng=centre[1])
    return Node(kind="lodging", name=lodging.name, point=point)


async def _transfer(origin: Stop, to: Stop, trip: Trip, tools: Tools) -> Transfer:
    start, end = origin.gateway.point, to.gateway.point
    driving = trip.transport == "car"
    found = await journey(
        (start.lat, start.lng),
        (end.lat, end.lng),
        mode="drive" if driving else "transit",
        zone=origin.zone,
        day=trip.start_date,
        country=places.country_of(origin.zone) if origin.zone == to.zone else None,
        maps=tools.maps,
        cache=tools.cache,
    )
    if found is not None:
        mode = "car" if driving else "intercity"
        return Transfer(mode=mode, minutes=found.minutes, metres=found.metres)
    metres = places.metres_between((start.lat, start.lng), (end.lat, end.lng))
    return Transfer(
        mode="flight",
        minutes=FLIGHT_OVERHEAD_MINUTES + metres // FLIGHT_METRES_PER_MINUTE,
        metres=metres,
    )


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _of_day(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute

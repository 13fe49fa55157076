"""Everything within so many minutes of a point: a ring by distance first, travel times for what is in it.

The ring is asked for around the middle of the point's cell, a hundredth of a degree, so that neighbours share
the answer. Travel times are measured from the point itself, to ten metres.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from shared.cache import Cache
from shared.errors import AppError
from shared.maps import Journey, LatLng, Maps, metres_between
from shared.messaging import SearchCategory
from shared.places import flight
from shared.places.cursors import digest_of
from shared.places.geography import country_of
from shared.places.model import Place, Places, Reach, Reached
from shared.places.query import GROUPS, MODES, Mode, NearbyQuery
from shared.places.service import places_of
from shared.places.shelf import READER_PATIENCE, Kept, Shelf, Slot, all_of
from shared.places.typical import SEARCHED

logger = logging.getLogger(__name__)

RING_METRES_PER_MINUTE: Mapping[Mode, int] = {"walk": 90, "public": 500, "car": 900}
"""As the crow flies; nobody gets further, whatever the way: a brisk walk, a direct train, a motorway."""
WIDEST_RING = 49_000
CELL_METRES = 800
"""From the middle of a cell to its corner at the equator, rounded up."""
PER_CATEGORY = 20

MEASURED, ESTIMATED = "route service", "estimated from the distance"
DETOUR: Mapping[Mode, float] = {"walk": 1.3, "public": 1.4, "car": 1.4}
METRES_PER_MINUTE: Mapping[Mode, float] = {"walk": 75.0, "public": 350.0, "car": 450.0}
OVERHEAD_MINUTES: Mapping[Mode, float] = {"walk": 0.0, "public": 8.0, "car": 4.0}
"""For estimates: streets are so much longer than the crow flies, in a city; waiting and parking take time."""

WHOLE_IN_PATIENCES = 2.5
"""Searches, then travel times, and a rest: a provider that hangs is given up before those who wait give
up.
"""

HOT_SECONDS, HOT_SECONDS_OF_ESTIMATES = 600, 15
ZONE_SECONDS = 30 * 86_400


async def reach(query: NearbyQuery, *, shelf: Shelf, maps: Maps, patience: float = READER_PATIENCE) -> Reach:
    """What is within reach, in no order; measured once for all who ask for the same, kept for ten minutes.

    The searches may take `patience` seconds, and the travel times as long again.

    Where the provider is away, what is stored counts, with estimated times; `Transient` when nothing is.
    """
    key = f"places-reach:{digest_of(*_rounded(query), query.minutes, query.mode, query.category)}"

    async def look() -> Reach | None:
        hot = await shelf.cache.read(key)
        return None if hot is None else Reach.model_validate_json(hot)

    async def call() -> Reach:
        found = await _measure(query, shelf=shelf, maps=maps, patience=patience)
        seconds = HOT_SECONDS_OF_ESTIMATES if found.stale else HOT_SECONDS
        await shelf.cache.write(key, found.model_dump_json(by_alias=True), seconds=seconds)
        return found

    known = await look()
    if known is not None:
        return known
    if not await shelf.cache.answers():
        return await call()  # nowhere to leave it for the others, so nobody waits for it
    whole = WHOLE_IN_PATIENCES * patience
    return await flight.once(key, look=look, call=call, patience=whole, db=shelf.db, cache=shelf.cache)


def ring_metres(query: NearbyQuery) -> int:
    """How far away a place may be, as the crow flies, and still be in reach."""
    return min(RING_METRES_PER_MINUTE[query.mode] * query.minutes, WIDEST_RING)


def in_ring(query: NearbyQuery, answers: Sequence[Kept[Places]]) -> list[Place]:
    """The places of the group that can qualify, each once, by id."""
    point, ring, group = _rounded(query), ring_metres(query), GROUPS[query.category]
    found = {place.id: place for answer in answers for place in answer.value.places}
    return [
        place
        for _, place in sorted(found.items())
        if place.category in group and metres_between(point, (place.lat, place.lng)) <= ring
    ]


def estimated(point: LatLng, place: Place, mode: Mode) -> Journey:
    """A guess from the distance, when nobody can be asked."""
    metres = round(metres_between(point, (place.lat, place.lng)) * DETOUR[mode])
    return Journey(minutes=round(metres / METRES_PER_MINUTE[mode] + OVERHEAD_MINUTES[mode]), metres=metres)


async def _measure(query: NearbyQuery, *, shelf: Shelf, maps: Maps, patience: float) -> Reach:
    zone, answers = await asyncio.gather(
        zone_of(_rounded(query), maps=maps, cache=shelf.cache, patience=patience),
        all_of(
            [
                _around(query, category, shelf=shelf, maps=maps, patience=patience)
                for category in GROUPS[query.category]
            ]
        ),
    )
    places = in_ring(query, answers)
    journeys, source = await _journeys(query, places, zone=zone, maps=maps, patience=patience)
    reached = [
        Reached(place=place, minutes=journey.minutes, metres=journey.metres)
        for place, journey in zip(places, journeys, strict=True)
        if journey is not None and journey.minutes <= query.minutes
    ]
    return Reach(
        reached=tuple(reached),
        source=source,
        at=datetime.now(UTC),
        stale=source == ESTIMATED or any(answer.stale for answer in answers),
        zone=zone,
    )


async def stored(query: NearbyQuery, *, shelf: Shelf) -> dict[str, Place]:
    """What the searches for a query found when they were last made, by id; nobody is asked."""
    kept = await asyncio.gather(
        *(shelf.peek(_slot(query, category), Places) for category in GROUPS[query.category])
    )
    return {place.id: place for answer in kept if answer for place in answer.value.places}


async def _around(
    query: NearbyQuery, category: SearchCategory, *, shelf: Shelf, maps: Maps, patience: float
) -> Kept[Places]:
    """What one search finds in the ring, of whatever category it is."""
    slot = _slot(query, category)

    async def ask() -> Places:
        found = await maps.nearby(
            SEARCHED[category],
            _cell(query),
            radius=ring_metres(query) + CELL_METRES,
            limit=PER_CATEGORY,
            by="distance" if category == "laundry" else "popularity",
        )
        return Places(places=tuple(await places_of(found, region=slot.region, shelf=shelf, maps=maps)))

    return await shelf.get(slot, Places, ask, patience=patience)


def _slot(query: NearbyQuery, category: SearchCategory) -> Slot:
    lat, lng = _cell(query)
    return Slot(f"near:{lat:z.2f},{lng:z.2f},{ring_metres(query)}", category)


def _cell(query: NearbyQuery) -> LatLng:
    return round(query.lat, 2), round(query.lng, 2)


async def _journeys(
    query: NearbyQuery, places: Sequence[Place], *, zone: str | None, maps: Maps, patience: float
) -> tuple[Sequence[Journey | None], str]:
    point, mode = _rounded(query), query.mode
    if not places:
        return [], MEASURED
    try:
        ends = [(place.lat, place.lng) for place in places]
        async with asyncio.timeout(patience):
            return await maps.matrix(point, ends, mode=MODES[mode], country=country_of(zone)), MEASURED
    except (AppError, TimeoutError) as error:
        logger.warning("travel times estimated: %s", type(error).__name__)
        return [estimated(point, place, mode) for place in places], ESTIMATED


async def zone_of(
    point: LatLng, *, maps: Maps, cache: Cache, patience: float = READER_PATIENCE
) -> str | None:
    """The time zone of a point, remembered for a month; None when nobody can tell now."""
    key = f"zone:{point[0]:z.2f},{point[1]:z.2f}"
    known = await cache.read(key)
    if known is not None:
        return known
    try:
        async with asyncio.timeout(patience):
            zone = await maps.zone(point, datetime.now(UTC))
    except (AppError, TimeoutError) as error:
        logger.warning("no zone for a point: %s", type(error).__name__)
        return None
    await cache.write(key, zone, seconds=ZONE_SECONDS)
    return zone


def _rounded(query: NearbyQuery) -> LatLng:
    return round(query.lat, 4), round(query.lng, 4)

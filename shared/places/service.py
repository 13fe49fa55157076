"""Find places around a point, keep them per region, hand them to whoever plans."""

import asyncio
import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.cache import Cache
from shared.maps import FoundPlace, Maps, metres_between
from shared.messaging import SearchCategory, SearchPlaces
from shared.places import normalise, sightings
from shared.places.model import Location, Place, Places
from shared.places.shelf import WORKER_PATIENCE, Shelf, Slot
from shared.places.typical import RADIUS, SEARCHED

LOCATION_SECONDS = 30 * 86_400


async def fresh_categories(region: str, *, shelf: Shelf) -> set[str]:
    """The categories of a region that were searched for within a day."""
    return await shelf.fresh(region)


async def search(order: SearchPlaces, *, shelf: Shelf, maps: Maps) -> int:
    """Fill the store for one category of a region; returns how many places it has. Twice is once.

    Whoever asks for the same at the same time waits for the one search. None found is an answer too; old
    places are one while the provider is away.
    """
    slot = Slot(order.region, order.category)
    kept = await shelf.get(
        slot, Places, lambda: _find(order, shelf=shelf, maps=maps), patience=WORKER_PATIENCE
    )
    return len(kept.value.places)


async def in_region(region: str, *, shelf: Shelf) -> list[Place]:
    """Every place known in a region, by id."""
    answers = await shelf.region(region, Places)
    return sorted((place for answer in answers for place in answer.places), key=lambda place: place.id)


async def locate(text: str, *, maps: Maps, cache: Cache, country: str | None = None) -> Location | None:
    """Where a name or an address is; None when no geocoder knows it. Remembered for a month.

    `country`, where it is known, says who is asked.
    """
    # Case and spaces only: Ås is not As, and "Paris, Texas" is not Paris in Texas County.
    asked = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    key = f"location:{hashlib.sha256(f'{country or ""}:{asked}'.encode()).hexdigest()}"
    known = await cache.read(key)
    if known is not None:
        return Location.model_validate_json(known)
    found = await maps.locate(text, country=country)
    if found is None:
        return None
    zone = await maps.zone((found.lat, found.lng), datetime.now(UTC))
    location = Location(
        name=found.name,
        lat=found.lat,
        lng=found.lng,
        country=found.country,
        zone=zone,
        partial=found.partial,
    )
    await cache.write(key, location.model_dump_json(by_alias=True), seconds=LOCATION_SECONDS)
    return location


async def places_of(
    found: Sequence[FoundPlace],
    *,
    region: str,
    shelf: Shelf,
    maps: Maps,
    category: SearchCategory | None = None,
) -> list[Place]:
    """What the provider found, with our own facts, each once; of one category if one is named."""
    each = {one.id: one for one in found}
    facts = await maps.facts(sorted({one.same_as or one.id for one in found}))
    at = datetime.now(UTC)
    made: list[Place] = []
    for one in each.values():
        known = facts.get(one.same_as or one.id)
        kind = normalise.category_of(one, known)
        if kind is not None and category in {None, kind}:
            made.append(normalise.place(one, known, region=region, category=kind, at=at))
    await sightings.keep([each[place.id] for place in made], shelf=shelf)
    return made


async def _find(order: SearchPlaces, *, shelf: Shelf, maps: Maps) -> Places:
    # Of no country: what a plan is made from is one provider's (decision 0028).
    centre, radius = (order.lat, order.lng), RADIUS[order.category]
    lists = await asyncio.gather(
        *(maps.search(kind, centre, radius=radius) for kind in SEARCHED[order.category])
    )
    found = [place for places in lists for place in places]
    near = [place for place in found if metres_between(centre, (place.lat, place.lng)) <= radius]
    made = await places_of(near, region=order.region, shelf=shelf, maps=maps, category=order.category)
    return Places(places=tuple(sorted(made, key=lambda place: place.id)))

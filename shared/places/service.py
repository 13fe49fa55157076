"""Find places around a point, keep them per region, hand them to whoever plans."""

import asyncio
import hashlib
import math
import unicodedata
from datetime import UTC, datetime

from shared.cache import Cache
from shared.documents import Documents
from shared.maps import LatLng, Maps
from shared.messaging import SearchCategory, SearchPlaces
from shared.places import normalise
from shared.places.model import Location, Place
from shared.places.typical import RADIUS, SEARCHED

CONTAINER = "places"
FRESH_SECONDS = 86_400
KEPT_SECONDS = 7 * 86_400
LOCATION_SECONDS = 30 * 86_400
EARTH_RADIUS = 6_371_008.8


def region_of(lat: float, lng: float) -> str:
    """The partition of the places around a point: its coordinates to a hundredth of a degree, about 1 km."""
    return f"at:{lat:z.2f},{lng:z.2f}"


async def is_fresh(region: str, category: SearchCategory, *, documents: Documents) -> bool:
    """Whether a search for the category ended within a day."""
    return await documents.find(CONTAINER, _marker(category), partition=region) is not None


async def search(order: SearchPlaces, *, maps: Maps, documents: Documents) -> int:
    """Fill the store for one category of a region; returns how many places it has. Twice is once.

    The marker that says so is written last: a search that died half-way is not taken for done.
    """
    marker = await documents.find(CONTAINER, _marker(order.category), partition=order.region)
    if marker is not None:
        return int(marker["count"])
    found = await _find(order, maps=maps)
    rows = [{**place.model_dump(mode="json", by_alias=True), "ttl": KEPT_SECONDS} for place in found]
    await documents.put_all(CONTAINER, [{**row, "kind": "place"} for row in rows])
    await documents.put(
        CONTAINER,
        {
            "id": _marker(order.category),
            "region": order.region,
            "kind": "marker",
            "count": len(rows),
            "ttl": FRESH_SECONDS,
        },
    )
    return len(rows)


async def in_region(region: str, *, documents: Documents) -> list[Place]:
    """Every place known in a region, by id."""
    rows = await documents.query(
        CONTAINER, "SELECT * FROM c WHERE c.kind = 'place' ORDER BY c.id", partition=region
    )
    return [Place.model_validate(row) for row in rows]


async def locate(text: str, *, maps: Maps, cache: Cache) -> Location | None:
    """Where a name or an address is; None when no geocoder knows it. Remembered for a month."""
    # Case and spaces only: Ås is not As, and "Paris, Texas" is not Paris in Texas County.
    asked = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    key = f"location:{hashlib.sha256(asked.encode()).hexdigest()}"
    known = await cache.read(key)
    if known is not None:
        return Location.model_validate_json(known)
    found = await maps.locate(text)
    if found is None:
        return None
    zone = await maps.zone((found.lat, found.lng), datetime.now(UTC))
    location = Location(name=found.name, lat=found.lat, lng=found.lng, country=found.country, zone=zone)
    await cache.write(key, location.model_dump_json(by_alias=True), seconds=LOCATION_SECONDS)
    return location


def metres_between(a: LatLng, b: LatLng) -> int:
    """Great-circle distance by the haversine formula on the mean Earth radius (IUGG)."""
    lat1, lng1, lat2, lng2 = map(math.radians, (*a, *b))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    return round(2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half))))


async def _find(order: SearchPlaces, *, maps: Maps) -> list[Place]:
    centre, radius, now = (order.lat, order.lng), RADIUS[order.category], datetime.now(UTC)
    lists = await asyncio.gather(
        *(maps.search(kind, centre, radius=radius) for kind in SEARCHED[order.category])
    )
    found = {place.id: place for places in lists for place in places}
    facts = await maps.facts(sorted(found))
    return [
        normalise.place(place, facts.get(place.id), region=order.region, category=order.category, at=now)
        for place in found.values()
        if normalise.category_of(place, facts.get(place.id)) == order.category
        and metres_between(centre, (place.lat, place.lng)) <= radius
    ]


def _marker(category: SearchCategory) -> str:
    return f"searched:{category}"

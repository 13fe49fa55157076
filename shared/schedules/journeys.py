"""Usual journeys between two points, asked of the map service and remembered for a day."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import orjson

from shared.cache import Cache
from shared.maps import Journey, LatLng, Maps, TravelMode

JOURNEY_SECONDS = 86_400
MIDDAY = time(12)
"""Timetables are asked for noon: by night little runs, and nobody sights then."""


async def journey(
    origin: LatLng,
    destination: LatLng,
    *,
    mode: TravelMode,
    zone: str,
    day: date,
    country: str | None,
    maps: Maps,
    cache: Cache,
) -> Journey | None:
    """How one gets there on such a day, None where no way leads; `zone` is where it starts,
    `country` where it leads all the way.

    Raises Transient when the service is away or busy and AppError when it refuses us.
    """
    key = _key(origin, destination, mode, day)
    known = await cache.read(key)
    if known is not None:
        kept = orjson.loads(known)
        return Journey(**kept) if kept else None
    # By car without a time of day: that asks for no traffic, at half the price.
    noon = datetime.combine(day, MIDDAY, ZoneInfo(zone)).astimezone(UTC) if mode == "transit" else None
    found = await maps.travel(origin, destination, mode=mode, departure=noon, country=country)
    kept = asdict(found) if found else None
    await cache.write(key, orjson.dumps(kept).decode(), seconds=JOURNEY_SECONDS)
    return found


def _key(origin: LatLng, destination: LatLng, mode: TravelMode, day: date) -> str:
    """Timetables differ by the day of the week; walks and roads do not."""
    when = f"{mode}{day.isoweekday()}" if mode == "transit" else mode
    ends = ":".join(f"{lat:z.5f},{lng:z.5f}" for lat, lng in (origin, destination))
    return f"journey:{when}:{ends}"

"""What is within reach, sorted and page by page."""

from collections.abc import Callable, Mapping
from datetime import datetime

from shared.maps import Maps
from shared.places import cursors
from shared.places.cursors import SortKey
from shared.places.matching import folded
from shared.places.model import Reach, Reached
from shared.places.nearby import reach
from shared.places.query import NearbyPage, NearbyQuery, Sort, Sorted
from shared.places.shelf import Shelf
from shared.places.views import Nearby, NearbyPlace, Travel, facts_of

LONGEST_NAME = 60
"""Characters of a name that sorting looks at, so that a cursor stays short."""

_KEYS: Mapping[Sort, Callable[[Reached], SortKey]] = {
    "time": lambda one: (one.minutes, one.metres, one.place.id),
    "rating": lambda one: (-(one.place.rating or 0.0), -one.place.ratings, one.place.id),
    "name": lambda one: (folded(one.place.name)[:LONGEST_NAME], one.place.id),
    "reviews": lambda one: (-one.place.ratings, one.place.id),
}


async def nearby(asked: NearbyPage, *, shelf: Shelf, maps: Maps) -> Nearby:
    """A page of what is within so many minutes of a point."""
    query = NearbyQuery(**{name: getattr(asked, name) for name in NearbyQuery.model_fields})
    found = await reach(query, shelf=shelf, maps=maps)
    return page_of(found, query, asked, now=shelf.now())


def page_of(found: Reach, query: NearbyQuery, asked: Sorted, *, now: datetime) -> Nearby:
    """The page asked for; `MalformedRequest` for a cursor of another query or sort."""
    key = _KEYS[asked.sort]
    rows = sorted(((key(one), one) for one in found.reached), key=lambda row: row[0])
    digest = cursors.digest_of(*dict(query).values(), asked.sort)
    shown, following = cursors.page(rows, digest=digest, limit=asked.limit, cursor=asked.cursor)
    return Nearby(
        items=tuple(_shown(one, found, query, now) for one in shown),
        next_cursor=following,
        total=len(rows),
        stale=found.stale,
    )


def _shown(one: Reached, found: Reach, query: NearbyQuery, now: datetime) -> NearbyPlace:
    travel = Travel(
        mode=query.mode, minutes=one.minutes, metres=one.metres, source=found.source, fetched_at=found.at
    )
    return NearbyPlace.model_validate({**facts_of(one.place, zone=found.zone, now=now), "travel": travel})

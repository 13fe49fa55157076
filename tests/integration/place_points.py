"""Points near the middle of catalogue cities, each in a cell no other test has asked about."""

from itertools import product
from typing import Any

from shared.places import NearbyPage

CENTRES = ((48.1372, 11.5755), (48.8566, 2.3522), (37.5665, 126.978), (35.6812, 139.7671))
_fresh = (
    (round(lat + north / 100, 4), round(lng + east / 100, 4))
    for north, east, (lat, lng) in product((0, 1, -1, 2), (0, 1, -1, 2, -2), CENTRES)
)


def asked(**changes: Any) -> NearbyPage:
    """What is half an hour's walk away to eat, all of it on one page, unless told otherwise."""
    query: dict[str, Any] = {"minutes": 30, "mode": "walk", "category": "food", "limit": 100}
    if "lat" not in changes:
        query["lat"], query["lng"] = next(_fresh)
    return NearbyPage.model_validate(query | changes)

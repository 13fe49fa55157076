"""Places as tests need them: open every day, unless told otherwise."""

from datetime import UTC, datetime
from typing import Any

from shared.places.model import Hours, Place

ALL_WEEK = Hours(weekly=(((540, 1320),),) * 7)


def place(key: str, **changes: Any) -> Place:
    """A sight in the centre of Munich, its name the key, unless told otherwise."""
    told: dict[str, Any] = {
        "id": key,
        "region": "at:48.14,11.58",
        "name": key,
        "lat": 48.137,
        "lng": 11.575,
        "category": "sightseeing",
        "types": (),
        "indoor": None,
        "step_free": "unknown",
        "strenuous": False,
        "visit_minutes": 45,
        "min_visit_minutes": 20,
        "hours": ALL_WEEK,
        "rating": None,
        "ratings": 0,
        "price_level": None,
        "ticket": None,
        "source": "Google Places",
        "fetched_at": datetime(2026, 6, 1, tzinfo=UTC),
    }
    return Place(**told | changes)

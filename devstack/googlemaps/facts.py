"""Place facts: our own curated source for what Google does not tell, served beside the simulated APIs."""

from collections.abc import Sequence
from typing import Any

from devstack.googlemaps.places import Catalogue, Place

MAX_IDS = 200
SOURCE = "TripGen place facts"


def facts_of(catalogue: Catalogue, ids: Sequence[str]) -> dict[str, Any]:
    """Facts of the known ids in the asked order; unknown ids are left out."""
    wanted = dict.fromkeys(ids)
    return {"places": [_facts(catalogue.by_id[key]) for key in wanted if key in catalogue.by_id]}


def _facts(place: Place) -> dict[str, Any]:
    """Minutes are of a typical and of the shortest sensible visit; `ticket` is per adult, None unknown."""
    return {
        "id": place.id,
        "visitMinutes": place.visit_minutes,
        "minVisitMinutes": place.min_visit_minutes,
        "indoor": place.indoor,
        "strenuous": place.strenuous,
        "ticket": place.ticket,
        "stepFree": place.step_free,
        "category": place.category,
        "closedDates": sorted(day.isoformat() for day in place.closed),
        "source": SOURCE,
        "checkedAt": place.city.checked_at,
    }

"""Places API (New), Nearby Search: the best known or the closest places of some types in a circle."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from devstack.googlemaps.errors import invalid
from devstack.googlemaps.geo import Point
from devstack.googlemaps.payload import read_choice, read_circle
from devstack.googlemaps.places import Catalogue, Place
from devstack.googlemaps.resource import all_types
from devstack.googlemaps.vocabulary import PLACE_TYPES

MAX_RESULTS = 20
MAX_TYPES = 50
TYPE_FIELDS = ("includedTypes", "excludedTypes", "includedPrimaryTypes", "excludedPrimaryTypes")
FIELDS = frozenset(
    {*TYPE_FIELDS, "languageCode", "regionCode", "maxResultCount", "locationRestriction", "rankPreference"}
    | {"routingParameters"}
)


def search_nearby(catalogue: Catalogue, body: Mapping[str, Any]) -> list[Place]:
    """At most twenty places; the real service has no further pages either. Raises ApiError 400."""
    restriction = body.get("locationRestriction")
    if not isinstance(restriction, Mapping) or "circle" not in restriction:
        raise invalid("Missing 'location_restriction.circle'.", field="location_restriction")
    centre, radius = read_circle(restriction["circle"], "location_restriction.circle")
    count = _max_result_count(body)
    rank = read_choice(body, "rankPreference", ("POPULARITY", "DISTANCE"), "POPULARITY")
    fits = _type_filter(body)
    found = [p for p in catalogue.places if p.point.metres_to(centre) <= radius and fits(p)]
    return sorted(found, key=_ranking(rank, centre))[:count]


def popularity(place: Place) -> float:
    """How well known and how well liked, bigger is better."""
    return float(place.ratings) * (place.rating or 0) ** 2


def check_types(types: Any, field: str) -> frozenset[str]:
    """Type names that may filter a search; raises ApiError 400 for others, Table B ones included."""
    if not isinstance(types, list) or len(types) > MAX_TYPES:
        raise invalid(f"Invalid '{field}': give at most {MAX_TYPES} types.", field=field)
    unknown = [str(name) for name in types if not isinstance(name, str) or name not in PLACE_TYPES]
    if unknown:
        raise invalid(f"Unsupported types: {', '.join(unknown)}.", field=field)
    return frozenset(types)


def _max_result_count(body: Mapping[str, Any]) -> int:
    count = body.get("maxResultCount", MAX_RESULTS)
    if not isinstance(count, int) or not 1 <= count <= MAX_RESULTS:
        raise invalid(
            f"Invalid max_result_count: {count}. Must be between 1 and 20 inclusive.",
            field="max_result_count",
        )
    return count


def _type_filter(body: Mapping[str, Any]) -> Callable[[Place], bool]:
    wanted, unwanted, wanted_first, unwanted_first = (check_types(body.get(f, []), f) for f in TYPE_FIELDS)
    for both, field in ((wanted & unwanted, "types"), (wanted_first & unwanted_first, "primary types")):
        if both:
            raise invalid(f"Conflicting {field}: {', '.join(sorted(both))} both included and excluded.")

    def fits(place: Place) -> bool:
        types = set(all_types(place))
        return (
            _any_of(wanted, types)
            and not unwanted & types
            and _any_of(wanted_first, {place.types[0]})
            and place.types[0] not in unwanted_first
        )

    return fits


def _any_of(wanted: frozenset[str], types: Collection[str]) -> bool:
    return not wanted or not wanted.isdisjoint(types)


def _ranking(rank: str, centre: Point) -> Callable[[Place], tuple[float, str]]:
    if rank == "DISTANCE":
        return lambda place: (place.point.metres_to(centre), place.id)
    return lambda place: (-popularity(place), place.id)

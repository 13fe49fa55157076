"""Local API, places: by keyword or by category group, in pages of fifteen and forty-five in all."""

from collections.abc import Mapping, Sequence
from typing import Any

from devstack.googlemaps.geo import Point
from devstack.googlemaps.nearby import popularity
from devstack.googlemaps.places import fold
from devstack.kakao import parameters
from devstack.kakao.errors import LocalError
from devstack.kakao.korea import Korea, Spot
from devstack.kakao.vocabulary import GROUP_NAMES

PAGE_SIZE, MOST_PAGES, MOST_FOUND = 15, 45, 45
FARTHEST_M = 20_000


def by_keyword(korea: Korea, query: Mapping[str, str]) -> dict[str, Any]:
    """Places that every word of `query` is a part of. Raises LocalError."""
    words = fold(parameters.text(query, "query"))
    found = [spot for spot in korea.spots if words and all(spot.mentions(word) for word in words)]
    whole = "".join(words)
    exact = [spot for spot in found if "".join(fold(spot.name)) == whole]
    page = _page(query, [spot for spot in found if spot not in exact], first=exact)
    page["meta"]["same_name"] = {
        "region": [],
        "keyword": query["query"].strip(),
        "selected_region": "",
    }
    return page


def by_category(korea: Korea, query: Mapping[str, str]) -> dict[str, Any]:
    """Places of one category group in a circle. Raises LocalError."""
    parameters.text(query, "category_group_code")
    if parameters.point(query) is None or "radius" not in query:
        raise LocalError(400, "MissingParameter", "x, y and radius, or rect, are required")
    return _page(query, list(korea.spots), first=[])


def _page(query: Mapping[str, str], found: Sequence[Spot], *, first: Sequence[Spot]) -> dict[str, Any]:
    size = parameters.number(query, "size", default=PAGE_SIZE, most=PAGE_SIZE)
    number = parameters.number(query, "page", default=1, most=MOST_PAGES)
    centre = parameters.point(query)
    ranked = _ranked(query, centre, [spot for spot in first if _fits(query, spot, centre)])
    ranked += _ranked(query, centre, [spot for spot in found if _fits(query, spot, centre)])
    if query.get("sort") == "distance":
        ranked = _ranked(query, centre, ranked)
    pageable = min(len(ranked), MOST_FOUND)
    start = min((number - 1) * size, pageable)
    end = min(start + size, pageable)
    return {
        "meta": {"total_count": len(ranked), "pageable_count": pageable, "is_end": end >= pageable},
        "documents": [_document(spot, centre) for spot in ranked[start:end]],
    }


def _fits(query: Mapping[str, str], spot: Spot, centre: Point | None) -> bool:
    group = query.get("category_group_code")
    if group and group not in GROUP_NAMES:
        raise LocalError(400, "InvalidArgument", f"category_group_code {group} is unknown")
    radius = parameters.number(query, "radius", default=FARTHEST_M, most=FARTHEST_M, least=0)
    inside = centre is None or "radius" not in query or spot.place.point.metres_to(centre) <= radius
    return inside and (not group or spot.group == group)


def _ranked(query: Mapping[str, str], centre: Point | None, spots: Sequence[Spot]) -> list[Spot]:
    order = parameters.choice(query, "sort", ("accuracy", "distance"))
    if order == "distance":
        if centre is None:
            raise LocalError(400, "MissingParameter", "x and y are required to sort by distance")
        return sorted(spots, key=lambda spot: (spot.place.point.metres_to(centre), spot.id))
    return sorted(spots, key=lambda spot: (-popularity(spot.place), spot.id))


def _document(spot: Spot, centre: Point | None) -> dict[str, str]:
    """Every value is text, as in the real service; a place in no group has empty names for it."""
    point = spot.place.point
    return {
        "id": spot.id,
        "place_name": spot.name,
        "category_name": spot.category,
        "category_group_code": spot.group,
        "category_group_name": GROUP_NAMES.get(spot.group, ""),
        "phone": "",
        "address_name": " ".join((*spot.district, "")).strip(),
        "road_address_name": spot.place.address,
        "x": str(point.lng),
        "y": str(point.lat),
        "place_url": f"http://place.map.kakao.com/{spot.id}",
        "distance": str(round(point.metres_to(centre))) if centre else "",
    }

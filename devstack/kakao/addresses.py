"""Local API, addresses: to coordinates, and from coordinates to the district."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from devstack.googlemaps.geo import Point
from devstack.googlemaps.places import fold
from devstack.kakao import parameters
from devstack.kakao.errors import LocalError
from devstack.kakao.korea import PROVINCES, Korea

MOST = 30


def addresses(korea: Korea, query: Mapping[str, str]) -> dict[str, Any]:
    """Cities, boroughs and road addresses that a text means. Raises LocalError.

    `analyze_type=exact` wants the whole text known, `similar` (the default) is content with its beginning.
    """
    words = fold(parameters.text(query, "query"))
    exact = parameters.choice(query, "analyze_type", ("similar", "exact")) == "exact"
    size = parameters.number(query, "size", default=10, most=MOST)
    parameters.number(query, "page", default=1, most=45)
    found = list(_known_as(korea, words))
    while not found and not exact and len(words) > 1:
        words = words[:-1]
        found = list(_known_as(korea, words))
    meta = {"total_count": len(found), "pageable_count": len(found), "is_end": len(found) <= size}
    return {"meta": meta, "documents": found[:size]}


def _known_as(korea: Korea, words: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for city in korea.cities:
        if any(fold(name) == words for name in city.names if _is_korean(name)):
            yield _document(city.names[1], "REGION", city.point)
    for (province, borough), point in korea.boroughs.items():
        if words in {fold(f"{province} {borough}"), fold(f"{PROVINCES[province][0]} {borough}")}:
            yield _document(f"{province} {borough}", "REGION", point)
    seen = set[str]()
    for spot in korea.spots:
        address = spot.place.address
        if fold(address) == words and address not in seen:
            seen.add(address)
            yield _document(address, "ROAD_ADDR", spot.place.point)


def _is_korean(name: str) -> bool:
    return "\uac00" <= name[0] <= "\ud7a3"


def _document(name: str, kind: str, point: Point) -> dict[str, Any]:
    whole = {"address_name": name, "x": str(point.lng), "y": str(point.lat)}
    return {
        **whole,
        "address_type": kind,
        "address": whole if kind == "REGION" else None,
        "road_address": whole if kind == "ROAD_ADDR" else None,
    }


def region(korea: Korea, query: Mapping[str, str]) -> dict[str, Any]:
    """The statutory (B) and the administrative (H) district of a point; none outside the known cities."""
    point = parameters.point(query)
    if point is None:
        raise LocalError(400, "MissingParameter", "x parameter required")
    if not korea.covers(point):
        return {"meta": {"total_count": 0}, "documents": []}
    short, borough = korea.borough_at(point)
    province, code = PROVINCES[short]
    middle = korea.boroughs[short, borough]
    rows = [
        {
            "region_type": kind,
            "code": f"{code}{zlib.crc32(borough.encode()) % 1000:03}00000",
            "address_name": f"{province} {borough}",
            "region_1depth_name": province,
            "region_2depth_name": borough,
            "region_3depth_name": "",
            "region_4depth_name": "",
            "x": middle.lng,
            "y": middle.lat,
        }
        for kind in ("B", "H")
    ]
    return {"meta": {"total_count": len(rows)}, "documents": rows}

"""Read what Kakao answers: pure functions over its JSON; coordinates come as text, x before y."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.maps.kakao.kinds import types_of
from shared.maps.model import FoundPlace, Journey, Located, PlaceDetails

SOURCE = "Kakao"
COUNTRY = "KR"
NAMESPACE = "kakao:"
FOUND, SAME_POINT = 0, 104
"""Result codes of a route: 104 says that both ends are within five metres."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place of the Local API, with what only it tells."""

    place: FoundPlace
    group: str
    category: str
    address: str
    phone: str | None
    website: str | None


def page(answer: dict[str, Any]) -> tuple[list[Found], bool]:
    """The places of a search page, and whether it is the last."""
    return [found(row) for row in answer["documents"]], bool(answer["meta"]["is_end"])


def found(row: dict[str, Any]) -> Found:
    """One document of a keyword or category search."""
    group, category = row.get("category_group_code", ""), row.get("category_name", "")
    place = FoundPlace(
        id=f"{NAMESPACE}{row['id']}",
        name=row["place_name"],
        lat=float(row["y"]),
        lng=float(row["x"]),
        types=tuple(types_of(group, category)),
        rating=None,
        ratings=0,
        price_level=None,
        wheelchair_entrance=None,
        weekly_hours=None,
        current_hours=None,
        sources={"name": SOURCE, "location": SOURCE, "types": SOURCE},
    )
    return Found(
        place=place,
        group=group,
        category=category,
        address=row.get("road_address_name") or row.get("address_name", ""),
        phone=row.get("phone") or None,
        website=row.get("place_url") or None,
    )


def details(one: Found) -> PlaceDetails:
    """All that the Local API knows of a place: no hours, no ratings."""
    known = {"address": one.address, "phone": one.phone, "website": one.website}
    return PlaceDetails(
        found=one.place,
        address=one.address,
        phone=one.phone,
        website=one.website,
        summary=None,
        reviews=(),
        sources={**one.place.sources, **{name: SOURCE for name, value in known.items() if value}},
    )


def address(answer: dict[str, Any]) -> Located | None:
    """The first address."""
    rows = answer["documents"]
    return _located(rows[0]["address_name"], rows[0]) if rows else None


def region(answer: dict[str, Any]) -> Located | None:
    """The administrative region (H) of a point, else the statutory one (B); None outside the country."""
    rows = sorted(answer["documents"], key=lambda row: row["region_type"] != "H")
    return _located(rows[0]["address_name"], rows[0]) if rows else None


def _located(name: str, row: dict[str, Any]) -> Located:
    return Located(name=name, lat=float(row["y"]), lng=float(row["x"]), country=COUNTRY)


def journey(answer: dict[str, Any]) -> Journey | None:
    """The first route; a result code other than 0 and 104 means that no road leads."""
    return _journey(answer["routes"][0])


def journeys(answer: dict[str, Any], size: int) -> list[Journey | None]:
    """Routes to several destinations, told apart by the keys `0`, `1` and so on that they were given.

    Raises LookupError when one is missing.
    """
    ways: Sequence[dict[str, Any]] = answer["routes"]
    by_key = {str(way["key"]): _journey(way) for way in ways}
    return [by_key[str(number)] for number in range(size)]


def _journey(route: dict[str, Any]) -> Journey | None:
    if route["result_code"] == SAME_POINT:
        return Journey(minutes=0, metres=0)
    if route["result_code"] != FOUND:
        return None
    told = route["summary"]
    return Journey(minutes=math.ceil(told["duration"] / 60), metres=int(told["distance"]))

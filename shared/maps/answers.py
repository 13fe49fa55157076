"""Read what the services answer, shape what they are asked: pure functions over their JSON."""

import math
from typing import Any

from shared.maps.model import FoundPlace, Journey, LatLng, Located, PlaceFacts

_DEGREE_METRES = 111_195
_PRICES = (
    "PRICE_LEVEL_FREE",
    "PRICE_LEVEL_INEXPENSIVE",
    "PRICE_LEVEL_MODERATE",
    "PRICE_LEVEL_EXPENSIVE",
    "PRICE_LEVEL_VERY_EXPENSIVE",
)


def located(result: dict[str, Any]) -> Located:
    """The first result of a geocoding answer."""
    point = result["geometry"]["location"]
    parts = result.get("address_components", [])
    country = next((part["short_name"] for part in parts if "country" in part["types"]), "")
    return Located(result["formatted_address"], point["lat"], point["lng"], country)


def place(row: dict[str, Any]) -> FoundPlace:
    """A Place resource of the Places API (New)."""
    types = tuple(dict.fromkeys(filter(None, (row.get("primaryType"), *row.get("types", ())))))
    price = row.get("priceLevel")
    return FoundPlace(
        id=row["id"],
        name=row["displayName"]["text"],
        lat=row["location"]["latitude"],
        lng=row["location"]["longitude"],
        types=types,
        rating=row.get("rating"),
        ratings=row.get("userRatingCount", 0),
        price_level=_PRICES.index(price) if price in _PRICES else None,
        wheelchair_entrance=row.get("accessibilityOptions", {}).get("wheelchairAccessibleEntrance"),
        weekly_hours=row.get("regularOpeningHours"),
        current_hours=row.get("currentOpeningHours"),
    )


def is_usable(row: dict[str, Any]) -> bool:
    """In business (not closed for good or for now), and somewhere: a plumber who comes to you is nowhere."""
    named = {"id", "displayName", "location"} <= row.keys()
    return named and row.get("businessStatus", "OPERATIONAL") == "OPERATIONAL"


def facts(row: dict[str, Any]) -> PlaceFacts:
    ticket = row.get("ticket")
    price = (float(ticket["amount"]), str(ticket["currency"])) if isinstance(ticket, dict) else None
    return PlaceFacts(
        visit_minutes=row.get("visitMinutes"),
        min_visit_minutes=row.get("minVisitMinutes"),
        indoor=row.get("indoor"),
        strenuous=row.get("strenuous"),
        step_free=row.get("stepFree", "unknown"),
        category=row.get("category"),
        ticket=price,
        closed_dates=tuple(row.get("closedDates", ())),
        source=row["source"],
    )


def journey(answer: dict[str, Any]) -> Journey | None:
    """The first route; an answer without routes means there is no way."""
    routes = answer.get("routes")
    if not routes:
        return None
    seconds = float(str(routes[0]["duration"]).removesuffix("s"))
    return Journey(minutes=math.ceil(seconds / 60), metres=int(routes[0].get("distanceMeters", 0)))


def waypoint(point: LatLng) -> dict[str, Any]:
    return {"location": {"latLng": {"latitude": point[0], "longitude": point[1]}}}


def box(centre: LatLng, radius: int) -> dict[str, Any]:
    """The rectangle around a circle of `radius` metres; across the 180th meridian `low` is east of `high`."""
    lat, lng = centre
    high = radius / _DEGREE_METRES
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return {
        "low": {"latitude": max(lat - high, -90.0), "longitude": _wrapped(lng - wide)},
        "high": {"latitude": min(lat + high, 90.0), "longitude": _wrapped(lng + wide)},
    }


def _wrapped(lng: float) -> float:
    return (lng + 180.0) % 360.0 - 180.0 if abs(lng) > 180.0 else lng  # noqa: PLR2004 - degrees

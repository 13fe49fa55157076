"""Read what the services answer, shape what they are asked: pure functions over their JSON."""

import math
from datetime import datetime
from typing import Any

from shared.maps.model import FoundPlace, Journey, LatLng, Located, PlaceDetails, Review, TravelMode

SOURCE = "Google"
MOST_REVIEWS = 5

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
    return Located(
        name=result["formatted_address"],
        lat=point["lat"],
        lng=point["lng"],
        country=country,
        partial=bool(result.get("partial_match")),
    )


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
        sources=_sources(row),
    )


def _sources(row: dict[str, Any]) -> dict[str, str]:
    """Google told every fact that is there."""
    told = {
        "name": "displayName",
        "location": "location",
        "types": "types",
        "rating": "rating",
        "ratings": "userRatingCount",
        "price_level": "priceLevel",
        "wheelchair_entrance": "accessibilityOptions",
        "weekly_hours": "regularOpeningHours",
        "current_hours": "currentOpeningHours",
    }
    return {fact: SOURCE for fact, field in told.items() if field in row}


def is_usable(row: dict[str, Any]) -> bool:
    """In business (not closed for good or for now), and somewhere: a plumber who comes to you is nowhere."""
    named = {"id", "displayName", "location"} <= row.keys()
    return named and row.get("businessStatus", "OPERATIONAL") == "OPERATIONAL"


def details(row: dict[str, Any]) -> PlaceDetails:
    """A Place resource with everything the details mask asks for."""
    found = place(row)
    told = {
        "address": "formattedAddress",
        "phone": "internationalPhoneNumber",
        "website": "websiteUri",
        "summary": "editorialSummary",
        "reviews": "reviews",
    }
    return PlaceDetails(
        found=found,
        address=row.get("formattedAddress", ""),
        phone=row.get("internationalPhoneNumber"),
        website=row.get("websiteUri"),
        summary=row.get("editorialSummary", {}).get("text"),
        reviews=tuple(_review(review) for review in row.get("reviews", ())[:MOST_REVIEWS]),
        sources={**found.sources, **{fact: SOURCE for fact, field in told.items() if field in row}},
    )


def _review(row: dict[str, Any]) -> Review:
    words = row.get("originalText") or row.get("text") or {}
    published = row.get("publishTime")
    return Review(
        author=row.get("authorAttribution", {}).get("displayName", ""),
        rating=row.get("rating"),
        text=words.get("text", ""),
        language=words.get("languageCode", ""),
        published_at=datetime.fromisoformat(published) if published else None,
    )


def page(answer: dict[str, Any]) -> tuple[list[FoundPlace], str | None]:
    """The usable places of a search answer, and the token that fetches more."""
    found = [place(row) for row in answer.get("places", ()) if is_usable(row)]
    return found, answer.get("nextPageToken")


def region(results: list[dict[str, Any]]) -> Located | None:
    """The town of a reverse geocoding answer, else the first thing it names."""
    towns = [row for row in results if "locality" in row["types"]]
    return located((towns or results)[0]) if results else None


def journey(answer: dict[str, Any], mode: TravelMode) -> Journey | None:
    """The first route; an answer without routes means there is no way."""
    routes = answer.get("routes")
    return _journey(routes[0], mode) if routes else None


def matrix(elements: list[dict[str, Any]], size: int, mode: TravelMode) -> list[Journey | None]:
    """One journey per destination; the service may answer in any order.

    Raises LookupError when one is missing or could not be computed: that is not the same as no way.
    """
    ways = {element.get("destinationIndex", 0): _element(element, mode) for element in elements}
    return [ways[number] for number in range(size)]


def _element(row: dict[str, Any], mode: TravelMode) -> Journey | None:
    if row["condition"] == "ROUTE_NOT_FOUND":
        return None
    return _journey(row, mode)


def _journey(row: dict[str, Any], mode: TravelMode) -> Journey:
    seconds, metres = _seconds(row["duration"]), int(row.get("distanceMeters", 0))
    steps = [step for leg in row.get("legs", ()) for step in leg.get("steps", ())]
    on_foot = sum(step.get("distanceMeters", 0) for step in steps if step.get("travelMode") == "WALK")
    waited = max(seconds - sum(_seconds(step.get("staticDuration", "0s")) for step in steps), 0)
    return Journey(
        minutes=math.ceil(seconds / 60),
        metres=metres,
        walk_metres=metres if mode == "walk" else on_foot if steps else None,
        wait_minutes=0 if mode == "walk" else round(waited / 60) if steps else None,
    )


def _seconds(text: object) -> float:
    """A protobuf duration in JSON: `90s`, `1.5s`."""
    return float(str(text).removesuffix("s"))


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

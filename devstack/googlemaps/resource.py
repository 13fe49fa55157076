"""The `Place` resource of the Places API (New), built from the catalogue."""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from devstack.googlemaps import hours
from devstack.googlemaps.places import Place

PRICE_LEVELS = (
    "PRICE_LEVEL_FREE",
    "PRICE_LEVEL_INEXPENSIVE",
    "PRICE_LEVEL_MODERATE",
    "PRICE_LEVEL_EXPENSIVE",
    "PRICE_LEVEL_VERY_EXPENSIVE",
)
FOR_CHILDREN = {"zoo", "aquarium", "amusement_park", "playground", "wildlife_park", "water_park"}
FOOD_CATEGORIES = {"food", "cafe"}
REVIEW_TEXTS = {
    5: "Well worth the visit, we would come again.",
    4: "Good, a little crowded at noon.",
    3: "Fine if you are nearby.",
}


def place_resource(place: Place, *, language: str, now: datetime) -> dict[str, Any]:
    """Everything the service knows of a place; `now` is any aware time and turns into the place's own."""
    local = now.astimezone(ZoneInfo(place.city.zone))
    offset = local.utcoffset() or timedelta()
    answer: dict[str, Any] = {
        "name": f"places/{place.id}",
        "id": place.id,
        "types": all_types(place),
        "formattedAddress": formatted_address(place),
        "shortFormattedAddress": place.address,
        "location": {"latitude": place.point.lat, "longitude": place.point.lng},
        "googleMapsUri": f"https://maps.google.com/?cid={zlib.crc32(place.id.encode())}",
        "utcOffsetMinutes": int(offset.total_seconds()) // 60,
        "businessStatus": "OPERATIONAL",
        "displayName": _display_name(place, language),
        "primaryType": place.types[0],
        "timeZone": {"id": place.city.zone},
    }
    return answer | _opinions(place, now) | _amenities(place) | _opening(place, local)


def all_types(place: Place) -> list[str]:
    """The place's types from the most to the least specific, with the general ones Google adds."""
    food = ["food"] if place.category in FOOD_CATEGORIES else []
    return list(dict.fromkeys([*place.types, *food, "point_of_interest", "establishment"]))


def formatted_address(place: Place) -> str:
    """The postal address with the country at its end."""
    country = place.city.country_name
    return place.address if place.address.endswith(country) else f"{place.address}, {country}"


def _display_name(place: Place, language: str) -> dict[str, str]:
    wanted = language.partition("-")[0].lower()
    if wanted == place.city.language:
        return {"text": place.local_name, "languageCode": wanted}
    return {"text": place.name, "languageCode": "en"}


def _opening(place: Place, local: datetime) -> dict[str, Any]:
    if place.week is None:
        return {}
    return {
        "regularOpeningHours": hours.regular(place.week, local),
        "currentOpeningHours": hours.current(place.week, place.closed, local),
    }


def _amenities(place: Place) -> dict[str, Any]:
    """Facts that are known; what is unknown is absent, as in the real service."""
    known: dict[str, Any] = {}
    if place.step_free != "unknown":
        known["accessibilityOptions"] = {"wheelchairAccessibleEntrance": place.step_free == "yes"}
    if place.price_level is not None:
        known["priceLevel"] = PRICE_LEVELS[place.price_level]
    if FOR_CHILDREN & set(place.types):
        known["goodForChildren"] = True
    return known


def _opinions(place: Place, now: datetime) -> dict[str, Any]:
    if place.rating is None or not place.ratings:
        return {}
    seed = zlib.crc32(place.id.encode())
    count = min(5, place.ratings)
    reviews = [_review(place, number, seed, now) for number in range(count)]
    return {"rating": place.rating, "userRatingCount": place.ratings, "reviews": reviews}


def _review(place: Place, number: int, seed: int, now: datetime) -> dict[str, Any]:
    """A made-up review: the catalogue has no real ones, and says so in the author's name."""
    stars = 5 if (seed >> number) % 10 < ((place.rating or 0) - 3.5) * 10 else 4 - (seed >> number) % 2
    months = 1 + (seed >> number) % 11
    text = {"text": REVIEW_TEXTS[stars], "languageCode": "en"}
    published = now.astimezone(UTC).replace(microsecond=0) - timedelta(days=30 * months)
    return {
        "name": f"places/{place.id}/reviews/{number + 1}",
        "relativePublishTimeDescription": "a month ago" if months == 1 else f"{months} months ago",
        "rating": stars,
        "text": text,
        "originalText": text,
        "authorAttribution": {"displayName": f"Sample reviewer {number + 1}"},
        "publishTime": published.isoformat().replace("+00:00", "Z"),
    }

"""Places API (New), Text Search: places by words, ranked, in pages of twenty and sixty in all."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from devstack.googlemaps.errors import invalid
from devstack.googlemaps.geo import Point
from devstack.googlemaps.hours import is_open
from devstack.googlemaps.nearby import check_types, popularity
from devstack.googlemaps.payload import read_box, read_choice, read_circle, read_number
from devstack.googlemaps.places import COUNTRY_NAMES, Catalogue, City, Place, fold, spellings
from devstack.googlemaps.resource import PRICE_LEVELS, all_types

PAGE_SIZE = 20
MAX_RESULTS = 60
PAGING_FIELDS = {"pageToken", "pageSize", "maxResultCount"}
FIELDS = frozenset(
    {"textQuery", "languageCode", "regionCode", "rankPreference", "includedType", "openNow", "minRating"}
    | {"priceLevels", "strictTypeFiltering", "locationBias", "locationRestriction", "evOptions"}
    | {"includePureServiceAreaBusinesses", "includeFutureOpeningBusinesses", *PAGING_FIELDS}
)
FILLER = frozenset(
    {"the", "a", "an", "in", "at", "of", "near", "by", "to", "for", "and", "best", "top", "good"}
)
SYNONYMS = {
    "sight": "tourist_attraction",
    "attraction": "tourist_attraction",
    "landmark": "tourist_attraction",
    "food": "restaurant",
    "coffee": "cafe",
    "laundromat": "laundry",
    "mall": "shopping_mall",
    "hotel": "hotel",
}


@dataclass(frozen=True)
class Page:
    """One page of results and the token that fetches the next one."""

    places: list[Place]
    next_token: str | None


def search_text(catalogue: Catalogue, body: Mapping[str, Any], now: datetime) -> Page:
    """Places whose names, types or address carry all the words asked for. Raises ApiError 400.

    Every parameter but the page size must stay the same from page to page.
    """
    query = body.get("textQuery")
    if not isinstance(query, str) or not query.strip():
        raise invalid("Empty text_query.", field="text_query")
    size = _page_size(body)
    start = _offset(body)
    fits = _filter(body, now)
    found = [place for place in _matching(catalogue, query) if fits(place)]
    ranked = sorted(found, key=_ranking(body, query))[:MAX_RESULTS]
    end = start + size
    return Page(ranked[start:end], _token(body, end) if end < len(ranked) else None)


def _matching(catalogue: Catalogue, query: str) -> list[Place]:
    words = set(fold(query))
    cities = [city for city in catalogue.cities if _named(city, words)]
    city_words = {word for city in cities for name in _all_names(city) for word in fold(name)}
    inside = [place for place in catalogue.places if not cities or place.city in cities]
    wanted = words - city_words - FILLER
    if not wanted:
        return [place for place in inside if not words <= FILLER] if cities else []
    exact = [place for place in inside if wanted <= _words_of(place)]
    return exact or [place for place in catalogue.places if words - FILLER <= _words_of(place)]


def _named(city: City, words: set[str]) -> bool:
    return any(set(fold(name)) <= words for name in city.names)


def _all_names(city: City) -> tuple[str, ...]:
    return (*city.names, city.country_name, *COUNTRY_NAMES.get(city.country, ()))


def _words_of(place: Place) -> set[str]:
    """Every word a query may use for a place, in the singular and with a plural s."""
    words = {word for name in (place.name, place.local_name) for form in spellings(name) for word in form}
    words |= set(fold(place.address))
    types = all_types(place)
    words |= {part for name in types for part in name.split("_")} | {place.category}
    words |= {word for word, name in SYNONYMS.items() if name in types}
    return words | {f"{word}s" for word in words}


def _filter(body: Mapping[str, Any], now: datetime) -> Callable[[Place], bool]:
    kind = body.get("includedType")
    if kind is not None:
        check_types([kind], "included_type")
    rating = read_number(body.get("minRating", 0), "min_rating")
    prices = _price_levels(body.get("priceLevels", []))
    inside = _area(body)

    def fits(place: Place) -> bool:
        return (
            (kind is None or kind in all_types(place))
            and (place.rating or 0) >= rating
            and (not prices or place.price_level in prices)
            and inside(place.point)
            and (not body.get("openNow") or _open_now(place, now))
        )

    return fits


def _price_levels(names: Any) -> frozenset[int]:
    if not isinstance(names, list) or not all(name in PRICE_LEVELS for name in names):
        raise invalid("Invalid value at 'price_levels' (TYPE_ENUM).", field="price_levels")
    return frozenset(PRICE_LEVELS.index(name) for name in names)


def _area(body: Mapping[str, Any]) -> Callable[[Point], bool]:
    """A restriction cuts off; a bias does not, it only ranks. Text search restricts to rectangles only."""
    restriction = body.get("locationRestriction")
    if restriction is None:
        return lambda _: True
    if "locationBias" in body:
        raise invalid("Only one of location_bias and location_restriction may be set.")
    if not isinstance(restriction, Mapping) or "rectangle" not in restriction:
        raise invalid("Missing 'location_restriction.rectangle'.", field="location_restriction")
    return read_box(restriction["rectangle"], "location_restriction.rectangle").holds


def _open_now(place: Place, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(place.city.zone))
    return place.week is not None and is_open(place.week, place.closed, local)


def _ranking(body: Mapping[str, Any], query: str) -> Callable[[Place], tuple[float, float, str]]:
    """Exact names first, then what lies in the bias, then the best known; or by distance from the bias."""
    rank = read_choice(body, "rankPreference", ("RELEVANCE", "DISTANCE"), "RELEVANCE")
    bias = _bias(body.get("locationBias"))
    words = set(fold(query))

    def relevance(place: Place) -> tuple[float, float, str]:
        named = any(set(fold(name)) <= words for name in (place.name, place.local_name))
        inside = bias is not None and place.point.metres_to(bias[0]) <= bias[1]
        return (-2.0 * named - inside, -popularity(place), place.id)

    if rank == "DISTANCE" and bias is not None:
        centre = bias[0]
        return lambda place: (place.point.metres_to(centre), 0.0, place.id)
    return relevance


def _bias(value: Any) -> tuple[Point, float] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise invalid("Invalid 'location_bias'.", field="location_bias")
    if "rectangle" in value:
        box = read_box(value["rectangle"], "location_bias.rectangle")
        centre = box.low.toward(box.high, 0.5)
        return centre, centre.metres_to(box.high)
    return read_circle(value.get("circle"), "location_bias.circle")


def _page_size(body: Mapping[str, Any]) -> int:
    size = body.get("pageSize", body.get("maxResultCount", PAGE_SIZE))
    if not isinstance(size, int) or size < 0:
        raise invalid(f"Invalid page_size: {size}. Must not be negative.", field="page_size")
    return min(size, PAGE_SIZE) or PAGE_SIZE


def _token(body: Mapping[str, Any], offset: int) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{_fingerprint(body)}".encode()).decode()


def _offset(body: Mapping[str, Any]) -> int:
    token = body.get("pageToken")
    if not token:
        return 0
    try:
        offset, _, fingerprint = base64.urlsafe_b64decode(token).decode().partition(":")
        start = int(offset)
    except (TypeError, ValueError) as error:
        raise invalid("Invalid page_token.", field="page_token") from error
    if fingerprint != _fingerprint(body):
        raise invalid("Request parameters for paging requests must match the initial SearchText request.")
    return start


def _fingerprint(body: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in body.items() if name not in PAGING_FIELDS}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:16]

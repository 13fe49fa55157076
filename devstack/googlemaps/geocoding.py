"""The Geocoding API: addresses and names to coordinates and back, for the cities of the catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from devstack.googlemaps.errors import LegacyError
from devstack.googlemaps.geo import Box, Point, box_around
from devstack.googlemaps.places import COUNTRY_NAMES, Catalogue, City, Place, fold, spellings
from devstack.googlemaps.resource import all_types, formatted_address

CITY_REACH_M = 45_000.0
CITY_BOUNDS_M = 12_000.0
ADDRESS_REACH_M = 300.0
VIEWPORT_M = 150.0
ARTICLES = frozenset({"the"})
MISSING = "Invalid request. Missing the 'address', 'components', 'latlng' or 'place_id' parameter."


@dataclass(frozen=True)
class Query:
    """A request, read: the words of the address and what the component filter allows."""

    words: frozenset[str]
    country: frozenset[str]
    locality: frozenset[str]
    language: str


def geocode(catalogue: Catalogue, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The JSON answer; status OK or ZERO_RESULTS. Raises LegacyError INVALID_REQUEST."""
    language = parameters.get("language", "en")
    if latlng := parameters.get("latlng"):
        results = _reverse(catalogue, read_latlng(latlng), language)
    elif place_id := parameters.get("place_id"):
        results = _by_id(catalogue, place_id, language)
    elif parameters.get("address") or parameters.get("components"):
        results = _forward(catalogue, _query(parameters, language))
    else:
        raise LegacyError("INVALID_REQUEST", MISSING, http=400)
    return {"results": results, "status": "OK" if results else "ZERO_RESULTS"}


def read_latlng(text: str) -> Point:
    """`48.1,11.5` as a point; raises LegacyError INVALID_REQUEST."""
    try:
        lat, lng = (float(part) for part in text.split(","))
    except ValueError:
        lat = lng = float("nan")
    point = Point(lat, lng)
    if not point.valid():
        raise LegacyError("INVALID_REQUEST", "Invalid request. Invalid 'latlng' parameter.", http=400)
    return point


def _query(parameters: Mapping[str, str], language: str) -> Query:
    pairs = [part.partition(":") for part in parameters.get("components", "").split("|") if part]
    components = {name.strip(): frozenset(fold(value)) for name, _, value in pairs}
    return Query(
        words=frozenset(fold(parameters.get("address", ""))) - ARTICLES,
        country=components.get("country", frozenset()),
        locality=components.get("locality", frozenset()),
        language=language,
    )


def _forward(catalogue: Catalogue, query: Query) -> list[dict[str, Any]]:
    """The city itself, else places by name or address, else the city an unknown address ends with."""
    cities = [city for city in catalogue.cities if _allowed(city, query)]
    whole = [city for city in cities if _is_city(city, query.words | query.locality)]
    if whole:
        return [_city_result(city, query.language) for city in whole]
    places = [place for place in catalogue.places if place.city in cities and _is_place(place, query.words)]
    if places:
        return [_place_result(place, query.language) for place in places]
    partly = [city for city in cities if len(query.words) > 1 and _city_words_in(city, query.words)]
    return [{**_city_result(city, query.language), "partial_match": True} for city in partly[:1]]


def _allowed(city: City, query: Query) -> bool:
    country = frozenset(word for name in _country_names(city) for word in fold(name))
    in_country = not query.country or query.country <= country
    return in_country and (not query.locality or _city_words_in(city, query.locality))


def _country_names(city: City) -> tuple[str, ...]:
    return (city.country, city.country_name, *COUNTRY_NAMES.get(city.country, ()))


@lru_cache(maxsize=16_384)
def _words(text: str) -> frozenset[str]:
    """Every word of every spelling."""
    return frozenset(word for form in spellings(text) for word in form)


@cache
def _context(city: City) -> frozenset[str]:
    """Words that may follow a name without changing what is meant."""
    names = (*_country_names(city), *city.names)
    return frozenset[str]().union(*(_words(name) for name in names))


def _city_words_in(city: City, words: frozenset[str]) -> bool:
    return any(set(form) <= words for name in city.names for form in spellings(name))


def _is_city(city: City, words: frozenset[str]) -> bool:
    return _city_words_in(city, words) and words <= _context(city)


def _is_place(place: Place, words: frozenset[str]) -> bool:
    """Whether the words are the place's name or street address, with or without city and country."""
    rest = _words(place.address) | _context(place.city)
    return any(form <= words <= form | rest for form in _place_forms(place))


def _place_forms(place: Place) -> Iterator[frozenset[str]]:
    for name in (place.name, place.local_name, place.address.partition(",")[0]):
        for form in spellings(name):
            if words := frozenset(form) - ARTICLES:
                yield words


def _reverse(catalogue: Catalogue, point: Point, language: str) -> list[dict[str, Any]]:
    city = catalogue.city_near(point, CITY_REACH_M)
    if city is None:
        return []
    near = [place for place in catalogue.places if place.point.metres_to(point) <= ADDRESS_REACH_M]
    near.sort(key=lambda place: place.point.metres_to(point))
    return [*(_place_result(place, language) for place in near[:1]), _city_result(city, language)]


def _by_id(catalogue: Catalogue, place_id: str, language: str) -> list[dict[str, Any]]:
    for city in catalogue.cities:
        if city.id == place_id:
            return [_city_result(city, language)]
    if place_id in catalogue.by_id:
        return [_place_result(catalogue.by_id[place_id], language)]
    raise LegacyError("INVALID_REQUEST", "Invalid request. Invalid 'place_id' parameter.", http=400)


def city_name(city: City, language: str) -> str:
    """The city's name in a language, English when the catalogue has none."""
    wanted = language.partition("-")[0].lower()
    if wanted == "ko":
        hangul = (name for name in city.names if "\uac00" <= name[0] <= "\ud7a3")
        return next(hangul, city.names[0])
    return city.names[1] if wanted == city.language and len(city.names) > 1 else city.names[0]


def _city_result(city: City, language: str) -> dict[str, Any]:
    name = city_name(city, language)
    bounds = _bounds(box_around(city.point, CITY_BOUNDS_M))
    return {
        "address_components": [_component(name, name, "locality", "political"), _country(city)],
        "formatted_address": f"{name}, {city.country_name}",
        "geometry": {
            "bounds": bounds,
            "location": {"lat": city.point.lat, "lng": city.point.lng},
            "location_type": "APPROXIMATE",
            "viewport": bounds,
        },
        "place_id": city.id,
        "types": ["locality", "political"],
    }


def _place_result(place: Place, language: str) -> dict[str, Any]:
    city = city_name(place.city, language)
    return {
        "address_components": [
            _component(place.name, place.name, "establishment", "point_of_interest"),
            _component(city, city, "locality", "political"),
            _country(place.city),
        ],
        "formatted_address": formatted_address(place),
        "geometry": {
            "location": {"lat": place.point.lat, "lng": place.point.lng},
            "location_type": "ROOFTOP",
            "viewport": _bounds(box_around(place.point, VIEWPORT_M)),
        },
        "place_id": place.id,
        "types": all_types(place),
    }


def _component(long_name: str, short_name: str, *types: str) -> dict[str, Any]:
    return {"long_name": long_name, "short_name": short_name, "types": list(types)}


def _country(city: City) -> dict[str, Any]:
    return _component(city.country_name, city.country, "country", "political")


def _bounds(box: Box) -> dict[str, Any]:
    corners = (("northeast", box.high), ("southwest", box.low))
    return {name: {"lat": corner.lat, "lng": corner.lng} for name, corner in corners}

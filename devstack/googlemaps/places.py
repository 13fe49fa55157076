"""The catalogue of real places that all simulated Maps services answer from."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from devstack.googlemaps.geo import Point
from devstack.googlemaps.hours import Week, parse_week

BUNDLED = Path(__file__).parent / "catalogue"
CHECKED_AT = "2026-11-01T00:00:00Z"
COUNTRY_NAMES = {
    "DE": ("Germany", "Deutschland", "독일"),
    "AT": ("Austria", "Österreich", "오스트리아"),
    "KR": ("South Korea", "Korea", "Republic of Korea", "대한민국", "한국"),
    "JP": ("Japan", "日本", "일본"),
    "FR": ("France", "Frankreich", "프랑스"),
}
LANGUAGES = {"DE": "de", "AT": "de", "KR": "ko", "JP": "ja", "FR": "fr"}
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class City:
    """One city of the catalogue; `names` holds English first, then the local language, then others."""

    id: str
    names: tuple[str, ...]
    country: str  # ISO 3166-1 alpha-2
    country_name: str
    point: Point
    zone: str  # IANA
    currency: str  # ISO 4217
    checked_at: str

    @property
    def language(self) -> str:
        """The language most spoken there, as ISO 639-1."""
        return LANGUAGES.get(self.country, "en")


@dataclass(frozen=True)
class Place:
    """One real place; facts Google does not have are in the fields from `visit_minutes` on."""

    id: str
    city: City
    name: str
    local_name: str
    category: str
    types: tuple[str, ...]
    point: Point
    address: str
    week: Week | None  # None: hours unknown
    closed: frozenset[date]
    rating: float | None
    ratings: int
    price_level: int | None
    visit_minutes: int | None
    min_visit_minutes: int | None
    indoor: bool | None
    step_free: str
    strenuous: bool
    ticket: dict[str, Any] | None


@dataclass(frozen=True)
class Catalogue:
    """All cities and places, with the look-ups the services need."""

    cities: tuple[City, ...]
    places: tuple[Place, ...]
    by_id: dict[str, Place] = field(default_factory=dict)

    def city_near(self, point: Point, within_m: float) -> City | None:
        """The closest city whose centre lies within so many metres."""
        near = min(self.cities, key=lambda city: city.point.metres_to(point), default=None)
        return near if near is not None and near.point.metres_to(point) <= within_m else None


def load(folder: Path = BUNDLED) -> Catalogue:
    """Read every `<city>.json` of a folder; raises ValueError naming the file and place that is wrong."""
    cities: list[City] = []
    places: list[Place] = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        city = _city(document["city"])
        cities.append(city)
        places.extend(_place(row, city, path.name) for row in document["places"])
    return Catalogue(tuple(cities), tuple(places), {place.id: place for place in places})


def _city(row: dict[str, Any]) -> City:
    return City(
        id=row["id"],
        names=tuple(row["names"]),
        country=row["country"],
        country_name=row["countryName"],
        point=Point(*row["point"]),
        zone=row["zone"],
        currency=row["currency"],
        checked_at=row.get("checkedAt", CHECKED_AT),
    )


def _place(row: dict[str, Any], city: City, source: str) -> Place:
    try:
        return Place(
            id=row["id"],
            city=city,
            name=row["name"],
            local_name=row.get("localName") or row["name"],
            category=row["category"],
            types=tuple(row["types"]),
            point=Point(*row["point"]),
            address=row.get("address") or city.names[0],
            week=parse_week(row["hours"]),
            closed=frozenset(date.fromisoformat(day) for day in row.get("closed", ())),
            rating=row.get("rating"),
            ratings=row.get("ratings") or 0,
            price_level=row.get("priceLevel"),
            visit_minutes=row.get("visitMinutes"),
            min_visit_minutes=row.get("minVisitMinutes"),
            indoor=row.get("indoor"),
            step_free=row.get("stepFree", "unknown"),
            strenuous=bool(row.get("strenuous")),
            ticket=_ticket(row.get("ticket"), city),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{source}: place {row.get('id')!r}: {error!r}") from error


def _ticket(value: Any, city: City) -> dict[str, Any] | None:
    return {"amount": 0, "currency": city.currency} if value == 0 else value


def fold(text: str) -> tuple[str, ...]:
    """The words of a name without case, accents and punctuation; umlauts may be spelled out or dropped."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(re.findall(r"\w+", unicodedata.normalize("NFKC", bare)))


@lru_cache(maxsize=16_384)
def spellings(text: str) -> frozenset[tuple[str, ...]]:
    """All folded spellings of a name: `München` is found as munchen and as muenchen."""
    spelled_out = unicodedata.normalize("NFC", text).casefold().translate(SPELLED_OUT)
    return frozenset((fold(text), fold(spelled_out)))

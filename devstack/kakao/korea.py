"""The Korean places of the catalogue as Kakao knows them: ids, categories, districts."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from devstack.googlemaps.geo import Point
from devstack.googlemaps.places import Catalogue, City, Place, fold
from devstack.kakao.vocabulary import CATEGORIES, ELSE, GROUP_NAMES

PROVINCES = {
    "서울": ("서울특별시", "11"),
    "부산": ("부산광역시", "26"),
    "인천": ("인천광역시", "28"),
    "경기": ("경기도", "41"),
}
CITY_REACH_M = 45_000.0


@dataclass(frozen=True)
class Spot:
    """One place; `district` is its city and borough, `서울 종로구`."""

    id: str
    place: Place
    group: str
    category: str
    district: tuple[str, str]

    @property
    def name(self) -> str:
        return self.place.local_name

    def mentions(self, word: str) -> bool:
        """Whether a folded word is part of the Korean name, the address or the category."""
        return any(word in "".join(fold(text)) for text in (self.name, self.place.address, self.category))


@dataclass(frozen=True)
class Korea:
    """All spots, and the boroughs they lie in with their middles."""

    spots: tuple[Spot, ...]
    boroughs: Mapping[tuple[str, str], Point]
    cities: tuple[City, ...]

    def covers(self, point: Point) -> bool:
        """Whether the point is near a known city."""
        return any(city.point.metres_to(point) <= CITY_REACH_M for city in self.cities)

    def borough_at(self, point: Point) -> tuple[str, str]:
        """The borough of the closest spot."""
        return min(self.spots, key=lambda spot: spot.place.point.metres_to(point)).district


def korean(catalogue: Catalogue) -> Korea:
    """The part of a catalogue that lies in South Korea."""
    spots = tuple(_spot(place) for place in catalogue.places if place.city.country == "KR")
    inside: dict[tuple[str, str], list[Point]] = {}
    for spot in spots:
        inside.setdefault(spot.district, []).append(spot.place.point)
    boroughs = {
        name: Point(fmean(point.lat for point in points), fmean(point.lng for point in points))
        for name, points in inside.items()
    }
    return Korea(spots, boroughs, tuple(city for city in catalogue.cities if city.country == "KR"))


def _spot(place: Place) -> Spot:
    group, category = next((CATEGORIES[name] for name in place.types if name in CATEGORIES), ELSE)
    city, _, rest = place.address.partition(" ")
    return Spot(
        id=str(zlib.crc32(place.id.encode())),
        place=place,
        group=group if group in GROUP_NAMES else "",
        category=category,
        district=(city, rest.partition(" ")[0]),
    )

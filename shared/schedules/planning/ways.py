"""Ways inside a city as the route service tells them: what is asked, and what planning takes for known."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Literal

from pydantic import PlainSerializer, PlainValidator, TypeAdapter

from shared.schedules.planning.document import Point

type Kind = Literal["walk", "public", "road"]

DECIMALS = 5
"""Of a degree: about a metre."""
TOP_METRES_PER_MINUTE: dict[Kind, int] = {"walk": 100, "public": 1_000, "road": 1_000}
"""No leg of a plan may be faster (product rules, check `travel`): 6 km/h on foot, 60 in town."""


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """From a point to a point of one city, both latitude and longitude; `zone` is the city's."""

    kind: Kind
    zone: str
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """Whole minutes and metres of a way, `walk` metres of it on foot."""

    minutes: int
    metres: int
    walk: int


_PAIRS = TypeAdapter(tuple[tuple[Way, Measured], ...])


def _mapping(value: object) -> Mapping[Way, Measured]:
    return value if isinstance(value, Mapping) else dict(_PAIRS.validate_python(value))


def _pairs(ways: Mapping[Way, Measured]) -> object:
    return _PAIRS.dump_python(tuple(ways.items()), mode="json")


type Ways = Annotated[Mapping[Way, Measured], PlainValidator(_mapping), PlainSerializer(_pairs)]
"""What is known of ways; pairs where it is written down, since JSON has no such keys."""


def way(kind: Kind, zone: str, start: Point, end: Point) -> Way:
    """The way between two points, rounded so that the same points make the same way."""
    return Way(kind, zone, _rounded(start), _rounded(end))


def measured(kind: Kind, *, minutes: int, metres: int, walk: int | None) -> Measured:
    """What the service told, slowed down where it is faster than a plan may be."""
    on_foot = metres if kind == "walk" else min(walk or 0, metres)
    least = max(ceil(metres / TOP_METRES_PER_MINUTE[kind]), ceil(on_foot / TOP_METRES_PER_MINUTE["walk"]))
    return Measured(max(minutes, least), metres, on_foot)


def _rounded(point: Point) -> tuple[float, float]:
    return round(point.lat, DECIMALS), round(point.lng, DECIMALS)

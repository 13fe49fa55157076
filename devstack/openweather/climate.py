"""Monthly climate of a point: normals of the nearest known city, else an estimate from the latitude."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devstack.googlemaps.geo import Point

NORMALS = Path(__file__).with_name("normals.json")
REACH_M = 60_000.0
GRID_DEGREES = 0.5  # elsewhere the weather is the same inside such a cell


@dataclass(frozen=True)
class Month:
    """Means of one month: degrees Celsius, millimetres, days of at least 1 mm."""

    low: float
    high: float
    rain_mm: float
    rain_days: float


@dataclass(frozen=True)
class Climate:
    """Twelve months, January first; `cell` names the area that shares one weather."""

    cell: str
    months: tuple[Month, ...]
    pm25: float  # yearly mean, µg/m³


def climate_at(point: Point) -> Climate:
    """The climate that a point belongs to."""
    known = min(_known(), key=lambda pair: pair[0].metres_to(point))
    return known[1] if known[0].metres_to(point) <= REACH_M else _by_latitude(point)


@cache
def _known() -> tuple[tuple[Point, Climate], ...]:
    rows = json.loads(NORMALS.read_text(encoding="utf-8"))
    return tuple((Point(*row["point"]), _climate(row)) for row in rows)


def _climate(row: dict[str, list[float]]) -> Climate:
    columns = zip(row["min"], row["max"], row["rainMm"], row["rainDays"], strict=True)
    return Climate(str(row["id"]), tuple(Month(*column) for column in columns), float(str(row["pm25"])))


def _by_latitude(point: Point) -> Climate:
    """Cooler and with wider seasons towards the poles; warmest in July, south of the equator in January."""
    away = abs(point.lat)
    mean = 27.0 - 0.55 * max(0.0, away - 15.0)
    swing = 0.26 * away * (1 if point.lat >= 0 else -1)
    means = [mean + swing * math.cos((month - 6) / 6 * math.pi) for month in range(12)]
    row, column = round(point.lat / GRID_DEGREES), round(point.lng / GRID_DEGREES)
    return Climate(f"{row}:{column}", tuple(Month(m - 5, m + 5, 65, 9) for m in means), 12)

"""Distances between points, for judging whether two of them are the same spot."""

import math

from shared.schedules.planning.document import Point

SAME_SPOT_METRES = 50
_EARTH_RADIUS_METRES = 6_371_008.8
_MAX_LATITUDE = 90
_MAX_LONGITUDE = 180


def on_earth(point: Point) -> bool:
    """Whether the coordinates are finite degrees within range and not the null island of missing data."""
    in_range = abs(point.lat) <= _MAX_LATITUDE and abs(point.lng) <= _MAX_LONGITUDE
    return in_range and (point.lat, point.lng) != (0, 0)


def crow_metres(a: Point, b: Point) -> float:
    """Great-circle metres (haversine, mean earth radius); infinite from or to no point on earth."""
    if not (on_earth(a) and on_earth(b)):
        return math.inf
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lng = math.sin(math.radians(b.lng - a.lng) / 2)
    chord = half_lat**2 + math.cos(lat_a) * math.cos(lat_b) * half_lng**2
    return 2 * _EARTH_RADIUS_METRES * math.asin(math.sqrt(min(1.0, chord)))


def same_spot(a: Point, b: Point) -> bool:
    """Whether no leg is needed between the two."""
    return crow_metres(a, b) <= SAME_SPOT_METRES


def metres_text(metres: float) -> str:
    """`1,240 m`, or words when the distance is unknown."""
    return f"{round(metres):,} m" if math.isfinite(metres) else "an unknown distance"

"""Distances on the ground from coordinates, in whole metres."""

from math import asin, ceil, cos, radians, sin, sqrt

from shared.schedules.planning.document import Point

EARTH_METRES = 6_371_009
DETOUR = 1.3


def crow_metres(a: Point, b: Point) -> float:
    """Great-circle distance (haversine, mean Earth radius of the IUGG)."""
    half_lat, half_lng = radians(b.lat - a.lat) / 2, radians(b.lng - a.lng) / 2
    chord = sin(half_lat) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(half_lng) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(chord)))


def path_metres(a: Point, b: Point) -> int:
    """Length of a way through streets: the crow's way with a detour of 30 %, rounded up."""
    return ceil(crow_metres(a, b) * DETOUR)

"""Distances on the globe."""

import math

from shared.maps.model import LatLng

EARTH_M = 6_371_008.8


def metres_between(one: LatLng, two: LatLng) -> int:
    """Great-circle distance in whole metres (haversine)."""
    lat1, lat2 = math.radians(one[0]), math.radians(two[0])
    half_lat = math.sin((lat2 - lat1) / 2) ** 2
    half_lng = math.sin(math.radians(two[1] - one[1]) / 2) ** 2
    chord = half_lat + math.cos(lat1) * math.cos(lat2) * half_lng
    return round(2 * EARTH_M * math.asin(math.sqrt(min(1.0, chord))))

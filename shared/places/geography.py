"""Points on the globe: how far apart, and which region they belong to."""

import math

from shared.maps import LatLng

EARTH_RADIUS = 6_371_008.8


def region_of(lat: float, lng: float) -> str:
    """The partition of the places around a point: its coordinates to a hundredth of a degree, about 1 km."""
    return f"at:{lat:z.2f},{lng:z.2f}"


def metres_between(a: LatLng, b: LatLng) -> int:
    """Great-circle distance by the haversine formula on the mean Earth radius (IUGG)."""
    lat1, lng1, lat2, lng2 = map(math.radians, (*a, *b))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    return round(2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half))))

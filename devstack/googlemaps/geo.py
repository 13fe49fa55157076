"""Points on the globe: distances, boxes, and Google's polyline encoding."""

import math
from collections.abc import Sequence
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8
METRES_PER_DEGREE = 111_195.0
POLE, DATE_LINE = 90.0, 180.0
MORE = 0x20  # polyline encoding: another five-bit chunk follows


class Point(NamedTuple):
    """Degrees, WGS 84."""

    lat: float
    lng: float

    def metres_to(self, other: "Point") -> float:
        """Great-circle distance in metres (haversine)."""
        lat1, lat2 = math.radians(self.lat), math.radians(other.lat)
        half_lat = math.sin((lat2 - lat1) / 2) ** 2
        half_lng = math.sin(math.radians(other.lng - self.lng) / 2) ** 2
        chord = half_lat + math.cos(lat1) * math.cos(lat2) * half_lng
        return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))

    def toward(self, other: "Point", share: float) -> "Point":
        """The point a share (0 to 1) of the way to another, on a straight line in degrees."""
        return Point(self.lat + (other.lat - self.lat) * share, self.lng + (other.lng - self.lng) * share)

    def valid(self) -> bool:
        """Whether the degrees are on the globe."""
        return abs(self.lat) <= POLE and abs(self.lng) <= DATE_LINE


class Box(NamedTuple):
    """A rectangle between its south-west and north-east corners; it may cross the 180th meridian."""

    low: Point
    high: Point

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside or on the edge."""
        if not self.low.lat <= point.lat <= self.high.lat:
            return False
        if self.low.lng <= self.high.lng:
            return self.low.lng <= point.lng <= self.high.lng
        return point.lng >= self.low.lng or point.lng <= self.high.lng


def box_around(centre: Point, metres: float) -> Box:
    """The square that reaches so many metres from its centre to each side."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(0.01, math.cos(math.radians(centre.lat)))
    return Box(
        Point(round(centre.lat - high, 7), round(centre.lng - wide, 7)),
        Point(round(centre.lat + high, 7), round(centre.lng + wide, 7)),
    )


def encode_polyline(points: Sequence[Point]) -> str:
    """Google's Encoded Polyline Algorithm Format, five decimals."""
    text: list[str] = []
    before = (0, 0)
    for point in points:
        now = (round(point.lat * 1e5), round(point.lng * 1e5))
        text.extend(_encode_number(new - old) for new, old in zip(now, before, strict=True))
        before = now
    return "".join(text)


def _encode_number(value: int) -> str:
    rest = ~(value << 1) if value < 0 else value << 1
    chunks: list[str] = []
    while rest >= MORE:
        chunks.append(chr((MORE | (rest & 0x1F)) + 63))
        rest >>= 5
    chunks.append(chr(rest + 63))
    return "".join(chunks)

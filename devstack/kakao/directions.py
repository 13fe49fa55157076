"""Mobility API: routes by car, now or later, to one or to several destinations."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from devstack.googlemaps.geo import Point
from devstack.googlemaps.travel import ride
from devstack.kakao.errors import MobilityError
from devstack.kakao.korea import Korea

MOST_DESTINATIONS, FARTHEST_M = 30, 10_000
SAME_POINT_M = 5.0
SEOUL = ZoneInfo("Asia/Seoul")
RESULTS = {
    0: "길찾기 성공",
    1: "길찾기 결과를 찾을 수 없음",
    102: "시작 지점 주변의 도로를 탐색할 수 없음",
    103: "도착 지점 주변의 도로를 탐색할 수 없음",
    104: "출발지와 도착지가 5 m 이내로 설정된 경우 경로를 탐색할 수 없음",
    304: "다중 목적지 길찾기에서 도착지가 길찾기 반경을 벗어난 경우",
}


def directions(korea: Korea, query: Mapping[str, str]) -> dict[str, Any]:
    """The body of `/v1/directions`. Raises MobilityError."""
    ends = (_text_point(query, "origin"), _text_point(query, "destination"))
    return _answer([_route(korea, *ends)])


def future_directions(korea: Korea, query: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The body of `/v1/future/directions`; the departure is Korean time to the minute."""
    text = query.get("departure_time", "")
    try:
        departure = datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=SEOUL)
    except ValueError as error:
        raise MobilityError("departure_time must be YYYYMMDDHHMM") from error
    if departure <= now:
        raise MobilityError("departure_time must be in the future")
    return directions(korea, query)


def to_destinations(korea: Korea, body: bytes) -> dict[str, Any]:
    """The body of `/v1/destinations/directions`: one route per destination, told apart by its key."""
    asked = _json(body)
    origin, rows = _json_point(asked.get("origin"), "origin"), asked.get("destinations")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_DESTINATIONS:
        raise MobilityError(f"destinations: 1 to {MOST_DESTINATIONS} are allowed")
    radius = asked.get("radius", 0)
    if not isinstance(radius, int) or not 0 < radius <= FARTHEST_M:
        raise MobilityError(f"radius must be 1 to {FARTHEST_M}")
    return _answer([_to_one(korea, origin, row, radius) for row in rows])


def _to_one(korea: Korea, origin: Point, row: Any, radius: int) -> dict[str, Any]:
    end = _json_point(row, "destinations")
    key = row.get("key", "")
    if origin.metres_to(end) > radius:
        return {"key": key, **_failed(304)}
    return {"key": key, **_route(korea, origin, end)}


def _route(korea: Korea, origin: Point, end: Point) -> dict[str, Any]:
    for point, code in ((origin, 102), (end, 103)):
        if not korea.covers(point):
            return _failed(code)
    if origin.metres_to(end) <= SAME_POINT_M:
        return _failed(104)
    way = ride(origin, end, "DRIVE")
    if way is None:
        return _failed(1)
    return {
        "result_code": 0,
        "result_msg": RESULTS[0],
        "summary": {
            "origin": {"name": "", "x": origin.lng, "y": origin.lat},
            "destination": {"name": "", "x": end.lng, "y": end.lat},
            "waypoints": [],
            "priority": "RECOMMEND",
            "fare": {"taxi": 4800 + max(0, way.metres - 1600) // 131 * 100, "toll": 0},
            "distance": way.metres,
            "duration": way.seconds,
        },
    }


def _failed(code: int) -> dict[str, Any]:
    return {"result_code": code, "result_msg": RESULTS[code]}


def _answer(routes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"trans_id": uuid.uuid4().hex, "routes": routes}


def _text_point(query: Mapping[str, str], name: str) -> Point:
    """`127.1,37.4`, the longitude first; more parts (a name, an angle) are allowed and of no meaning here."""
    parts = query.get(name, "").split(",")
    try:
        return _valid(Point(float(parts[1]), float(parts[0])), name)
    except (IndexError, ValueError) as error:
        raise MobilityError(f"{name} must be x,y") from error


def _json_point(value: Any, name: str) -> Point:
    try:
        return _valid(Point(float(value["y"]), float(value["x"])), name)
    except (KeyError, TypeError, ValueError) as error:
        raise MobilityError(f"{name} must have x and y") from error


def _valid(point: Point, name: str) -> Point:
    if not point.valid():
        raise MobilityError(f"{name} is out of range")
    return point


def _json(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise MobilityError("the body must be JSON") from error
    if not isinstance(document, dict):
        raise MobilityError("the body must be a JSON object")
    return document

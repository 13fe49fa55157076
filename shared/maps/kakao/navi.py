"""Kakao Mobility API: car routes in South Korea, now or at a later time; every function here blocks."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from shared.maps.geometry import metres_between
from shared.maps.kakao import answers
from shared.maps.model import Journey, LatLng
from shared.web import Call, Patience, Reading, Service

MOST_DESTINATIONS, FARTHEST_M = 30, 10_000
"""Of one request to several destinations; farther ones are asked one by one."""
SEOUL = ZoneInfo("Asia/Seoul")
_QUOTA_USED_UP = -10


class Navi:
    """Routes by car; traffic as it is, or as it is usual at a later departure."""

    def __init__(self, *, key: str, url: str, patience: Patience, now: Callable[[], datetime]) -> None:
        self._headers, self._url, self._now = {"Authorization": f"KakaoAK {key}"}, url, now
        self._service = Service("map", group="kakao navi", patience=patience)

    def travel(self, origin: LatLng, destination: LatLng, *, departure: datetime | None) -> Journey | None:
        """The recommended way, None where no road leads."""
        asked = {"origin": _text(origin), "destination": _text(destination), "summary": "true"}
        path, operation = "v1/directions", "navi.directions"
        if departure is not None and departure > self._now():
            asked["departure_time"] = departure.astimezone(SEOUL).strftime("%Y%m%d%H%M")
            path, operation = "v1/future/directions", "navi.futureDirections"
        return self._ask(operation, "GET", path, answers.journey, params=asked)

    def matrix(
        self, origin: LatLng, destinations: Sequence[LatLng], *, departure: datetime | None
    ) -> list[Journey | None]:
        """The ways to many points, in their order; those over 10 km away cost a request each."""
        near = [n for n, end in enumerate(destinations) if metres_between(origin, end) <= FARTHEST_M]
        if departure is not None and departure > self._now():
            near = []  # several destinations are only answered for now
        ways: dict[int, Journey | None] = {}
        for start in range(0, len(near), MOST_DESTINATIONS):
            chunk = near[start : start + MOST_DESTINATIONS]
            ends = [destinations[number] for number in chunk]
            ways |= dict(zip(chunk, self._several(origin, ends), strict=True))
        far = (number for number in range(len(destinations)) if number not in ways)
        ways |= {number: self.travel(origin, destinations[number], departure=departure) for number in far}
        return [ways[number] for number in range(len(destinations))]

    def _several(self, origin: LatLng, ends: Sequence[LatLng]) -> list[Journey | None]:
        body = {
            "origin": _xy(origin),
            "destinations": [{**_xy(end), "key": str(number)} for number, end in enumerate(ends)],
            "radius": FARTHEST_M,
        }

        def read(answer: dict[str, Any]) -> list[Journey | None]:
            return answers.journeys(answer, len(ends))

        return self._ask("navi.destinations", "POST", "v1/destinations/directions", read, json=body)

    def _ask[T](
        self, operation: str, method: str, path: str, read: Callable[[dict[str, Any]], T], **options: Any
    ) -> T:
        return self._service.call(
            Call(operation),
            method,
            f"{self._url}/{path}",
            reading=Reading(read, is_passing=_is_quota),
            headers=self._headers,
            **options,
        )


def _is_quota(status: int, body: bytes) -> bool:
    """A used-up quota comes as 400 with a code of its own."""
    if status != 400:  # noqa: PLR2004 - Bad Request
        return False
    try:
        return bool(orjson.loads(body)["code"] == _QUOTA_USED_UP)
    except (ValueError, LookupError, TypeError):
        return False


def _xy(point: LatLng) -> dict[str, float]:
    return {"x": point[1], "y": point[0]}


def _text(point: LatLng) -> str:
    return f"{point[1]},{point[0]}"

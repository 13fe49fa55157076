"""Routes API: one way, and many from one point; every function here blocks."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.maps.google import answers, masks
from shared.maps.model import Journey, LatLng, TravelMode
from shared.maps.prices import Sku, price_of
from shared.web import Call, Patience, Reading, Service

ELEMENTS: dict[TravelMode, int] = {"walk": 625, "drive": 625, "transit": 100}
"""Elements of one route matrix (Routes API, usage limits)."""
TIMETABLES_AHEAD = timedelta(days=95)
"""They reach 100 days ahead; a later departure is asked for the same weekday and hour within them."""


class Routes:
    """`now` tells which departures are still to come."""

    def __init__(self, *, key: str, url: str, patience: Patience, now: Callable[[], datetime]) -> None:
        self._key, self._url, self._now = key, url, now
        self._service = Service("map", group="google routes", patience=patience)

    def travel(
        self, origin: LatLng, destination: LatLng, *, mode: TravelMode, departure: datetime | None
    ) -> Journey | None:
        """The best way between two points, None where none leads."""
        timing = timed(mode, departure, now=self._now())
        sku: Sku = "Compute Routes Pro" if "routingPreference" in timing else "Compute Routes Essentials"
        return self._service.call(
            Call("routes.computeRoutes", price_of(sku)),
            "POST",
            f"{self._url}/directions/v2:computeRoutes",
            reading=Reading(lambda found: answers.journey(found, mode)),
            json={
                "origin": answers.waypoint(origin),
                "destination": answers.waypoint(destination),
                **timing,
            },
            headers=self._headers(masks.TRANSIT_ROUTE if mode == "transit" else masks.ROUTE),
        )

    def matrix(
        self,
        origin: LatLng,
        destinations: Sequence[LatLng],
        *,
        mode: TravelMode,
        departure: datetime | None,
    ) -> list[Journey | None]:
        """Ways from one point to many, in their order, in as few requests as the service takes."""
        size, timing = ELEMENTS[mode], timed(mode, departure, now=self._now())
        ways: list[Journey | None] = []
        for start in range(0, len(destinations), size):
            ways += self._chunk(origin, destinations[start : start + size], mode, timing)
        return ways

    def _chunk(
        self, origin: LatLng, ends: Sequence[LatLng], mode: TravelMode, timing: dict[str, Any]
    ) -> list[Journey | None]:
        traffic = "routingPreference" in timing
        sku: Sku = "Compute Route Matrix Pro" if traffic else "Compute Route Matrix Essentials"
        return self._service.call(
            Call("routes.computeRouteMatrix", price_of(sku, units=len(ends))),
            "POST",
            f"{self._url}/distanceMatrix/v2:computeRouteMatrix",
            reading=Reading(lambda elements: answers.matrix(elements, len(ends), mode)),
            json={
                "origins": [{"waypoint": answers.waypoint(origin)}],
                "destinations": [{"waypoint": answers.waypoint(end)} for end in ends],
                **timing,
            },
            headers=self._headers(masks.MATRIX),
        )

    def _headers(self, mask: str) -> dict[str, str]:
        return {"X-Goog-Api-Key": self._key, "X-Goog-FieldMask": mask}


def timed(mode: TravelMode, departure: datetime | None, *, now: datetime) -> dict[str, Any]:
    """The mode, and an aware departure where it matters: walking takes as long at any hour.

    A drive at a known time takes traffic into account, at twice the price; a past one is left out.
    """
    asked: dict[str, Any] = {"travelMode": mode.upper()}
    if departure is None or mode == "walk" or departure <= now:
        return asked
    if mode == "drive":
        asked["routingPreference"] = "TRAFFIC_AWARE"
    else:
        weeks = -(-max(departure - now - TIMETABLES_AHEAD, timedelta()) // timedelta(weeks=1))
        departure -= timedelta(weeks=weeks)
    return {**asked, "departureTime": departure.astimezone(UTC).isoformat().replace("+00:00", "Z")}

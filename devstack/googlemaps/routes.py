"""The Routes API: `computeRoutes` and `computeRouteMatrix`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from devstack.googlemaps.errors import ApiError, invalid
from devstack.googlemaps.geo import Point, encode_polyline
from devstack.googlemaps.payload import read_choice, read_point, read_time
from devstack.googlemaps.places import Catalogue
from devstack.googlemaps.travel import MODES, WALK_KMH, Mode, Ride, ride

PREFERENCES = ("TRAFFIC_UNAWARE", "TRAFFIC_AWARE", "TRAFFIC_AWARE_OPTIMAL")
COMMON_FIELDS = {"travelMode", "routingPreference", "departureTime", "arrivalTime", "languageCode"}
COMMON_FIELDS |= {"regionCode", "units", "extraComputations", "trafficModel", "transitPreferences"}
ROUTE_FIELDS = frozenset(
    {"origin", "destination", "intermediates", "polylineQuality", "polylineEncoding", "routeModifiers"}
    | {"computeAlternativeRoutes", "optimizeWaypointOrder", "requestedReferenceRoutes", *COMMON_FIELDS}
)
MATRIX_FIELDS = frozenset({"origins", "destinations", *COMMON_FIELDS})
ROUTE_ANSWER: dict[str, frozenset[str] | None] = {
    "routes": frozenset(
        {"routeLabels", "legs", "distanceMeters", "duration", "staticDuration", "polyline", "description"}
        | {"warnings", "viewport", "travelAdvisory", "localizedValues", "routeToken"}
        | {"optimizedIntermediateWaypointIndex", "polylineDetails"}
    ),
    "fallbackInfo": None,
    "geocodingResults": None,
}
MATRIX_ANSWER: dict[str, frozenset[str] | None] = {
    "originIndex": None,
    "destinationIndex": None,
    "status": None,
    "condition": None,
    "distanceMeters": None,
    "duration": None,
    "staticDuration": None,
    "travelAdvisory": None,
    "fallbackInfo": None,
    "localizedValues": None,
}
MAX_ELEMENTS, MAX_SLOW_ELEMENTS = 625, 100
MAX_INTERMEDIATES = 25


def compute_routes(catalogue: Catalogue, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The best route, or `{}` when there is none. Raises ApiError 400 and 404."""
    mode, leave = _options(body, now)
    between = body.get("intermediates", [])
    if not isinstance(between, list):
        raise invalid("Invalid 'intermediates': expected a list of waypoints.", field="intermediates")
    if between and (mode == "TRANSIT" or len(between) > MAX_INTERMEDIATES):
        limit = 0 if mode == "TRANSIT" else MAX_INTERMEDIATES
        raise invalid(f"Too many intermediates: at most {limit} for {mode}.", field="intermediates")
    named = [("origin", body.get("origin")), *(("intermediates", point) for point in between)]
    points = [_waypoint(catalogue, *pair) for pair in [*named, ("destination", body.get("destination"))]]
    rides = [(a, b, ride(a, b, mode)) for a, b in pairwise(points)]
    legs = [_leg(a, b, way, leave) for a, b, way in rides if way is not None]
    return {"routes": [_route(points, legs)]} if len(legs) == len(rides) else {}


def compute_matrix(catalogue: Catalogue, body: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """One element per pair, in order of origin and destination. Raises ApiError 400."""
    mode, _ = _options(body, now)
    origins = [_waypoint(catalogue, "origins", item.get("waypoint")) for item in _list(body, "origins")]
    ends = [
        _waypoint(catalogue, "destinations", item.get("waypoint")) for item in _list(body, "destinations")
    ]
    _check_size(len(origins) * len(ends), mode, body)
    return [
        {"originIndex": row, "destinationIndex": column, "status": {}, **_element(ride(start, end, mode))}
        for row, start in enumerate(origins)
        for column, end in enumerate(ends)
    ]


def _element(way: Ride | None) -> dict[str, Any]:
    if way is None:
        return {"condition": "ROUTE_NOT_FOUND"}
    lasting = {"duration": f"{way.seconds}s", "staticDuration": f"{way.seconds}s"}
    return {"distanceMeters": way.metres, **lasting, "condition": "ROUTE_EXISTS"}


def _list(body: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    items = body.get(field)
    if not isinstance(items, list) or not items or not all(isinstance(item, Mapping) for item in items):
        raise invalid(f"At least one of '{field}' is required.", field=field)
    return items


def _check_size(elements: int, mode: Mode, body: Mapping[str, Any]) -> None:
    """625 elements, 100 for TRANSIT and for TRAFFIC_AWARE_OPTIMAL."""
    slow = mode == "TRANSIT" or body.get("routingPreference") == "TRAFFIC_AWARE_OPTIMAL"
    limit = MAX_SLOW_ELEMENTS if slow else MAX_ELEMENTS
    if elements > limit:
        raise invalid(
            f"Too many elements: {elements} requested, at most {limit} are allowed for this request."
        )


def _options(body: Mapping[str, Any], now: datetime) -> tuple[Mode, datetime]:
    """The travel mode and the time of departure."""
    name = read_choice(body, "travelMode", MODES, "DRIVE")
    mode = next(mode for mode in MODES if mode == name)
    driving = mode in {"DRIVE", "TWO_WHEELER"}
    if "routingPreference" in body and not driving:
        raise invalid(f"Routing preference cannot be set for {mode}.", field="routing_preference")
    read_choice(body, "routingPreference", PREFERENCES, "TRAFFIC_UNAWARE")
    departure = read_time(body.get("departureTime"), "departure_time")
    arrival = read_time(body.get("arrivalTime"), "arrival_time")
    if arrival is not None and mode != "TRANSIT":
        raise invalid("Arrival time can only be set for TRANSIT.", field="arrival_time")
    if arrival is not None and departure is not None:
        raise invalid("Only one of departure_time and arrival_time may be set.", field="arrival_time")
    if departure is not None and departure <= now and mode != "TRANSIT":
        raise invalid("Timestamp must be set to a future time.", field="departure_time")
    return mode, departure or arrival or now


def _waypoint(catalogue: Catalogue, field: str, value: Any) -> Point:
    """`location.latLng` or `placeId`; addresses are left to the Geocoding API here."""
    if isinstance(value, Mapping) and "placeId" in value:
        place = catalogue.by_id.get(str(value["placeId"]))
        if place is None:
            raise ApiError(404, f"Place ID '{value['placeId']}' was not found.")
        return place.point
    location = value.get("location") if isinstance(value, Mapping) else None
    if not isinstance(location, Mapping) or "latLng" not in location:
        raise invalid(f"Invalid '{field}': give location.latLng or placeId.", field=field)
    return read_point(location["latLng"], f"{field}.location.lat_lng")


def _route(points: list[Point], legs: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = sum(int(leg["duration"][:-1]) for leg in legs)
    return {
        "legs": legs,
        "distanceMeters": sum(leg["distanceMeters"] for leg in legs),
        "duration": f"{seconds}s",
        "staticDuration": f"{seconds}s",
        "polyline": {"encodedPolyline": encode_polyline(points)},
        "routeLabels": ["DEFAULT_ROUTE"],
    }


def _leg(start: Point, end: Point, way: Ride, leave: datetime) -> dict[str, Any]:
    return {
        "distanceMeters": way.metres,
        "duration": f"{way.seconds}s",
        "staticDuration": f"{way.seconds}s",
        "polyline": {"encodedPolyline": encode_polyline([start, end])},
        "startLocation": _location(start),
        "endLocation": _location(end),
        "steps": _steps(start, end, way, leave),
    }


def _steps(start: Point, end: Point, way: Ride, leave: datetime) -> list[dict[str, Any]]:
    if way.mode != "TRANSIT":
        return [_step(start, end, (way.metres, way.seconds), way.mode)]
    half = way.walk_metres // 2
    walk_s = round(half / (WALK_KMH / 3.6))
    share = min(0.5, half / max(1, way.metres))
    board, alight = start.toward(end, share), end.toward(start, share)
    riding_s = way.seconds - 2 * walk_s - way.wait_seconds
    ridden = _step(board, alight, (way.metres - 2 * half, riding_s), "TRANSIT")
    departs = leave + timedelta(seconds=walk_s + way.wait_seconds)
    stops = {
        "departureStop": {"location": _location(board)},
        "departureTime": _timestamp(departs),
        "arrivalStop": {"location": _location(alight)},
        "arrivalTime": _timestamp(departs + timedelta(seconds=riding_s)),
    }
    ridden["transitDetails"] = {"stopDetails": stops, "stopCount": 1}
    to_stop = _step(start, board, (half, walk_s), "WALK")
    return [to_stop, ridden, _step(alight, end, (half, walk_s), "WALK")]


def _step(start: Point, end: Point, size: tuple[int, int], mode: str) -> dict[str, Any]:
    """`size` is metres and seconds."""
    return {
        "distanceMeters": size[0],
        "staticDuration": f"{size[1]}s",
        "polyline": {"encodedPolyline": encode_polyline([start, end])},
        "startLocation": _location(start),
        "endLocation": _location(end),
        "travelMode": mode,
    }


def _location(point: Point) -> dict[str, Any]:
    return {"latLng": {"latitude": point.lat, "longitude": point.lng}}


def _timestamp(when: datetime) -> str:
    return when.replace(microsecond=0).isoformat().replace("+00:00", "Z")

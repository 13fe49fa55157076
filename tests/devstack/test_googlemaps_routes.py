"""Routes API: durations that make sense, limits and errors of the real service."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from devstack.googlemaps.geo import Point, encode_polyline
from devstack.googlemaps.routes import MATRIX_FIELDS, ROUTE_FIELDS
from devstack.googlemaps.travel import Mode, ride
from tests.devstack.maps_catalogue import KEY, maps_client, write_catalogue

ROUTES, MATRIX = "/directions/v2:computeRoutes", "/distanceMatrix/v2:computeRouteMatrix"
MASK = {"X-Goog-FieldMask": "routes.distanceMeters,routes.duration"}
ELEMENTS = {"X-Goog-FieldMask": "originIndex,destinationIndex,status,condition,distanceMeters,duration"}
CENTRE, PARK = Point(48.13743, 11.57549), Point(48.16443, 11.60557)
SALZBURG, SEOUL, BUSAN, TOKYO = (
    Point(47.80, 13.045),
    Point(37.5665, 126.978),
    Point(35.1796, 129.0756),
    Point(35.6812, 139.7671),
)


@pytest.fixture(scope="module")
async def maps(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx2.AsyncClient]:
    folder = write_catalogue(Path(tmp_path_factory.mktemp("catalogue")))
    async with maps_client(folder, **{"X-Goog-Api-Key": KEY}) as client:
        yield client


def at(point: Point) -> dict[str, Any]:
    return {"location": {"latLng": {"latitude": point.lat, "longitude": point.lng}}}


def trip(origin: Point, destination: Point, mode: str, **options: Any) -> dict[str, Any]:
    return {"origin": at(origin), "destination": at(destination), "travelMode": mode, **options}


def grid(origins: int, destinations: int, mode: str) -> dict[str, Any]:
    return {
        "origins": [{"waypoint": at(CENTRE)}] * origins,
        "destinations": [{"waypoint": at(PARK)}] * destinations,
        "travelMode": mode,
    }


@pytest.mark.parametrize(
    ("mode", "metres", "minutes"),
    [("WALK", 4700, 58), ("BICYCLE", 4880, 20), ("DRIVE", 5070, 14), ("TRANSIT", 5480, 26)],
)
async def test_a_city_ride_is_as_long_as_one_expects(
    maps: httpx2.AsyncClient, mode: str, metres: int, minutes: int
) -> None:
    answer = await maps.post(ROUTES, json=trip(CENTRE, PARK, mode), headers=MASK)
    route = answer.json()["routes"][0]
    assert set(route) == {"distanceMeters", "duration"}
    assert route["distanceMeters"] == pytest.approx(metres, rel=0.02)
    assert int(route["duration"].removesuffix("s")) / 60 == pytest.approx(minutes, rel=0.05)


@pytest.mark.parametrize(
    ("origin", "destination", "mode", "hours"),
    [(CENTRE, SALZBURG, "TRANSIT", 1.9), (CENTRE, SALZBURG, "DRIVE", 2.5), (SEOUL, BUSAN, "TRANSIT", 4.5)],
)
def test_between_cities_the_train_takes_hours(
    origin: Point, destination: Point, mode: Mode, hours: float
) -> None:
    way = ride(origin, destination, mode)
    assert way is not None
    assert way.seconds / 3600 == pytest.approx(hours, rel=0.1)


@pytest.mark.parametrize(("origin", "destination"), [(CENTRE, SEOUL), (SEOUL, TOKYO)])
async def test_over_the_sea_and_too_far_there_is_no_route(
    maps: httpx2.AsyncClient, origin: Point, destination: Point
) -> None:
    answer = await maps.post(ROUTES, json=trip(origin, destination, "DRIVE"), headers=MASK)
    assert (answer.status_code, answer.json()) == (200, {})


def test_further_never_takes_less_time() -> None:
    modes: tuple[Mode, ...] = ("WALK", "DRIVE", "TRANSIT", "BICYCLE")
    for mode in modes:
        rides = [ride(CENTRE, CENTRE.toward(SALZBURG, step / 100), mode) for step in range(1, 80)]
        seconds = [way.seconds for way in rides if way is not None]
        assert seconds == sorted(seconds)


async def test_transit_has_walks_at_both_ends_and_adds_up(maps: httpx2.AsyncClient) -> None:
    headers = {"X-Goog-FieldMask": "*"}
    body = trip(CENTRE, PARK, "TRANSIT", departureTime="2026-06-01T09:00:00Z")
    leg = (await maps.post(ROUTES, json=body, headers=headers)).json()["routes"][0]["legs"][0]
    assert [step["travelMode"] for step in leg["steps"]] == ["WALK", "TRANSIT", "WALK"]
    assert sum(step["distanceMeters"] for step in leg["steps"]) == leg["distanceMeters"]
    stops = leg["steps"][1]["transitDetails"]["stopDetails"]
    assert stops["departureTime"] == "2026-06-01T09:08:45Z"


async def test_a_place_id_is_a_waypoint(maps: httpx2.AsyncClient) -> None:
    body = {"origin": {"placeId": "munich-marienplatz"}, "destination": {"placeId": "munich-late-bar"}}
    answer = await maps.post(ROUTES, json={**body, "travelMode": "WALK"}, headers=MASK)
    assert answer.json()["routes"][0]["distanceMeters"] == pytest.approx(550, rel=0.1)
    lost = {"origin": {"placeId": "nowhere"}, "destination": at(PARK)}
    assert (await maps.post(ROUTES, json=lost, headers=MASK)).status_code == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"destination": at(PARK)}, "origin"),
        (trip(CENTRE, PARK, "FLY"), "travelMode"),
        (trip(CENTRE, PARK, "DRIVE", departureTime="2026-05-06T09:59:00Z"), "future time"),
        (trip(CENTRE, PARK, "DRIVE", arrivalTime="2026-06-01T09:00:00Z"), "TRANSIT"),
        (trip(CENTRE, PARK, "WALK", routingPreference="TRAFFIC_AWARE"), "preference"),
        (trip(CENTRE, PARK, "WALK", departureTime="tomorrow"), "departure_time"),
        (trip(CENTRE, PARK, "WALK", speed=3), "Unknown name"),
    ],
)
async def test_a_bad_route_request_is_an_invalid_argument(
    maps: httpx2.AsyncClient, body: dict[str, Any], message: str
) -> None:
    answer = await maps.post(ROUTES, json=body, headers=MASK)
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (400, "INVALID_ARGUMENT")
    assert message in error["message"]


@pytest.mark.parametrize("odd", [None, True, -1, "x", [None], [[1]], {}, {"placeId": [1]}, {"location": 3}])
async def test_values_of_the_wrong_type_never_break_the_service(maps: httpx2.AsyncClient, odd: Any) -> None:
    for field in ROUTE_FIELDS:
        answer = await maps.post(ROUTES, json=trip(CENTRE, PARK, "WALK") | {field: odd}, headers=MASK)
        assert answer.status_code in {200, 400, 404}, field
    for field in MATRIX_FIELDS:
        answer = await maps.post(MATRIX, json=grid(1, 1, "WALK") | {field: odd}, headers=ELEMENTS)
        assert answer.status_code in {200, 400, 404}, field


async def test_a_matrix_has_one_element_per_pair(maps: httpx2.AsyncClient) -> None:
    origins = [{"waypoint": at(CENTRE)}, {"waypoint": at(SEOUL)}]
    body = {"origins": origins, "destinations": [{"waypoint": at(PARK)}], "travelMode": "WALK"}
    near, far = (await maps.post(MATRIX, json=body, headers=ELEMENTS)).json()
    assert near["condition"] == "ROUTE_EXISTS"
    assert near["duration"].endswith("s")
    assert far == {"originIndex": 1, "destinationIndex": 0, "status": {}, "condition": "ROUTE_NOT_FOUND"}


@pytest.mark.parametrize(
    ("size", "mode", "status"),
    [
        ((25, 25), "WALK", 200),
        ((25, 26), "WALK", 400),
        ((10, 10), "TRANSIT", 200),
        ((10, 11), "TRANSIT", 400),
    ],
)
async def test_a_matrix_is_limited_by_its_elements(
    maps: httpx2.AsyncClient, size: tuple[int, int], mode: str, status: int
) -> None:
    answer = await maps.post(MATRIX, json=grid(*size, mode), headers=ELEMENTS)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()[0]["error"]["status"] == "INVALID_ARGUMENT"


async def test_routes_need_a_mask_too(maps: httpx2.AsyncClient) -> None:
    assert (await maps.post(ROUTES, json=trip(CENTRE, PARK, "WALK"))).status_code == 400
    assert (await maps.post(MATRIX, json=grid(1, 1, "WALK"))).status_code == 400


def test_polylines_are_encoded_as_documented() -> None:
    points = [Point(38.5, -120.2), Point(40.7, -120.95), Point(43.252, -126.453)]
    assert encode_polyline(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"

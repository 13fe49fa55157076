"""Kakao Mobility API: routes, result codes, limits, and trouble on demand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from tests.launch import server

PALACE, TOWER, BUSAN = "126.977,37.5796", "126.9882,37.5512", "129.0403,35.1151"
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture(scope="module")
def kakao() -> Iterator[httpx2.Client]:
    with (
        server("devstack.kakao") as url,
        httpx2.Client(base_url=url, headers={"Authorization": "KakaoAK any"}) as client,
    ):
        yield client


def route(kakao: httpx2.Client, origin: str, destination: str) -> dict[str, Any]:
    answer = kakao.get("/v1/directions", params={"origin": origin, "destination": destination})
    assert answer.status_code == 200, answer.text
    [found] = answer.json()["routes"]
    return dict(found)


def to_many(kakao: httpx2.Client, **body: Any) -> httpx2.Response:
    return kakao.post("/v1/destinations/directions", json={"origin": {"x": 126.977, "y": 37.5796}, **body})


def test_route_has_metres_seconds_and_fares(kakao: httpx2.Client) -> None:
    near, far = route(kakao, PALACE, TOWER), route(kakao, PALACE, BUSAN)
    assert near["result_code"] == far["result_code"] == 0
    assert near["summary"]["distance"] < 10_000
    assert far["summary"]["distance"] > 300_000
    assert 5 * 60 < near["summary"]["duration"] < 3600 < far["summary"]["duration"]
    assert near["summary"]["fare"]["taxi"] < far["summary"]["fare"]["taxi"]


@pytest.mark.parametrize(
    ("origin", "destination", "code"),
    [(PALACE, PALACE, 104), ("11.57,48.13", PALACE, 102), (PALACE, "139.7,35.6", 103)],
)
def test_no_route_is_a_result_code_not_an_error(
    kakao: httpx2.Client, origin: str, destination: str, code: int
) -> None:
    found = route(kakao, origin, destination)
    assert found["result_code"] == code
    assert found["result_msg"]
    assert "summary" not in found


def test_destinations_are_told_apart_by_key_and_cut_off_at_the_radius(kakao: httpx2.Client) -> None:
    ends = [{"x": 126.9882, "y": 37.5512, "key": "tower"}, {"x": 129.0403, "y": 35.1151, "key": "busan"}]
    routes = {row["key"]: row for row in to_many(kakao, destinations=ends, radius=10_000).json()["routes"]}
    assert routes["tower"]["result_code"] == 0
    assert routes["busan"]["result_code"] == 304


@pytest.mark.parametrize(
    "body",
    [
        {"destinations": [], "radius": 10},
        {"destinations": [{"x": 127, "y": 37.5}] * 31, "radius": 10},
        {"destinations": [{"x": 127, "y": 37.5}], "radius": 10_001},
        {"destinations": [{"x": 127, "y": 37.5}]},
        {"destinations": [{"x": 127}], "radius": 10},
        {"destinations": [{"x": 127, "y": 137.5}], "radius": 10},
    ],
)
def test_wrong_request_to_many_is_refused(kakao: httpx2.Client, body: dict[str, Any]) -> None:
    answer = to_many(kakao, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, -2)


@pytest.mark.parametrize("query", [{}, {"origin": PALACE}, {"origin": "x,y", "destination": PALACE}])
def test_route_without_both_ends_is_refused(kakao: httpx2.Client, query: dict[str, str]) -> None:
    answer = kakao.get("/v1/directions", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, -2)


def test_later_departure_is_to_come(kakao: httpx2.Client) -> None:
    def left(at: datetime) -> int:
        ends = {"origin": PALACE, "destination": TOWER}
        text = at.astimezone(SEOUL).strftime("%Y%m%d%H%M")
        return kakao.get("/v1/future/directions", params={**ends, "departure_time": text}).status_code

    now = datetime.now(UTC)
    assert (left(now + timedelta(days=1)), left(now - timedelta(hours=1))) == (200, 400)


def test_used_up_quota_is_400_with_a_code_and_throttling_of_local_is_429(kakao: httpx2.Client) -> None:
    kakao.put("/_devstack/faults", json={"mode": "error", "status": 429, "count": 2})
    answer = kakao.get("/v1/directions", params={"origin": PALACE, "destination": TOWER})
    assert (answer.status_code, answer.json()["code"]) == (400, -10)
    answer = kakao.get("/v2/local/search/keyword.json?query=x")
    assert (answer.status_code, answer.json()["errorType"]) == (429, "RequestThrottled")


def test_calls_are_counted_by_operation(kakao: httpx2.Client) -> None:
    kakao.delete("/_devstack/calls")
    route(kakao, PALACE, TOWER)
    kakao.get("/v2/local/search/keyword.json?query=x")
    assert kakao.get("/_devstack/calls").json()["calls"] == {"local.keyword": 1, "navi.directions": 1}

"""Trouble on demand, as all simulators make it."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from devstack.faults import Faults, Order, Quota
from tests.launch import server

AIR = "/data/2.5/air_pollution/forecast?lat=48.1&lon=11.6&appid=any"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def order(**fields: Any) -> Order:
    return Order.model_validate(fields)


def test_a_fault_ends_after_its_seconds() -> None:
    clock = Clock()
    faults = Faults(clock)
    faults.put(order(mode="down", seconds=10))
    clock.now = 9.9
    assert faults.take("/x") is not None
    clock.now = 10.0
    assert faults.take("/x") is None


def test_a_fault_ends_after_its_count_of_matching_requests() -> None:
    faults = Faults()
    faults.put(order(mode="error", count=2, path="/a"))
    met = [faults.take(path) is not None for path in ("/a", "/b", "/a/1", "/a")]
    assert met == [True, False, True, False]


def test_a_quota_frees_up_as_a_minute_passes() -> None:
    clock = Clock()
    quota = Quota(2, clock)
    taken = []
    for now in (0, 30, 59, 60, 61, 90):
        clock.now = now
        taken.append(quota.take())
    assert taken == [True, True, False, True, False, True]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server("devstack.openweather") as address:
        yield address


@pytest.fixture
def broken(url: str) -> Iterator[str]:
    yield f"{url}/_devstack/faults"
    httpx2.delete(f"{url}/_devstack/faults")


def test_down_is_503_until_mended(url: str, broken: str) -> None:
    httpx2.put(broken, json={"mode": "down"})
    answer = httpx2.get(url + AIR)
    assert (answer.status_code, answer.headers["connection"]) == (503, "close")
    assert httpx2.delete(broken).status_code == 204
    assert httpx2.get(url + AIR).status_code == 200


def test_drop_breaks_the_connection(url: str, broken: str) -> None:
    httpx2.put(broken, json={"mode": "drop", "count": 1})
    with pytest.raises(httpx2.TransportError):
        httpx2.get(url + AIR)
    assert httpx2.get(url + AIR).status_code == 200


def test_error_has_the_service_s_own_body(url: str, broken: str) -> None:
    httpx2.put(broken, json={"mode": "error", "status": 429, "count": 1})
    answer = httpx2.get(url + AIR)
    assert (answer.status_code, answer.json()["cod"]) == (429, 429)


def test_garbage_is_200_but_not_json(url: str, broken: str) -> None:
    httpx2.put(broken, json={"mode": "garbage", "count": 1})
    answer = httpx2.get(url + AIR)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_slow_still_answers(url: str, broken: str) -> None:
    httpx2.put(broken, json={"mode": "slow", "latencyMs": 60, "count": 1})
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.get(url + AIR, timeout=httpx2.Timeout(5, read=0.02))
    assert httpx2.get(url + AIR).status_code == 200


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"mode": "upside-down"}, "mode"),
        ({"mode": "ungrounded"}, "mode"),
        ({"mode": "down", "minutes": 3}, "minutes"),
        ({"mode": "slow", "latencyMs": -1}, "latencyMs"),
        ({}, "mode"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused(
    broken: str, body: dict[str, Any], names: str
) -> None:
    answer = httpx2.put(broken, json=body)
    assert answer.status_code == 400
    assert names in answer.json()["error"]
    assert httpx2.get(broken).json() == {"fault": None, "left": None}


def test_health_names_the_service_and_unknown_controls_are_404(url: str) -> None:
    assert httpx2.get(f"{url}/_devstack/health").json() == {"status": "ok", "service": "openweather"}
    assert httpx2.get(f"{url}/_devstack/nothing").status_code == 404

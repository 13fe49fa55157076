"""The Cosmos DB emulator through Microsoft's JavaScript client: an independent judge of the same HTTP."""

from pathlib import Path

import pytest

from tests.devstack.cosmos_client import KEY
from tests.devstack.js_client import Told, locked_version, told_by
from tests.launch import server

SCENARIOS = Path(__file__).with_name("js") / "cosmos"

SEEN: dict[str, object] = {
    "create_and_read": {
        "created": 201,
        "charged": True,
        "read": {"id": "a", "p": "1", "email": "a", "n": 1},
        "same": True,
    },
    "conflicts_and_absence": {"twice": 409, "unique": 409, "absent": 404, "gone": 404},
    "etags": {"late": 412, "n": 2, "same": 304},
    "queries": {"sorted": [4, 3, 2], "cut": [1, 2], "counted": [5], "joined": ["t", 3], "wrong": 400},
    "pages": {"sizes": [2, 2, 1], "seen": ["q0", "q1", "q2", "q3", "q4"]},
    "patch": {"after": {"id": "p", "p": "5", "email": "p", "n": 5, "more": [1]}, "refused": 412},
    "batch": {"ok": [201, 200], "failed": [424, 409], "left": ["b1"]},
    "change_feed": {"some": True, "then": 304, "last": ["f"]},
    "bulk": {"outcomes": [201, 201, 409], "left": [1, 1]},
    "ttl": 404,
    "wrong_key": 401,
}


@pytest.fixture(scope="module")
def told() -> Told:
    with server("devstack.cosmos") as url:
        return told_by(SCENARIOS, url, KEY)


@pytest.mark.parametrize("scenario", SEEN)
def test_javascript_client_sees_what_the_service_would_show(told: Told, scenario: str) -> None:
    assert told[scenario] == {"seen": SEEN[scenario]}


def test_every_scenario_that_runs_is_judged(told: Told) -> None:
    assert told.keys() == SEEN.keys()


def test_lock_file_pins_the_client() -> None:
    assert locked_version(SCENARIOS, "@azure/cosmos") == "4.9.3"

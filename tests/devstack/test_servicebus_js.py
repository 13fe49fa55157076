"""The emulator through Microsoft's JavaScript client: an independent judge of the same wire."""

from pathlib import Path

import pytest

from tests.devstack.js_client import Told, locked_version, told_by
from tests.devstack.servicebus_admin_parts import emulator

SCENARIOS = Path(__file__).with_name("js") / "servicebus"

SEEN: dict[str, object] = {
    "send_and_complete": {"body": {"city": "Seoul"}, "deliveries": 0, "left": False},
    "message_properties": {
        "messageId": "m-1",
        "subject": "subject",
        "contentType": "text/plain",
        "correlationId": "c-1",
        "replyTo": "answers",
        "to": "somewhere",
        "timeToLive": 60_000,
        "applicationProperties": {"text": "t", "whole": 7, "half": 0.5, "yes": True},
        "state": "active",
        "numbered": True,
        "recent": True,
        "expiresAfter": 60_000,
    },
    "message_without_id_gets_one": True,
    "batch": {"added": [True, True, True, False], "limit": 262_144, "bodies": [0, 1, 2]},
    "oversized_message": "MessageSizeExceeded",
    "several_frames": 200_000,
    "abandon_counts_deliveries": [0, 1],
    "last_delivery_is_dead_lettered": {"reason": "MaxDeliveryCountExceeded", "source": "jobs"},
    "dead_letter": ["unwanted", "unwanted", "nobody asked"],
    "defer": {"hidden": True, "body": "not now", "state": "deferred"},
    "schedule": {"early": True, "body": "later", "punctual": True},
    "cancel_schedule": {"peeked": ["never", "scheduled"], "after": 0, "again": "MessageNotFound"},
    "peek_takes_nothing": [["a", "b"], ["a", "b"]],
    "renew": True,
    "settled_twice": "The message has either been deleted or already settled",
    "receive_and_delete": {"body": "gone", "left": False},
    "duplicate_is_dropped": {"body": "first", "alone": True},
    "subscribe": [0, 1, 2, 3, 4],
    "sessions": {
        "order": [1, 3],
        "other": "b",
        "taken": "SessionCannotBeLocked",
        "renewed": True,
        "state": "at 1",
        "none": "ServiceTimeout",
        "unnamed": "GeneralError",
    },
    "unknown_queue": "MessagingEntityNotFound",
    "wrong_key": "UnauthorizedAccess",
    "administration": {
        "created": ["from-js", 4, "PT30S"],
        "changed": 6,
        "active": 1,
        "total": 1,
        "names": ["bulk", "from-js", "jobs", "talks"],
        "existed": True,
        "exists": False,
    },
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    with emulator(tmp_path_factory.mktemp("js")) as running:
        ports = [str(running.port("amqp")), str(running.port("admin-tls"))]
        trusted = {"NODE_EXTRA_CA_CERTS": str(running.authority)}
        return told_by(SCENARIOS, *ports, environment=trusted)


@pytest.mark.parametrize("scenario", SEEN)
def test_javascript_client_sees_what_the_service_would_show(told: Told, scenario: str) -> None:
    assert told[scenario] == {"seen": SEEN[scenario]}


def test_every_scenario_that_runs_is_judged(told: Told) -> None:
    assert told.keys() == SEEN.keys()


def test_lock_file_pins_the_client() -> None:
    assert locked_version(SCENARIOS, "@azure/service-bus") == "7.9.5"

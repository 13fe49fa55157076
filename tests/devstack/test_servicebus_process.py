"""The emulator as a process: its configuration, its control surface, how it starts and stops."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from devstack.servicebus.broker.settings import DAY, HOUR, MINUTE, SECOND, QueueSettings
from devstack.servicebus.config import ConfigError, duration, parse_config, read_config
from tests.launch import ROOT, launched, server

SHIPPED = ROOT / "devstack" / "servicebus" / "Config.json"


def config(queue: dict[str, object], **namespace: object) -> str:
    names = {"Name": "sbemulatorns", "Queues": [queue], "Topics": [], **namespace}
    return json.dumps({"UserConfig": {"Namespaces": [names], "Logging": {"Type": "File"}}})


def test_shipped_configuration_declares_the_three_product_queues() -> None:
    queues = read_config(SHIPPED)
    assert [queue.name for queue in queues] == ["ai-schedule-generation", "location-search", "notification"]
    for queue in queues:
        assert queue == QueueSettings(
            queue.name,
            lock_duration=5 * MINUTE,
            max_delivery_count=5,
            default_time_to_live=14 * DAY,
            has_duplicate_detection=True,
            duplicate_window=10 * MINUTE,
            dead_letters_expired=True,
        )


def test_comments_are_ignored_but_not_inside_text() -> None:
    text = config({"Name": "a"}).replace("{", '{ // "Name": "no"\n /* \n * nor this */', 1)
    assert [queue.name for queue in parse_config(text)] == ["a"]
    with pytest.raises(ConfigError, match="a//b"):
        parse_config(config({"Name": "a", "Properties": {"LockDuration": "a//b"}}))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "no JSON"),
        ("{}", "UserConfig"),
        (config({"Name": "a", "Properties": {"RequiresSession": "yes"}}), "RequiresSession of Queue a"),
        (config({"Name": "a", "Properties": {"ForwardTo": "b"}}), "ForwardTo of queue a"),
        (
            config({"Name": "a", "Properties": {"LockDuration": "PT4S"}}),
            "LockDuration of queue a .* 5 to 300",
        ),
        (config({"Name": "a", "Properties": {"LockDuration": "5s"}}), "no ISO 8601 duration"),
        (config({"Name": "a", "Properties": {"MaxDeliveryCount": 0}}), "MaxDeliveryCount"),
        (config({"Name": "a", "Properties": {"LockDurations": "PT5S"}}), "LockDurations"),
        (config({"Name": "a"}, Topics=[{"Name": "t"}]), "Topics"),
        (config({"Name": "a"}, Queues=[{"Name": "a"}, {"Name": "A"}]), "same name"),
    ],
)
def test_configuration_that_cannot_be_obeyed_is_refused_by_name(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        parse_config(text)


def test_durations_are_read_in_milliseconds() -> None:
    assert duration("PT0.5S") == SECOND // 2
    assert duration("P1DT2H3M4S") == DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND


def test_unusable_configuration_ends_the_process_with_one_line(tmp_path: Path) -> None:
    path = tmp_path / "Config.json"
    path.write_text("[]")
    command = [sys.executable, "-m", "devstack.servicebus", "--config", str(path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(rf"{re.escape(str(path))}: .*\n", ended.stderr)


@pytest.fixture(scope="module")
def control() -> Iterator[str]:
    with server("devstack.servicebus") as urls:
        yield urls.partition(" control=")[2]


def test_health_and_empty_queues_are_shown(control: str) -> None:
    assert httpx2.get(f"{control}/health").json() == {"status": "healthy"}
    queues = httpx2.get(f"{control}/queues").json()
    assert set(queues) == {"ai-schedule-generation", "location-search", "notification"}
    assert queues["notification"] == {
        "active": 0,
        "locked": 0,
        "deferred": 0,
        "scheduled": 0,
        "deadLetter": 0,
    }
    assert httpx2.get(f"{control}/queues/notification/messages").json() == []
    assert httpx2.get(f"{control}/queues/notification/messages?deadLetter=true").json() == []


def test_unknown_queue_is_not_found(control: str) -> None:
    assert httpx2.get(f"{control}/queues/nowhere/messages").status_code == 404


@pytest.mark.parametrize("body", ["", "[]", '{"refuseSeconds": -1}', '{"expireLocks": 1}', '{"other": 1}'])
def test_fault_that_makes_no_sense_is_refused(control: str, body: str) -> None:
    assert httpx2.post(f"{control}/faults", content=body).status_code == 400


def test_process_ends_with_its_leash() -> None:
    with launched("devstack.servicebus") as (_, process):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0

"""The queues for people with Docker are ours, within the caps of the official emulator."""

from dataclasses import asdict
from typing import Any

from devstack.servicebus.config import read_config
from tests.launch import ROOT

FOLDER = ROOT / "devstack" / "servicebus"


def queues(file: str) -> dict[str, dict[str, Any]]:
    return {queue.name: asdict(queue) for queue in read_config(FOLDER / file)}


def test_official_config_differs_only_where_the_official_emulator_has_caps() -> None:
    ours, official = queues("Config.json"), queues("Config.official.json")
    assert ours.keys() == official.keys()
    for name, queue in ours.items():
        differing = {field for field, value in queue.items() if official[name][field] != value}
        assert len(differing) == 2, differing
        assert all(official[name][field] < queue[field] for field in differing)


def test_compose_file_mounts_the_official_config() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    assert (
        "./devstack/servicebus/Config.official.json:/ServiceBus_Emulator/ConfigFiles/Config.json" in compose
    )

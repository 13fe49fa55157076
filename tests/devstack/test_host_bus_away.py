"""Queue functions on the local host while the bus is away."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.devstack.host_bus import Bus, Host, emulated_bus, hosted, queue_settings, sending
from tests.devstack.host_support import APPS, eventually, running


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    with emulated_bus(tmp_path_factory.mktemp("bus")) as bus:
        yield bus


@pytest.fixture(scope="module")
def host(bus: Bus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosted(tmp_path_factory.mktemp("host"), bus) as host:
        eventually(lambda: host.listeners() == {"listening"})
        yield host


async def test_work_done_while_the_bus_was_away_is_settled_once(bus: Bus, host: Host) -> None:
    async with sending(bus) as send:
        await send("single", {"name": "unsettled", "seconds": 1.5})
    eventually(lambda: host.seen("unsettled", "begin"))
    bus.break_off(seconds=2)
    eventually(lambda: host.seen("unsettled", "end"))
    eventually(lambda: sum(bus.count("single").values()) == 0)
    assert len(host.seen("unsettled", "begin")) == 1


async def test_listener_recovers_after_the_bus_was_away(bus: Bus, host: Host) -> None:
    bus.break_off(seconds=3)
    eventually(lambda: host.listeners() == {"away"})
    assert httpx2.get(f"{host.url}/api/alive").text == "yes"
    eventually(lambda: host.listeners() == {"listening"})
    async with sending(bus) as send:
        await send("single", {"name": "after"})
    eventually(lambda: host.seen("after", "end"))


def test_host_is_ready_while_the_bus_cannot_be_reached(bus: Bus, tmp_path: Path) -> None:
    endpoint = bus.connection.partition(";")[0]
    settings = queue_settings(tmp_path, bus.connection.replace(endpoint, "Endpoint=sb://127.0.0.1:1"))
    with running(APPS / "queues", settings) as url:
        assert httpx2.get(f"{url}/api/alive").text == "yes"
        eventually(lambda: Host(url, tmp_path / "record").listeners() == {"away"})

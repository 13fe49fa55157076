"""Queue functions on the local host while the bus is away."""

from collections.abc import Iterator

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


@pytest.fixture(scope="module", autouse=True)
def cut_off(bus: Bus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host whose bus answers on no port; it takes its time to find out."""
    folder = tmp_path_factory.mktemp("cut-off")
    nowhere = bus.connection.replace(bus.connection.partition(";")[0], "Endpoint=sb://127.0.0.1:1")
    with running(APPS / "queues", queue_settings(folder, nowhere)) as url:
        yield Host(url, folder / "record")


async def test_work_done_while_the_bus_was_away_is_settled_once(bus: Bus, host: Host) -> None:
    async with sending(bus) as send:
        await send("single", {"name": "unsettled", "seconds": 1})
    eventually(lambda: host.seen("unsettled", "begin"))
    bus.break_off(seconds=1.5)
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


def test_host_is_ready_while_the_bus_cannot_be_reached(cut_off: Host) -> None:
    assert httpx2.get(f"{cut_off.url}/api/alive").text == "yes"
    eventually(lambda: cut_off.listeners() == {"away"})

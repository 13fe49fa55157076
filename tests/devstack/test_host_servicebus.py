"""Queue functions on the local host, fed by the real client through the Service Bus emulator."""

import json
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender

from tests.devstack.host_support import APPS, eventually, running, start_unleashed, write_settings, written
from tests.launch import server

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
QUEUES = ("single", "batch", "drained", "cut", "late")
METADATA = {
    "ApplicationProperties",
    "CorrelationId",
    "DeliveryCount",
    "EnqueuedTime",
    "EnqueuedTimeUtc",
    "ExpiresAt",
    "ExpiresAtUtc",
    "Label",
    "LockToken",
    "MessageId",
    "SequenceNumber",
    "Subject",
    "UserProperties",
}


@dataclass(frozen=True)
class Bus:
    """The emulator: how clients connect, and where tests look into it."""

    connection: str
    control: str

    def count(self, queue: str) -> dict[str, int]:
        counts: dict[str, dict[str, int]] = httpx2.get(f"{self.control}/queues").json()
        return counts[queue]


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    properties = {"LockDuration": "PT5S", "MaxDeliveryCount": 3}
    namespace = {"Name": "test", "Queues": [{"Name": name, "Properties": properties} for name in QUEUES]}
    config = tmp_path_factory.mktemp("bus") / "Config.json"
    config.write_text(json.dumps({"UserConfig": {"Namespaces": [{**namespace, "Topics": []}]}}))
    with server("devstack.servicebus", "--config", str(config)) as ready:
        amqp, _, control = ready.partition(" control=")
        key = "SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE"
        endpoint = amqp.replace("amqp://", "sb://")
        yield Bus(f"Endpoint={endpoint};{key};UseDevelopmentEmulator=true;", control)


type Send = Callable[..., Any]


@pytest.fixture(scope="module")
async def send(bus: Bus) -> AsyncIterator[Send]:
    """Sends one message per order to a queue; senders are kept open, for each costs half a second."""
    senders: dict[str, ServiceBusSender] = {}
    async with ServiceBusClient.from_connection_string(bus.connection) as client:

        async def send(queue: str, *orders: object, **properties: Any) -> None:
            if queue not in senders:
                senders[queue] = client.get_queue_sender(queue)
            bodies = [order if isinstance(order, bytes) else json.dumps(order) for order in orders]
            await senders[queue].send_messages([ServiceBusMessage(body, **properties) for body in bodies])

        yield send
        for sender in senders.values():
            await sender.close()


@dataclass(frozen=True)
class Host:
    """A running host and the file its functions write to."""

    url: str
    record: Path

    def seen(self, name: str, event: str | None = None, function: str = "single") -> list[dict[str, Any]]:
        """What the function wrote about the order of this name."""
        return [
            facts
            for facts in written(self.record)
            if facts["function"] == function
            and facts.get("event") == event
            and facts["order"]["name"] == name
        ]

    def listeners(self) -> set[str]:
        """The states of its listeners."""
        listeners = httpx2.get(f"{self.url}/admin/host/status").json()["listeners"]
        return {listener["state"] for listener in listeners}


def settings(folder: Path, bus: Bus, *, single: str, connection: str | None = None) -> Path:
    values = {"RECORD": str(folder / "record"), "SINGLE_QUEUE": single, "Bus": connection or bus.connection}
    return write_settings(folder, **values)


@contextmanager
def hosted(folder: Path, bus: Bus, *, app: Path = APPS / "queues", single: str = "single") -> Iterator[Host]:
    with running(app, settings(folder, bus, single=single)) as url:
        yield Host(url, folder / "record")


@pytest.fixture(scope="module")
def host(bus: Bus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosted(tmp_path_factory.mktemp("host"), bus) as host:
        eventually(lambda: host.listeners() == {"listening"})
        yield host


async def test_function_sees_the_message_as_in_the_cloud(bus: Bus, host: Host, send: Send) -> None:
    properties = {"traceparent": TRACE, "attempt": 3, "urgent": True}
    about = {"message_id": "m-1", "correlation_id": "c-1", "subject": "s", "time_to_live": 600}
    await send("single", {"name": "shape"}, **about, application_properties=properties)
    [seen] = eventually(lambda: host.seen("shape", "begin"))
    assert (seen["id"], seen["correlation"], seen["subject"]) == ("m-1", "c-1", "s")
    assert (seen["delivery"], seen["properties"], seen["trace"]) == (1, properties, TRACE)
    assert set(seen["metadata"]) == METADATA
    assert "+" not in seen["enqueued"], "the Utc moments of the cloud host carry no zone"
    eventually(lambda: sum(bus.count("single").values()) == 0)


async def test_failed_message_comes_again_at_once_with_a_higher_count(host: Host, send: Send) -> None:
    await send("single", {"name": "second try", "fail_until": 1})
    eventually(lambda: host.seen("second try", "end"))
    assert [seen["delivery"] for seen in host.seen("second try", "begin")] == [1, 2]


async def test_message_that_always_fails_is_dead_lettered(bus: Bus, host: Host, send: Send) -> None:
    await send("single", {"name": "poison", "fail_until": 99})
    eventually(lambda: bus.count("single")["deadLetter"] == 1)
    assert [seen["delivery"] for seen in host.seen("poison", "begin")] == [1, 2, 3]


async def test_as_many_run_at_once_as_host_json_allows(host: Host, send: Send) -> None:
    await send("single", *[{"name": f"parallel {i}", "seconds": 0.6} for i in range(4)])
    eventually(lambda: all(host.seen(f"parallel {i}", "end") for i in range(4)))
    events = [facts["event"] for facts in written(host.record) if "parallel" in str(facts.get("order"))]
    assert events[:4] == ["begin", "begin", "begin", "end"]


async def test_batch_function_gets_many_messages_in_one_call(bus: Bus, host: Host, send: Send) -> None:
    await send("batch", "a", "b", b"\xff")
    eventually(lambda: sum(len(facts.get("bodies", ())) for facts in written(host.record)) == 3)
    bodies = [body for facts in written(host.record) for body in facts.get("bodies", ())]
    assert bodies == ['"a"', '"b"', "ff"]
    eventually(lambda: sum(bus.count("batch").values()) == 0)


async def test_lock_is_renewed_for_a_function_that_outlasts_it(bus: Bus, host: Host, send: Send) -> None:
    await send("single", {"name": "long", "seconds": 6})  # the lock lasts 5 s
    eventually(lambda: host.seen("long", "end"))
    assert len(host.seen("long", "begin")) == 1
    eventually(lambda: sum(bus.count("single").values()) == bus.count("single")["deadLetter"])


async def test_listener_recovers_after_the_bus_was_away(bus: Bus, host: Host, send: Send) -> None:
    httpx2.post(f"{bus.control}/faults", json={"refuseSeconds": 4})
    eventually(lambda: host.listeners() == {"away"})
    assert httpx2.get(f"{host.url}/api/alive").text == "yes"
    eventually(lambda: host.listeners() == {"listening"})
    await send("single", {"name": "after"})
    eventually(lambda: host.seen("after", "end"))


async def test_work_done_while_the_bus_was_away_is_settled_once(bus: Bus, host: Host, send: Send) -> None:
    await send("single", {"name": "unsettled", "seconds": 0.5})
    eventually(lambda: host.seen("unsettled", "begin"))
    httpx2.post(f"{bus.control}/faults", json={"refuseSeconds": 1.5})
    eventually(lambda: host.seen("unsettled", "end"))
    eventually(lambda: bus.count("single")["locked"] == bus.count("single")["active"] == 0)
    assert len(host.seen("unsettled", "begin")) == 1


async def test_function_past_its_timeout_is_cancelled_and_its_message_abandoned(
    bus: Bus, send: Send, tmp_path: Path
) -> None:
    app = tmp_path / "app"
    shutil.copytree(APPS / "queues", app)
    (app / "host.json").write_text('{"version": "2.0", "functionTimeout": "00:00:00.3"}')
    with hosted(tmp_path, bus, app=app, single="late") as host:
        await send("late", {"name": "late", "seconds": 60})
        eventually(lambda: bus.count("late")["deadLetter"] == 1)
        assert [seen["delivery"] for seen in host.seen("late", "begin")] == [1, 2, 3]
        assert not host.seen("late", "end")


async def test_running_function_finishes_when_the_host_is_told_to_stop(
    bus: Bus, send: Send, tmp_path: Path
) -> None:
    process = start_unleashed(APPS / "queues", settings(tmp_path, bus, single="drained"))
    host = Host("", tmp_path / "record")
    await send("drained", {"name": "drained", "seconds": 1})
    eventually(lambda: host.seen("drained", "begin"))
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")
    assert host.seen("drained", "end")
    assert sum(bus.count("drained").values()) == 0


async def test_function_that_outlasts_the_drain_gives_its_message_back(
    bus: Bus, send: Send, tmp_path: Path
) -> None:
    process = start_unleashed(APPS / "queues", settings(tmp_path, bus, single="cut"), "--drain", "0.2")
    host = Host("", tmp_path / "record")
    await send("cut", {"name": "cut", "seconds": 60})
    eventually(lambda: host.seen("cut", "begin"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 0
    assert bus.count("cut")["active"] == 1


def test_host_is_ready_while_the_bus_cannot_be_reached(bus: Bus, tmp_path: Path) -> None:
    nowhere = bus.connection.replace(bus.connection.split(";")[0], "Endpoint=sb://127.0.0.1:1")
    path = settings(tmp_path, bus, single="single", connection=nowhere)
    with running(APPS / "queues", path) as url:
        assert httpx2.get(f"{url}/api/alive").text == "yes"
        eventually(lambda: Host(url, tmp_path / "record").listeners() == {"away"})

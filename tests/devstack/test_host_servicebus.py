"""Queue functions on the local host, fed by the real client through the Service Bus emulator."""

import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.devstack.host_bus import Bus, Host, Sender, emulated_bus, hosted, queue_settings, sending
from tests.devstack.host_support import APPS, eventually, start_unleashed, written

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
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


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    with emulated_bus(tmp_path_factory.mktemp("bus")) as bus:
        yield bus


@pytest.fixture(scope="module")
async def send(bus: Bus) -> AsyncIterator[Sender]:
    async with sending(bus) as sender:
        yield sender


@pytest.fixture(scope="module", autouse=True)
async def host(bus: Bus, send: Sender, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    """The host, with one long function already under way: the last test looks at what became of it."""
    with hosted(tmp_path_factory.mktemp("host"), bus) as host:
        eventually(lambda: host.listeners() == {"listening"})
        await send("patient", {"name": "long", "seconds": 6})  # the lock lasts 5 s
        yield host


async def test_function_sees_the_message_as_in_the_cloud(bus: Bus, host: Host, send: Sender) -> None:
    properties = {"traceparent": TRACE, "attempt": 3, "urgent": True}
    about = {"message_id": "m-1", "correlation_id": "c-1", "subject": "s", "time_to_live": 600}
    await send("single", {"name": "shape"}, **about, application_properties=properties)
    [seen] = eventually(lambda: host.seen("shape", "begin"))
    assert (seen["id"], seen["correlation"], seen["subject"]) == ("m-1", "c-1", "s")
    assert (seen["delivery"], seen["properties"], seen["trace"]) == (1, properties, TRACE)
    assert set(seen["metadata"]) == METADATA
    assert "+" not in seen["enqueued"], "the Utc moments of the cloud host carry no zone"
    eventually(lambda: sum(bus.count("single").values()) == 0)


async def test_failed_message_comes_again_at_once_with_a_higher_count(host: Host, send: Sender) -> None:
    await send("single", {"name": "second try", "fail_until": 1})
    eventually(lambda: host.seen("second try", "end"))
    assert [seen["delivery"] for seen in host.seen("second try", "begin")] == [1, 2]


async def test_message_that_always_fails_is_dead_lettered(bus: Bus, host: Host, send: Sender) -> None:
    await send("single", {"name": "poison", "fail_until": 99})
    eventually(lambda: bus.count("single")["deadLetter"] == 1)
    assert [seen["delivery"] for seen in host.seen("poison", "begin")] == [1, 2, 3]


async def test_as_many_run_at_once_as_host_json_allows(host: Host, send: Sender) -> None:
    await send("single", *[{"name": f"parallel {i}", "seconds": 0.6} for i in range(4)])
    eventually(lambda: all(host.seen(f"parallel {i}", "end") for i in range(4)))
    events = [facts["event"] for facts in written(host.record) if "parallel" in str(facts.get("order"))]
    assert events[:4] == ["begin", "begin", "begin", "end"]


async def test_batch_function_gets_many_messages_in_one_call(bus: Bus, host: Host, send: Sender) -> None:
    await send("batch", "a", "b", b"\xff")
    eventually(lambda: sum(len(facts.get("bodies", ())) for facts in written(host.record)) == 3)
    bodies = [body for facts in written(host.record) for body in facts.get("bodies", ())]
    assert bodies == ['"a"', '"b"', "ff"]
    eventually(lambda: sum(bus.count("batch").values()) == 0)


async def test_function_past_its_timeout_is_cancelled_and_its_message_abandoned(
    bus: Bus, send: Sender, tmp_path: Path
) -> None:
    app = tmp_path / "app"
    shutil.copytree(APPS / "queues", app)
    (app / "host.json").write_text('{"version": "2.0", "functionTimeout": "00:00:00.3"}')
    with hosted(tmp_path, bus, app=app, queue="late") as host:
        await send("late", {"name": "late", "seconds": 60})
        eventually(lambda: bus.count("late")["deadLetter"] == 1)
        assert [seen["delivery"] for seen in host.seen("late", "begin")] == [1, 2, 3]
        assert not host.seen("late", "end")


async def test_running_function_finishes_when_the_host_is_told_to_stop(
    bus: Bus, send: Sender, tmp_path: Path
) -> None:
    process, _ = start_unleashed(APPS / "queues", queue_settings(tmp_path, bus.connection, queue="drained"))
    host = Host("", tmp_path / "record")
    await send("drained", {"name": "drained", "seconds": 1})
    eventually(lambda: host.seen("drained", "begin"))
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")
    assert host.seen("drained", "end")
    assert sum(bus.count("drained").values()) == 0


async def test_function_that_outlasts_the_drain_gives_its_message_back(
    bus: Bus, send: Sender, tmp_path: Path
) -> None:
    process, _ = start_unleashed(
        APPS / "queues", queue_settings(tmp_path, bus.connection, queue="cut"), "--drain", "0.2"
    )
    host = Host("", tmp_path / "record")
    await send("cut", {"name": "cut", "seconds": 60})
    eventually(lambda: host.seen("cut", "begin"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 0
    assert bus.count("cut")["active"] == 1


def test_lock_is_renewed_for_a_function_that_outlasts_it(bus: Bus, host: Host) -> None:
    eventually(lambda: host.seen("long", "end"))
    eventually(lambda: sum(bus.count("patient").values()) == 0)
    assert len(host.seen("long", "begin")) == 1


async def test_return_value_becomes_a_message(host: Host, send: Sender) -> None:
    await send("relayed", {"name": "parcel"})
    eventually(lambda: host.seen("relayed parcel", "end"))


async def test_each_element_of_an_output_array_is_a_message(host: Host) -> None:
    orders = [{"name": "left shoe"}, {"name": "right shoe"}]
    assert httpx2.post(f"{host.url}/api/order", json=orders).status_code == 202
    eventually(lambda: host.seen("left shoe", "end") and host.seen("right shoe", "end"))

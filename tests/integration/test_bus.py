"""The sender against a namespace that is there, refuses for a while, or is not there at all."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient

from devstack import native
from shared.bus import Bus, Letter
from shared.errors import Transient
from tests.integration.stores import BUS_KEY, BUS_POLICY, BusServer, bus_server
from tests.launch import server

QUEUE = "notification"

vendor_leaks = pytest.mark.filterwarnings(
    # The client leaves the sockets of refused and broken connections to the collector, which such tests call.
    r"ignore:Exception ignored in. <(socket|function _SelectorTransport|function StreamWriter)"
    ":pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def at(bus_at: BusServer) -> BusServer:
    """The namespace with all its queues empty."""
    httpx2.post(f"{bus_at.control}/reset").raise_for_status()
    return bus_at


@asynccontextmanager
async def opened(connection: str) -> AsyncIterator[Bus]:
    bus = Bus(connection)
    try:
        yield bus
    finally:
        await bus.close()


async def received(connection: str, count: int, *, queue: str = QUEUE) -> list[ServiceBusReceivedMessage]:
    """The next `count` messages of a queue, completed."""
    messages: list[ServiceBusReceivedMessage] = []
    async with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_receiver(queue) as receiver,
        asyncio.timeout(20),
    ):
        while len(messages) < count:
            for message in await receiver.receive_messages(count - len(messages), max_wait_time=5):
                await receiver.complete_message(message)
                messages.append(message)
    return messages


def waiting(at: BusServer, queue: str = QUEUE) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = httpx2.get(f"{at.control}/queues/{queue}/messages").json()
    return answer


def letters(count: int, body: str = "{}") -> list[Letter]:
    return [Letter(id=f"letter-{n}", body=body, properties={"n": n}) for n in range(count)]


def body_of(message: ServiceBusReceivedMessage) -> str:
    return b"".join(message.body).decode()


async def test_letter_arrives_with_its_id_body_and_properties(bus: Bus, at: BusServer) -> None:
    properties: dict[str, str | int] = {"type": "NotifyUser", "version": 1, "traceparent": "00-a-b-01"}
    await bus.send(QUEUE, [Letter(id="one", body='{"city":"Köln"}', properties=properties)])
    [message] = await received(at.connection, 1)
    assert (message.message_id, body_of(message)) == ("one", '{"city":"Köln"}')
    assert message.content_type == "application/json"
    given = message.application_properties or {}
    assert {_text(key): _text(value) for key, value in given.items()} == properties


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value


async def test_letters_of_one_send_arrive_in_order_even_beyond_one_frame(bus: Bus, at: BusServer) -> None:
    await bus.send(QUEUE, letters(60, body='"' + "x" * 8_000 + '"'))
    assert [m.message_id for m in await received(at.connection, 60)] == [f"letter-{n}" for n in range(60)]


async def test_same_id_sent_again_is_dropped_by_the_broker(bus: Bus, at: BusServer) -> None:
    for _ in range(2):
        await bus.send(QUEUE, letters(1))
    assert len(waiting(at)) == 1


async def test_letter_for_later_waits_until_its_time(bus: Bus, at: BusServer) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    await bus.send(QUEUE, [Letter(id="later", body="{}", properties={}, send_at=soon), *letters(1)])
    messages = await received(at.connection, 2)
    assert [message.message_id for message in messages] == ["letter-0", "later"]
    assert messages[1].enqueued_time_utc is not None
    assert messages[1].enqueued_time_utc >= soon - timedelta(milliseconds=1)


async def test_senders_of_many_tasks_share_one_link(bus: Bus, at: BusServer) -> None:
    await asyncio.gather(*(bus.send(QUEUE, [letter]) for letter in letters(20)))
    assert len(waiting(at)) == 20


@vendor_leaks
async def test_refusing_bus_is_transient_and_the_same_sender_recovers(bus: Bus, at: BusServer) -> None:
    await bus.send(QUEUE, letters(1))
    httpx2.post(f"{at.control}/faults", json={"refuseSeconds": 3600}).raise_for_status()
    try:
        with pytest.raises(Transient, match=QUEUE):
            await bus.send(QUEUE, letters(2))
    finally:
        httpx2.post(f"{at.control}/faults", json={"refuseSeconds": 0.01}).raise_for_status()
    await until_sent(bus, letters(3))
    assert [row["messageId"] for row in waiting(at)] == [f"letter-{n}" for n in range(3)]
    gc.collect()


@vendor_leaks
async def test_absent_bus_is_transient_and_used_once_it_is_there(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    port = native.free_port()
    absent = bus_server(f"amqp://127.0.0.1:{port} control=")
    async with opened(absent.connection) as bus:
        await bus.warm([QUEUE])
        with pytest.raises(Transient):
            await bus.send(QUEUE, letters(1))
        options = ("--key-name", BUS_POLICY, "--key", BUS_KEY, "--port", str(port))
        with server("devstack.servicebus", *options) as addresses:
            await bus.send(QUEUE, letters(1))
            assert len(waiting(bus_server(addresses))) == 1
            await bus.close()
    gc.collect()
    assert BUS_KEY not in caplog.text


async def until_sent(bus: Bus, batch: Sequence[Letter]) -> None:
    """Send as the relay does: again until the bus takes it."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await bus.send(QUEUE, batch)
            except Transient:
                await asyncio.sleep(0.1)

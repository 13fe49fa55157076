"""Dead letters are shown with their reason, and go back to the queue they came from, once."""

import asyncio
import os
import subprocess
import sys
from uuid import UUID

import httpx2
import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from shared.bus.dead_letters import listed, replay
from tests.integration.stores import BusServer
from tests.launch import ROOT

QUEUE = "notification"


@pytest.fixture
def at(bus_at: BusServer) -> BusServer:
    """The namespace with all its queues empty."""
    httpx2.post(f"{bus_at.control}/reset").raise_for_status()
    return bus_at


async def put_aside(connection: str, *bodies: str) -> None:
    async with ServiceBusClient.from_connection_string(connection) as client:
        async with client.get_queue_sender(QUEUE) as sender:
            for body in bodies:
                properties: dict[str | bytes, int | float | bytes | bool | str | UUID] = {
                    "attempt": 8,
                    "kind": "test",
                }
                await sender.send_messages(
                    ServiceBusMessage(body, message_id=f"id-{body}", application_properties=properties)
                )
        async with client.get_queue_receiver(QUEUE) as receiver, asyncio.timeout(30):
            for _ in bodies:
                (message,) = await receiver.receive_messages(1, max_wait_time=10)
                await receiver.dead_letter_message(message, reason="Poison", error_description="no such trip")


async def waiting(connection: str, count: int) -> list[tuple[str, str | None, dict[str, object]]]:
    found: list[tuple[str, str | None, dict[str, object]]] = []
    async with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_receiver(QUEUE) as receiver,
        asyncio.timeout(30),
    ):
        while len(found) < count:
            for message in await receiver.receive_messages(1, max_wait_time=5):
                properties: dict[str, object] = {
                    key.decode() if isinstance(key, bytes) else key: value
                    for key, value in (message.application_properties or {}).items()
                }
                found.append((str(message), message.message_id, properties))
                await receiver.complete_message(message)
    return found


async def test_dead_letters_are_listed_with_their_reason_and_stay(at: BusServer) -> None:
    await put_aside(at.connection, "a", "b")
    for _ in range(2):
        seen = [
            (letter.id, letter.reason, letter.description) async for letter in listed(at.connection, QUEUE)
        ]
        assert seen == [("id-a", "Poison", "no such trip"), ("id-b", "Poison", "no such trip")]


async def test_a_replayed_letter_arrives_with_its_attempts_counted_anew(at: BusServer) -> None:
    await put_aside(at.connection, "a")
    assert await replay(at.connection, QUEUE) == 1
    ((body, name, properties),) = await waiting(at.connection, 1)
    assert body == "a"
    assert name is not None
    assert name.startswith("id-a@")  # the broker would drop the id it has seen
    assert properties["kind"] in ("test", b"test")
    assert "attempt" not in properties
    assert [letter async for letter in listed(at.connection, QUEUE)] == []


async def test_a_limit_leaves_the_younger_ones(at: BusServer) -> None:
    await put_aside(at.connection, "a", "b")
    assert await replay(at.connection, QUEUE, limit=1) == 1
    assert [letter.id async for letter in listed(at.connection, QUEUE)] == ["id-b"]


def run(connection: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shared.bus", *words],
        cwd=ROOT,
        env=os.environ | {"ServiceBus": connection},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_shows_and_replays(at: BusServer) -> None:
    await put_aside(at.connection, "a")
    shown = await asyncio.to_thread(run, at.connection, "list", QUEUE)
    assert "id-a Poison: no such trip" in shown.stdout, shown.stderr
    sent = await asyncio.to_thread(run, at.connection, "replay", QUEUE)
    assert sent.stdout == f"1 sent again to {QUEUE}\n", sent.stderr
    assert len(await waiting(at.connection, 1)) == 1


async def test_a_queue_that_is_not_there_is_named(at: BusServer) -> None:
    done = await asyncio.to_thread(run, at.connection, "replay", "no-such-queue")
    assert done.returncode == 1
    assert done.stderr.startswith("no-such-queue: ")

"""The emulator killed in mid-traffic: what was acknowledged is there again, what was settled is not."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import ServiceBusError

from devstack import native
from tests.devstack.servicebus_namespace import KEY_NAME, abandoned_sockets
from tests.launch import launched

QUEUE = "location-search"
KILLS = 3
PATIENCE_S = 60


def options(state: Path, port: int) -> tuple[str, ...]:
    return ("--state", str(state), "--port", str(port))


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[ServiceBusClient]:
    text = f"Endpoint=sb://localhost:{port};{KEY_NAME};SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;"
    async with ServiceBusClient.from_connection_string(text, retry_total=0) as client:
        yield client


async def send_until_it_breaks(port: int, first: int) -> set[str]:
    """Bodies whose sending was acknowledged before the connection broke."""
    acknowledged: set[str] = set()
    async with connected(port) as client, client.get_queue_sender(QUEUE) as sender:
        try:
            for number in range(first, first + 100_000):
                await send(sender, str(number))
                acknowledged.add(str(number))
        except (ServiceBusError, OSError):
            return acknowledged
    raise AssertionError("The emulator outlived its killing.")


async def send(sender: ServiceBusSender, text: str) -> None:
    await sender.send_messages(ServiceBusMessage(text, message_id=text))


async def settle_until_it_breaks(port: int, completed: set[str], doubtful: set[str]) -> None:
    """Complete one after the other; `completed` has those whose completion was acknowledged."""
    async with connected(port) as client, client.get_queue_receiver(QUEUE, prefetch_count=1) as receiver:
        try:
            while True:
                await settle(receiver, completed, doubtful)
        except (ServiceBusError, OSError):
            return


async def settle(receiver: ServiceBusReceiver, completed: set[str], doubtful: set[str]) -> None:
    for message in await receiver.receive_messages(1, max_wait_time=1):
        text = str(message)
        assert text not in completed, f"{text} came again although its completion was acknowledged"
        doubtful.add(text)  # until its completion is acknowledged nobody knows whether it took effect
        await receiver.complete_message(message)
        completed.add(text)
        doubtful.discard(text)


async def test_killed_in_mid_traffic_it_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    port, sent, completed, doubtful = native.free_port(), set[str](), set[str](), set[str]()
    with abandoned_sockets():
        for life in range(KILLS):
            sent |= await live_and_die(tmp_path, port, life, (completed, doubtful))
    with launched("devstack.servicebus", *options(tmp_path, port)) as (urls, _):
        left = httpx2.get(f"{urls.partition(' control=')[2]}/queues").json()[QUEUE]
        remaining = await received(port, left["active"])
    assert sent <= completed | remaining | doubtful, "an acknowledged message is lost"
    assert len(doubtful) <= KILLS
    assert not completed & remaining, "a completed message is back"
    assert left["locked"] == left["deferred"] == left["scheduled"] == 0


async def live_and_die(state: Path, port: int, life: int, settled: tuple[set[str], set[str]]) -> set[str]:
    """Traffic until the emulator is killed; returns what was acknowledged."""
    with launched("devstack.servicebus", *options(state, port)) as (_, process):
        sending = asyncio.create_task(send_until_it_breaks(port, life * 1_000_000))
        settling = asyncio.create_task(settle_until_it_breaks(port, *settled))
        async with asyncio.timeout(PATIENCE_S):
            while len(settled[0]) < 20 * (life + 1):  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        await settling
        return await sending


async def received(port: int, count: int) -> set[str]:
    found: set[str] = set()
    async with (
        connected(port) as client,
        client.get_queue_receiver(QUEUE) as receiver,
        asyncio.timeout(PATIENCE_S),
    ):
        while len(found) < count:
            found |= {str(message) for message in await receiver.receive_messages(200, max_wait_time=1)}
    return found


async def test_asked_to_stop_it_keeps_everything(tmp_path: Path) -> None:
    port = native.free_port()
    with launched("devstack.servicebus", *options(tmp_path, port)) as (_, process):
        async with connected(port) as client, client.get_queue_sender(QUEUE) as sender:
            await send(sender, "kept")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    with launched("devstack.servicebus", *options(tmp_path, port)):
        async with connected(port) as client, client.get_queue_receiver(QUEUE) as receiver:
            [message] = await receiver.receive_messages(1, max_wait_time=20)
            assert (str(message), message.delivery_count) == ("kept", 0)

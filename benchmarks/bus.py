"""The Service Bus emulator: a message through Microsoft's client, and many through a client of raw frames."""

import asyncio
from dataclasses import dataclass

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

from benchmarks.journal import clock
from benchmarks.measurement import Bar, BenchmarkError, Measurement, percentile
from benchmarks.raw_amqp import connected, encoded
from devstack.service import Say
from devstack.stack import Stack

QUEUE, BULK = "location-search", "notification"
FEW, MANY = 20_000, 100_000
MESSAGES, WARM_UP = 300, 30
PAUSE_S = 0.01
WAIT_S = 30
BODY = "x" * 1_000


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """p50 and p99 of 300 messages of 1 KB, one at a time; a receiver on a connection of its own waits."""
    samples = asyncio.run(_hops(stack.settings["ServiceBus"]))
    say(f"bus    {len(samples)} messages sent, received and completed")
    few, many = (asyncio.run(_throughput(stack.settings["ServiceBus"], count)) for count in (FEW, MANY))
    say(f"bus    {FEW:,} and {MANY:,} messages queued, then received, by raw frames")
    return [
        Measurement("bus", "client send to receive, p50", "ms", percentile(samples, 50), (Bar("≤", 2.0),)),
        Measurement("bus", "client send to receive, p99", "ms", percentile(samples, 99)),
        Measurement("bus", "raw frames, sent", "per s", few.sent, (Bar("≥", 8_000),)),
        Measurement("bus", "raw frames, received", "per s", few.received, (Bar("≥", 8_000),)),
        Measurement("bus", f"sent with {MANY:,} queued", "per s", many.sent, (Bar("≥", 8_000),)),
        Measurement("bus", f"received with {MANY:,} queued", "per s", many.received, (Bar("≥", 8_000),)),
    ]


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages of 1 KB per second, each way; every one is written to disk before it is acknowledged."""

    sent: float
    received: float


async def _throughput(connection: str, count: int) -> Rates:
    async with connected(connection, BULK) as client:
        begun = clock()
        await client.send(encoded(BODY), count)
        sent = clock() - begun
    async with connected(connection, BULK) as client:
        begun = clock()
        await client.receive(count)
        received = clock() - begun
    return Rates(sent=count / sent * 1e9, received=count / received * 1e9)


async def _hops(connection: str) -> list[float]:
    async with (
        ServiceBusClient.from_connection_string(connection) as here,
        ServiceBusClient.from_connection_string(connection) as there,
        here.get_queue_sender(QUEUE) as sender,
        there.get_queue_receiver(QUEUE, prefetch_count=1) as receiver,
    ):
        samples = [await _hop(sender, receiver, str(number)) for number in range(WARM_UP + MESSAGES)]
    return samples[WARM_UP:]


async def _hop(sender: ServiceBusSender, receiver: ServiceBusReceiver, name: str) -> float:
    """Milliseconds from before the send to the message in hand."""
    waiting = asyncio.create_task(receiver.receive_messages(1, max_wait_time=WAIT_S))
    await asyncio.sleep(PAUSE_S)
    begun = clock()
    await sender.send_messages(ServiceBusMessage(BODY, message_id=name))
    received = await waiting
    arrived = clock()
    if len(received) != 1:
        raise BenchmarkError(f"Message {name} did not arrive within {WAIT_S} s.")
    await receiver.complete_message(received[0])
    return (arrived - begun) / 1e6

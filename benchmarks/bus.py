"""The Service Bus emulator through Microsoft's client: one message, sent and received."""

import asyncio

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

from benchmarks.journal import clock
from benchmarks.measurement import BenchmarkError, Measurement, percentile
from devstack.service import Say
from devstack.stack import Stack

QUEUE = "location-search"
MESSAGES, WARM_UP = 300, 30
PAUSE_S = 0.01
WAIT_S = 30
BODY = "x" * 1_000


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """p50 and p99 of 300 messages of 1 KB, one at a time; a receiver on a connection of its own waits."""
    samples = asyncio.run(_hops(stack.settings["ServiceBus"]))
    say(f"bus    {len(samples)} messages sent, received and completed")
    return [
        Measurement("bus", f"client send to receive, p{percent}", "ms", percentile(samples, percent))
        for percent in (50, 99)
    ]


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

"""Keep a message's lock while it is worked on, and settle it even when the connection breaks meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from devstack.host.reports import report

_SHORTEST_PAUSE = 1.0  # seconds between two renewals

type Settle = Callable[[ServiceBusReceivedMessage], Awaitable[None]]


@asynccontextmanager
async def kept_lock(
    receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage, *, limit: timedelta
) -> AsyncIterator[None]:
    """Renew a message's lock at half its time left, for at most `limit` after the start."""
    done = asyncio.Event()
    renewing = asyncio.create_task(_renew(receiver, message, done, limit))
    try:
        yield
    finally:
        done.set()
        await renewing


async def settle(action: Settle, message: ServiceBusReceivedMessage, *, function: str) -> None:
    """Complete or abandon; where that fails, say so: the lock will expire and the message comes again."""
    try:
        await action(message)
    except (ServiceBusError, OSError, ValueError) as error:
        report(f"function {function}: message {message.message_id} was not settled and comes again: {error}")


async def _renew(
    receiver: ServiceBusReceiver,
    message: ServiceBusReceivedMessage,
    done: asyncio.Event,
    limit: timedelta,
) -> None:
    until = datetime.now(UTC) + limit
    pause = half_left(message)
    while not await _waited(done, pause) and datetime.now(UTC) < until:
        try:
            await receiver.renew_message_lock(message)
        except (ServiceBusError, OSError, ValueError):
            return  # the client has retried; settling will tell whether the lock held
        pause = half_left(message)


def half_left(message: ServiceBusReceivedMessage) -> float:
    """Half the seconds until a message's lock expires, one at least."""
    left = message.locked_until_utc - datetime.now(UTC) if message.locked_until_utc else timedelta()
    return max(left.total_seconds() / 2, _SHORTEST_PAUSE)


async def _waited(done: asyncio.Event, seconds: float) -> bool:
    """Whether the event came within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await done.wait()
    except TimeoutError:
        return False

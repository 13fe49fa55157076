"""What the broker put aside, and how it goes back to its queue once the cause is mended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.bus.namespace import Namespace, client_of
from shared.bus.sender import Bus, Letter

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusReceivedMessage
    from azure.servicebus.aio import ServiceBusReceiver

WAIT_SECONDS = 5
PAGE = 50


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Why a message was put aside; `sequence` is its number in the queue."""

    sequence: int
    id: str
    reason: str
    description: str


async def listed(place: str | Namespace, queue: str) -> AsyncIterator[DeadLetter]:
    """Every dead letter of a queue, oldest first; nothing is locked or changed."""
    async with _receiver(place, queue) as receiver:
        following = 0
        while found := await receiver.peek_messages(PAGE, sequence_number=following):
            for message in found:
                yield _described(message)
                following = (message.sequence_number or 0) + 1


async def replay(place: str | Namespace, queue: str, *, limit: int | None = None) -> int:
    """Send dead letters again, oldest first, with their attempts counted anew; how many went.

    The copy leaves before the original is removed. Its id is the same if this is cut off in between and run
    again, so that the broker drops the second one.
    """
    bus, done = Bus(place), 0
    try:
        async with _receiver(place, queue) as receiver:
            while limit is None or done < limit:
                found = await receiver.receive_messages(1, max_wait_time=WAIT_SECONDS)
                if not found:
                    break
                await bus.send(queue, [_again(found[0])])
                await receiver.complete_message(found[0])
                done += 1
    finally:
        await bus.close()
    return done


@asynccontextmanager
async def _receiver(place: str | Namespace, queue: str) -> AsyncIterator["ServiceBusReceiver"]:
    from azure.servicebus import ServiceBusSubQueue  # noqa: PLC0415

    async with (
        await client_of(place) as client,
        client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER) as receiver,
    ):
        yield receiver


def _described(message: "ServiceBusReceivedMessage") -> DeadLetter:
    return DeadLetter(
        sequence=message.sequence_number or 0,
        id=message.message_id or "",
        reason=message.dead_letter_reason or "",
        description=message.dead_letter_error_description or "",
    )


def _again(message: "ServiceBusReceivedMessage") -> Letter:
    given = {_text(key): value for key, value in (message.application_properties or {}).items()}
    kept = {
        key: value if isinstance(value, int) else _text(value)
        for key, value in given.items()
        if key not in ("attempt", "DeadLetterReason", "DeadLetterErrorDescription")
        and isinstance(value, int | str | bytes)
    }
    return Letter(
        id=f"{message.message_id or 'no-id'}@{message.sequence_number}", body=str(message), properties=kept
    )


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value

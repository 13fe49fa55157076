"""Send messages over AMQP; a bus that is away is `Transient`."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from azure.core.exceptions import AzureError

from shared.bus.namespace import Namespace, client_of
from shared.errors import Transient

if TYPE_CHECKING:  # a fifth of a second to import: not before the first message
    from azure.servicebus import ServiceBusMessage
    from azure.servicebus.aio import ServiceBusClient, ServiceBusSender

logger = logging.getLogger(__name__)

SEND_BYTES = 200_000
"""Bodies per send call; under the 256 KB a Standard namespace takes, with room for headers."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go: `id` is what the broker drops duplicates by; `send_at` delays it."""

    id: str
    body: str
    properties: Mapping[str, str | int]
    send_at: datetime | None = None


class Bus:
    """Opening a sender costs about half a second, so each is opened once and kept."""

    def __init__(self, place: str | Namespace) -> None:
        """`place` is a connection string, or a namespace reached as an identity."""
        self._place = place
        self._client: ServiceBusClient | None = None
        self._senders: dict[str, ServiceBusSender] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def send(self, queue: str, letters: Sequence[Letter]) -> None:
        """Hand over all letters, in order, or raise `Transient`: then some may have arrived already."""
        async with self._locks.setdefault(queue, asyncio.Lock()):
            try:
                sender = await self._sender(queue)
                for chunk in _chunks(letters):
                    made = [_message(letter) for letter in chunk]
                    # One message travels plainly: a batch of one is encoded twice, here and at the broker.
                    await sender.send_messages(made if len(made) > 1 else made[0])
            except (AzureError, OSError, TimeoutError) as error:
                await self._drop(queue)
                raise Transient(f"The queue {queue} did not take a message.") from error

    async def warm(self, queues: Sequence[str]) -> None:
        """Open senders ahead of the first message; failing here is not an error."""
        for queue in queues:
            try:
                async with self._locks.setdefault(queue, asyncio.Lock()):
                    await self._sender(queue)
            except (AzureError, OSError, TimeoutError) as error:
                logger.warning("sender for %s not ready yet: %s", queue, error)

    async def close(self) -> None:
        for queue in list(self._senders):
            await self._drop(queue)
        if self._client is not None:
            await self._client.close()

    async def _sender(self, queue: str) -> "ServiceBusSender":
        if queue not in self._senders:
            if self._client is None:
                # Few, quick retries: the outbox keeps what could not be sent and tries again.
                self._client = await client_of(self._place, backoff_factor=0.1)
            sender = self._client.get_queue_sender(queue)
            await sender.__aenter__()
            self._senders[queue] = sender
        return self._senders[queue]

    async def _drop(self, queue: str) -> None:
        sender = self._senders.pop(queue, None)
        if sender is not None:
            try:
                await sender.close()
            except (AzureError, OSError, TimeoutError) as error:
                logger.info("sender for %s closed uncleanly: %s", queue, error)


def _chunks(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    chunk: list[Letter] = []
    size = 0
    for letter in letters:
        weight = len(letter.body.encode()) + 1_000
        if chunk and size + weight > SEND_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(letter)
        size += weight
    if chunk:
        yield chunk


def _message(letter: Letter) -> "ServiceBusMessage":
    from azure.servicebus import ServiceBusMessage  # noqa: PLC0415

    properties: dict[str | bytes, int | float | bytes | bool | str | UUID] = dict(letter.properties.items())
    return ServiceBusMessage(
        letter.body,
        message_id=letter.id,
        content_type="application/json",
        application_properties=properties,
        scheduled_enqueue_time_utc=letter.send_at,
    )

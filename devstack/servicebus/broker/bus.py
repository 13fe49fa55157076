"""The namespace: its queues by name, and the next moment at which time changes something in one of them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from devstack.servicebus import sections
from devstack.servicebus.amqp.types import DecodeError
from devstack.servicebus.broker.errors import MessageTooBig, NotAllowed, QueueExists, QueueNotFound
from devstack.servicebus.broker.journal import IN_MEMORY, Archive
from devstack.servicebus.broker.message import parse
from devstack.servicebus.broker.queue import DEAD_LETTER_SUFFIX, Queue
from devstack.servicebus.broker.session_queue import SessionQueue
from devstack.servicebus.broker.settings import QueueSettings

MAX_MESSAGE_SIZE = 262_144  # bytes, the Standard tier
BATCH_FORMAT = 0x8001_3700  # a message whose data sections are messages

_AUTHORITY = re.compile(r"^[a-z]+://[^/]*(?:/|$)", re.IGNORECASE)


class Bus:
    """All queues of the one namespace; names are compared without case."""

    def __init__(
        self,
        queues: Iterable[QueueSettings],
        *,
        clock: Callable[[], int],
        archive: Archive = IN_MEMORY,
        max_queues: int | None = None,
    ) -> None:
        self._clock = clock
        self.created_at = clock()
        self._archive = archive
        self._max_queues = max_queues
        self.queues = {settings.name.lower(): self._make(settings) for settings in queues}

    def _make(self, settings: QueueSettings) -> Queue:
        kind = SessionQueue if settings.requires_session else Queue
        return kind(settings, clock=self._clock, archive=self._archive)

    def create(self, settings: QueueSettings) -> Queue:
        """Add an empty queue; QueueExists when the name is taken, NotAllowed beyond the limit of queues."""
        key = settings.name.lower()
        if key in self.queues:
            raise QueueExists(f"A queue named '{settings.name}' exists already.")
        if self._max_queues is not None and len(self.queues) >= self._max_queues:
            raise NotAllowed(f"The namespace holds no more than {self._max_queues} queues.")
        self._archive.define(settings)
        self.queues[key] = self._make(settings)
        return self.queues[key]

    def update(self, settings: QueueSettings) -> Queue:
        """Change the settings of the queue of that name; QueueNotFound when there is none.

        BadArgument for sessions and duplicate detection: the service fixes them at creation.
        """
        queue = self._queue(settings.name)
        queue.configure(replace(settings, name=queue.name))
        self._archive.define(queue.settings)
        return queue

    def delete(self, name: str) -> None:
        """Remove a queue with its messages and detach who is attached; QueueNotFound when there is none."""
        queue = self._queue(name)
        del self.queues[name.lower()]
        self._archive.undefine(queue.name)
        reason = QueueNotFound(f"The messaging entity '{queue.name}' was deleted.")
        for each in (queue, queue.dead_letters):
            if each is not None:
                each.record.detach_all(reason)
                each.clear()

    def _queue(self, name: str) -> Queue:
        queue = self.queues.get(name.lower())
        if queue is None:
            raise QueueNotFound(f"There is no queue '{name}'.")
        return queue

    def find(self, address: str) -> Queue:
        """The queue or dead-letter queue at an address, scheme and host or not; else QueueNotFound."""
        path = entity_path(address)
        suffix = DEAD_LETTER_SUFFIX.lower()
        queue = self.queues.get(path.removesuffix(suffix))
        if queue is not None and path.endswith(suffix):
            queue = queue.dead_letters
        if queue is None:
            raise QueueNotFound(f"The messaging entity '{address}' could not be found.")
        return queue

    def next_deadline(self) -> int | None:
        """When `advance` has something to do next, in milliseconds since the epoch."""
        deadlines = (queue.next_deadline() for queue in self.all())
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def advance(self) -> None:
        """Let happen in every queue what has fallen due."""
        for queue in self.all():
            queue.advance()

    def expire_locks(self) -> None:
        """End all locks of all queues now."""
        for queue in self.all():
            queue.expire_locks()

    def clear(self) -> None:
        """Drop all messages of all queues."""
        for queue in self.all():
            queue.clear()

    def all(self) -> Iterator[Queue]:
        """Every queue, each followed by its dead-letter queue."""
        for queue in self.queues.values():
            yield queue
            if queue.dead_letters is not None:
                yield queue.dead_letters


def entity_path(address: str) -> str:
    """The path of an entity from an address such as `amqps://host:port/queue`, in lower case."""
    return _AUTHORITY.sub("", address).strip("/").lower()


def send(queue: Queue, payload: bytes, message_format: int = 0) -> list[int]:
    """Send an encoded message, or all messages of an encoded batch; returns their sequence numbers.

    Raises MessageTooBig above MAX_MESSAGE_SIZE, DecodeError when one is malformed, and what `Queue.send_all`
    raises; then none is enqueued.
    """
    if len(payload) > MAX_MESSAGE_SIZE:
        raise MessageTooBig(
            f"The message of {len(payload)} bytes exceeds the limit of {MAX_MESSAGE_SIZE} bytes."
        )
    encoded = sections.bodies(payload) if message_format == BATCH_FORMAT else [payload]
    if not encoded:
        raise DecodeError("A batch must hold at least one message.")
    messages = [parse(one) for one in encoded]
    return queue.send_all(messages)

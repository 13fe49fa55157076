"""The receivers that wait for messages, and whose turn it is."""

from collections import OrderedDict
from typing import Protocol

from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.ordered import OrderedKeys


class Consumer(Protocol):
    """A receiver that is ready for messages."""

    is_settled_on_send: bool

    def __hash__(self) -> int: ...

    @property
    def credit(self) -> int:
        """How many messages it still takes."""

    def deliver(self, message: Message) -> None:
        """Take a message; uses one credit."""


class Turns[C: Consumer]:
    """Consumers with credit, one after the other; those without cost nothing."""

    def __init__(self) -> None:
        self._ready: OrderedDict[C, None] = OrderedDict()

    def join(self, consumer: C) -> None:
        """Take part from now on, if not already."""
        self._ready[consumer] = None

    def leave(self, consumer: C) -> None:
        """Take part no more."""
        self._ready.pop(consumer, None)

    def next(self) -> C | None:
        """Whose turn it is; consumers whose credit is used up have left by then."""
        while self._ready:
            consumer = next(iter(self._ready))
            if consumer.credit > 0:
                self._ready.move_to_end(consumer)
                return consumer
            del self._ready[consumer]
        return None


class Line(Protocol):
    """Where available messages stand, and who gets the next one."""

    def __len__(self) -> int: ...

    def put(self, message: Message) -> None:
        """Make a message available, in the order of sequence numbers."""

    def discard(self, message: Message) -> None:
        """Take a message out, if it is in."""

    def join(self, consumer: Consumer) -> None:
        """Count on a consumer while it has credit."""

    def leave(self, consumer: Consumer) -> None:
        """Count on a consumer no more."""

    def next(self) -> tuple[int, Consumer] | None:
        """Take out the number of the next message for the consumer whose turn it is."""

    def clear(self) -> None:
        """Take all messages out."""


class SharedLine:
    """One line for all consumers, which take turns."""

    def __init__(self) -> None:
        self._available: OrderedKeys[int] = OrderedKeys()
        self._turns: Turns[Consumer] = Turns()

    def __len__(self) -> int:
        return len(self._available)

    def put(self, message: Message) -> None:
        """Make a message available, in the order of sequence numbers."""
        self._available.add(message.sequence_number, message.sequence_number)

    def discard(self, message: Message) -> None:
        """Take a message out, if it is in."""
        self._available.discard(message.sequence_number)

    def join(self, consumer: Consumer) -> None:
        """Count on a consumer while it has credit."""
        self._turns.join(consumer)

    def leave(self, consumer: Consumer) -> None:
        """Count on a consumer no more."""
        self._turns.leave(consumer)

    def next(self) -> tuple[int, Consumer] | None:
        """Take out the first message for the consumer whose turn it is."""
        if not self._available or (consumer := self._turns.next()) is None:
            return None
        return self._available.pop(), consumer

    def clear(self) -> None:
        """Take all messages out."""
        self._available.clear()

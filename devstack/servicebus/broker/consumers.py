"""The receivers that wait for messages, and whose turn it is."""

from collections import OrderedDict
from typing import Protocol

from devstack.servicebus.broker.message import Message


class Consumer(Protocol):
    """A receiver that is ready for messages."""

    is_settled_on_send: bool

    @property
    def credit(self) -> int:
        """How many messages it still takes."""

    def deliver(self, message: Message) -> None:
        """Take a message; uses one credit."""


class Turns:
    """Consumers with credit, one after the other; those without cost nothing."""

    def __init__(self) -> None:
        self._ready: OrderedDict[Consumer, None] = OrderedDict()

    def join(self, consumer: Consumer) -> None:
        """Take part from now on, if not already."""
        self._ready[consumer] = None

    def leave(self, consumer: Consumer) -> None:
        """Take part no more."""
        self._ready.pop(consumer, None)

    def next(self) -> Consumer | None:
        """Whose turn it is; consumers whose credit is used up have left by then."""
        while self._ready:
            consumer = next(iter(self._ready))
            if consumer.credit > 0:
                self._ready.move_to_end(consumer)
                return consumer
            del self._ready[consumer]
        return None

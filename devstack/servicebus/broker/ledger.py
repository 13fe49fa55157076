"""All messages of one queue by their sequence numbers, and their way into the journal."""

from collections.abc import Callable
from itertools import islice

from devstack.servicebus.broker.journal import Journal
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.numbers import SortedNumbers


class Ledger:
    """The messages, wherever in the queue they are; `size` is theirs without headers, in bytes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._messages: dict[int, Message] = {}
        self._numbers = SortedNumbers()
        self.size = 0

    def __len__(self) -> int:
        return len(self._messages)

    def __getitem__(self, number: int) -> Message:
        return self._messages[number]

    def add(self, message: Message) -> None:
        """Take a message in under its sequence number."""
        self.restore(message)
        self._journal.add(message)

    def restore(self, message: Message) -> None:
        """Take a message in that the journal knows."""
        self._messages[message.sequence_number] = message
        self._numbers.add(message.sequence_number)
        self.size += message.size

    def change(self, message: Message) -> None:
        """Note that a message has changed."""
        self._journal.change(message)

    def remove(self, number: int) -> Message:
        """Let a message go."""
        message = self._messages.pop(number)
        self._numbers.remove(number)
        self.size -= message.size
        self._journal.remove(message)
        return message

    def starting(
        self, first: int, count: int, wanted: Callable[[Message], bool] = lambda _message: True
    ) -> list[Message]:
        """The first messages that are wanted from a sequence number on, at most `count`."""
        messages = (self._messages[number] for number in self._numbers.starting(first))
        return list(islice(filter(wanted, messages), max(0, count)))

    def clear(self) -> None:
        """Let all messages go."""
        self._messages.clear()
        self._numbers.clear()
        self.size = 0
        self._journal.clear()

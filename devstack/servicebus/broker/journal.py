"""What a queue has written down as it changes, so that the next process can go on where this one ended."""

from typing import Protocol

from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.settings import QueueSettings


class Journal(Protocol):
    """The notes of one queue; they count once the owner of the journal has committed them."""

    def add(self, message: Message) -> None:
        """A message has come in."""

    def change(self, message: Message) -> None:
        """A message's delivery count, state or lock has changed."""

    def remove(self, message: Message) -> None:
        """A message is gone."""

    def remember(self, message_id: object, until: int) -> None:
        """An id counts for duplicate detection until a time in milliseconds since the epoch."""

    def forget(self, message_id: object) -> None:
        """An id counts no more."""

    def keep_state(self, session_id: str, state: bytes | None, at: int) -> None:
        """A session's state was set, or with None taken away."""

    def clear(self) -> None:
        """Nothing of this queue is left but the count of its sequence numbers."""


class Archive(Protocol):
    """Where the journals are, and the queues that no configuration declares."""

    def journal(self, queue: str) -> Journal:
        """The journal of the queue of this name."""

    def define(self, settings: QueueSettings) -> None:
        """A queue was made, or its settings changed, while the namespace ran."""

    def undefine(self, queue: str) -> None:
        """A queue was deleted while the namespace ran."""


class _Memory:
    """Journal and archive of a namespace that lives in memory only: nothing is written."""

    def journal(self, queue: str) -> Journal:
        del queue
        return self

    def define(self, settings: QueueSettings) -> None:
        del settings

    def undefine(self, queue: str) -> None:
        del queue

    def add(self, message: Message) -> None:
        del message

    def change(self, message: Message) -> None:
        del message

    def remove(self, message: Message) -> None:
        del message

    def remember(self, message_id: object, until: int) -> None:
        del message_id, until

    def forget(self, message_id: object) -> None:
        del message_id

    def keep_state(self, session_id: str, state: bytes | None, at: int) -> None:
        del session_id, state, at

    def clear(self) -> None:
        """Nothing was written, so that nothing is to be taken away."""


IN_MEMORY: Archive = _Memory()

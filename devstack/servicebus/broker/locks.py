"""Which receiver holds which message, and until when."""

from collections.abc import Iterator
from uuid import UUID, uuid4

from devstack.servicebus.broker.errors import LockLost
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.ordered import OrderedKeys


class Locks:
    """The locked messages by their lock tokens; times are in milliseconds since the epoch."""

    def __init__(self) -> None:
        self._ends: OrderedKeys[UUID] = OrderedKeys()
        self._messages: dict[UUID, Message] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def __contains__(self, token: UUID) -> bool:
        return token in self._messages

    def grant(self, message: Message, until: int, *, ends: bool = True) -> UUID:
        """Lock a message under a new token, which is returned; one that does not end by itself is taken."""
        token = uuid4()
        message.lock_token, message.locked_until = token, until
        self._messages[token] = message
        if ends:
            self._ends.add(token, until)
        return token

    def get(self, token: UUID) -> Message:
        """The message under a token; LockLost when the lock does not hold any more."""
        message = self._messages.get(token)
        if message is None:
            raise LockLost("The lock supplied is invalid: it has expired, or the message is settled already.")
        return message

    def renew(self, token: UUID, until: int) -> None:
        """Let a lock end later; LockLost when it does not hold any more."""
        self.get(token).locked_until = until
        self._ends.add(token, until)

    def take(self, token: UUID) -> Message:
        """Unlock the message under a token; LockLost when the lock does not hold any more."""
        message = self.get(token)
        del self._messages[token]
        self._ends.discard(token)
        message.lock_token = None
        return message

    def first_end(self) -> int | None:
        """When the next lock ends, or None when there is none."""
        return self._ends.first_rank()

    def ended(self, now: int) -> Iterator[Message]:
        """Unlock, one by one, the messages whose locks have ended."""
        for token in self._ends.up_to(now):
            message = self._messages.pop(token)
            message.lock_token = None
            yield message

    def take_all(self) -> list[Message]:
        """Unlock all messages."""
        return [self.take(token) for token in list(self._messages)]

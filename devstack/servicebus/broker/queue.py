"""One queue: what senders and receivers ask of it, by the rules of peek-lock and dead letters."""

from collections.abc import Callable, Iterable
from uuid import UUID

from devstack.servicebus.broker.consumers import Consumer, Line
from devstack.servicebus.broker.errors import BadArgument, MessageNotFound, NotAllowed, QueueFull
from devstack.servicebus.broker.journal import IN_MEMORY, Archive
from devstack.servicebus.broker.message import Message, Shown
from devstack.servicebus.broker.places import Places
from devstack.servicebus.broker.settings import QueueSettings

DEAD_LETTER_SUFFIX = "/$DeadLetterQueue"


class Queue(Places):
    """A queue and, unless it is one itself, its dead-letter queue."""

    def __init__(
        self,
        settings: QueueSettings,
        *,
        clock: Callable[[], int],
        archive: Archive = IN_MEMORY,
        line: Line | None = None,
        has_dead_letters: bool = True,
    ) -> None:
        super().__init__(settings, clock=clock, archive=archive, line=line)
        self.dead_letters: Queue | None = None
        if has_dead_letters:
            buried = _dead_letter_settings(settings)
            self.dead_letters = Queue(buried, clock=clock, archive=archive, has_dead_letters=False)
        self._graves = self.dead_letters

    # sending

    def send(self, message: Message) -> int:
        """Take a message in; returns its sequence number, 0 for a duplicate that was dropped."""
        return self.send_all([message])[0]

    def send_all(self, messages: list[Message]) -> list[int]:
        """Take messages in, all or none; returns their sequence numbers, 0 for a duplicate that was dropped.

        Raises QueueFull when the queue has no room for them.
        """
        self._check(messages)
        self.advance()
        now = self._clock()
        numbers = [self._take_in(message, now) for message in messages]
        self._pump()
        return numbers

    def _check(self, messages: list[Message]) -> None:
        """Refuse what may not come in."""
        if self.dead_letters is None:
            raise NotAllowed(f"{self.name} takes no messages from senders; send to the queue itself.")
        if self._ledger.size + sum(message.size for message in messages) > self.settings.max_size:
            raise QueueFull(f"{self.name} has reached its size of {self.settings.max_size} bytes.")

    def _take_in(self, message: Message, now: int) -> int:
        if self.settings.has_duplicate_detection and not self._history.is_new(message.message_id, now):
            return 0
        message.enqueued_at = self.record.accessed_at = now
        message.sequence_number = message.enqueued_sequence_number = self._next_sequence_number()
        self._ledger.add(message)
        if message.scheduled_at is not None and message.scheduled_at > now:
            message.shown = Shown.SCHEDULED
            self._scheduled.add(message.sequence_number, message.scheduled_at)
        else:
            self._enter(message)
        return message.sequence_number

    def cancel(self, sequence_numbers: Iterable[int]) -> None:
        """Remove scheduled messages; MessageNotFound when one is not scheduled, and then none is removed."""
        self.advance()
        numbers = list(dict.fromkeys(sequence_numbers))
        for number in numbers:
            if number not in self._scheduled:
                raise MessageNotFound(
                    f"No message with sequence number {number} is scheduled in {self.name}."
                )
        for number in numbers:
            self._scheduled.discard(number)
            self._ledger.remove(number)

    # receiving

    def ready(self, consumer: Consumer) -> None:
        """Deliver to this consumer while it has credit."""
        self.record.accessed_at = self._clock()
        self._line.join(consumer)
        self.advance()
        self._pump()

    def leave(self, consumer: Consumer) -> None:
        """Deliver no more to this consumer; what it holds stays locked until the locks end."""
        self._line.leave(consumer)

    def receive_deferred(self, sequence_numbers: Iterable[int], *, delete: bool) -> list[Message]:
        """Lock deferred messages, or remove them at once; MessageNotFound, and none, when one is missing."""
        return self._receive_deferred(sequence_numbers, delete=delete, wanted=lambda _message: True)

    def _receive_deferred(
        self, sequence_numbers: Iterable[int], *, delete: bool, wanted: Callable[[Message], bool]
    ) -> list[Message]:
        self.advance()
        numbers = list(dict.fromkeys(sequence_numbers))
        for number in numbers:
            if number not in self._deferred or not wanted(self._ledger[number]):
                raise MessageNotFound(f"No message with sequence number {number} is deferred in {self.name}.")
        return [self._take_deferred(number, delete=delete) for number in numbers]

    def _take_deferred(self, number: int, *, delete: bool) -> Message:
        self._deferred.discard(number)
        self._expiring.discard(number)
        if delete:
            return self._ledger.remove(number)
        message = self._ledger[number]
        self._lock(message)
        return message

    def peek(self, from_sequence_number: int, count: int, *, session_id: str | None = None) -> list[Message]:
        """The first messages from a sequence number on, wherever they are, without touching them."""
        self.advance()
        if session_id is None:
            return self._ledger.starting(from_sequence_number, count)
        return self._ledger.starting(
            from_sequence_number, count, lambda message: message.session_id == session_id
        )

    # settling: all raise LockLost unless the token is that of a lock that still holds

    def complete(self, token: UUID) -> None:
        """Remove the message: its receiver is done with it."""
        message = self._unlock(token)
        self._ledger.remove(message.sequence_number)

    def abandon(self, token: UUID) -> None:
        """Give the message back and count the delivery; after the last allowed one it is dead-lettered."""
        self._give_back(self._unlock(token))
        self._pump()

    def release(self, token: UUID) -> None:
        """Give the message back as if it had not been delivered."""
        self._enter(self._unlock(token))
        self._pump()

    def defer(self, token: UUID) -> None:
        """Set the message aside: from now on only its sequence number gets it."""
        message = self._unlock(token)
        message.shown = Shown.DEFERRED
        self._enter(message)

    def dead_letter(self, token: UUID, *, reason: str, description: str) -> None:
        """Move the message to the dead-letter queue with the receiver's reason."""
        if self.dead_letters is None:
            raise NotAllowed(f"{self.name} is a dead-letter queue already.")
        self._bury(self._unlock(token), reason, description)

    def renew(self, tokens: Iterable[UUID]) -> list[int]:
        """Let locks last their full duration from now; returns their ends in milliseconds since the epoch."""
        self.advance()
        held = list(tokens)
        until = self._clock() + self.settings.lock_duration
        for token in held:
            self._locks.renew(token, until)
        return [until] * len(held)

    def expire_locks(self) -> None:
        """End all locks now, as if their time had come."""
        for message in self._locks.take_all():
            self._give_back(message)
        self._pump()

    def configure(self, settings: QueueSettings) -> None:
        """Go on with other settings; they hold for what happens from now on.

        BadArgument for those that are fixed when a queue is made.
        """
        if settings.requires_session != self.settings.requires_session:
            raise BadArgument(f"RequiresSession of queue {self.name} cannot be changed.")
        if settings.has_duplicate_detection != self.settings.has_duplicate_detection:
            raise BadArgument(f"RequiresDuplicateDetection of queue {self.name} cannot be changed.")
        self.settings = settings
        self._history.window = settings.duplicate_window
        self.record.updated_at = self._clock()
        if self.dead_letters is not None:
            self.dead_letters.settings = _dead_letter_settings(settings)


def _dead_letter_settings(settings: QueueSettings) -> QueueSettings:
    return QueueSettings(name=settings.name + DEAD_LETTER_SUFFIX, lock_duration=settings.lock_duration)

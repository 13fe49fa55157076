"""One queue: who may see which message, and when; the rules of peek-lock, expiry, schedules and dead letters.

Every message is in exactly one place: available, locked, deferred or scheduled. Time comes from `clock`, in
milliseconds since the epoch; each operation first lets happen what has fallen due.
"""

from collections.abc import Callable, Iterable
from heapq import nsmallest
from uuid import UUID

from devstack.servicebus.broker.consumers import Consumer, Turns
from devstack.servicebus.broker.duplicates import DuplicateHistory
from devstack.servicebus.broker.errors import MessageNotFound, NotAllowed
from devstack.servicebus.broker.locks import Locks
from devstack.servicebus.broker.message import Message, Shown
from devstack.servicebus.broker.ordered import OrderedKeys
from devstack.servicebus.broker.record import Counts, Record
from devstack.servicebus.broker.settings import QueueSettings

DEAD_LETTER_SUFFIX = "/$DeadLetterQueue"


class Queue:
    """A queue and, unless it is one itself, its dead-letter queue."""

    def __init__(
        self, settings: QueueSettings, *, clock: Callable[[], int], has_dead_letters: bool = True
    ) -> None:
        self.settings = settings
        self.name = settings.name
        self.record = Record(clock())
        self._clock = clock
        self._history = DuplicateHistory(settings.duplicate_window)
        self._messages: dict[int, Message] = {}
        self._available: OrderedKeys[int] = OrderedKeys()  # by sequence number
        self._locks = Locks()
        self._deferred: set[int] = set()
        self._scheduled: OrderedKeys[int] = OrderedKeys()  # by due time
        self._expiring: OrderedKeys[int] = OrderedKeys()  # by end of life; only what is available or deferred
        self._turns = Turns()
        self._last_sequence_number = 0
        self.dead_letters = (
            Queue(_dead_letter_settings(settings), clock=clock, has_dead_letters=False)
            if has_dead_letters
            else None
        )

    # sending

    def send(self, message: Message) -> int:
        """Take a message in; returns its sequence number, 0 for a duplicate that was dropped."""
        if self.dead_letters is None:
            raise NotAllowed(f"{self.name} takes no messages from senders; send to the queue itself.")
        self.advance()
        now = self._clock()
        if self.settings.has_duplicate_detection and not self._history.is_new(message.message_id, now):
            return 0
        message.enqueued_at = self.record.accessed_at = now
        message.sequence_number = message.enqueued_sequence_number = self._next_sequence_number()
        self._messages[message.sequence_number] = message
        if message.scheduled_at is not None and message.scheduled_at > now:
            message.shown = Shown.SCHEDULED
            self._scheduled.add(message.sequence_number, message.scheduled_at)
        else:
            self._enter(message)
        self._pump()
        return message.sequence_number

    def cancel(self, sequence_numbers: Iterable[int]) -> None:
        """Remove scheduled messages; MessageNotFound when one is not scheduled, and then none is removed."""
        self.advance()
        numbers = list(sequence_numbers)
        for number in numbers:
            if number not in self._scheduled:
                raise MessageNotFound(
                    f"No message with sequence number {number} is scheduled in {self.name}."
                )
        for number in numbers:
            self._scheduled.discard(number)
            self._messages.pop(number, None)

    # receiving

    def ready(self, consumer: Consumer) -> None:
        """Deliver to this consumer while it has credit."""
        self.record.accessed_at = self._clock()
        self._turns.join(consumer)
        self.advance()
        self._pump()

    def leave(self, consumer: Consumer) -> None:
        """Deliver no more to this consumer; what it holds stays locked until the locks end."""
        self._turns.leave(consumer)

    def receive_deferred(self, sequence_numbers: Iterable[int], *, delete: bool) -> list[Message]:
        """Lock deferred messages, or remove them at once; MessageNotFound, and none, when one is missing."""
        self.advance()
        numbers = list(dict.fromkeys(sequence_numbers))
        for number in numbers:
            if number not in self._deferred:
                raise MessageNotFound(f"No message with sequence number {number} is deferred in {self.name}.")
        return [self._take_deferred(number, delete=delete) for number in numbers]

    def _take_deferred(self, number: int, *, delete: bool) -> Message:
        message = self._messages[number]
        self._deferred.discard(number)
        self._expiring.discard(number)
        if delete:
            del self._messages[number]
        else:
            self._lock(message)
        return message

    def peek(self, from_sequence_number: int, count: int) -> list[Message]:
        """The first messages from a sequence number on, wherever they are, without touching them."""
        self.advance()
        numbers = nsmallest(count, (number for number in self._messages if number >= from_sequence_number))
        return [self._messages[number] for number in numbers]

    # settling: all raise LockLost unless the token is that of a lock that still holds

    def complete(self, token: UUID) -> None:
        """Remove the message: its receiver is done with it."""
        message = self._unlock(token)
        del self._messages[message.sequence_number]

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

    # time

    def next_deadline(self) -> int | None:
        """When `advance` has something to do next; None when nothing is waiting for time to pass."""
        ranks = (self._locks.first_end(), self._scheduled.first_rank(), self._expiring.first_rank())
        return min((rank for rank in ranks if rank is not None), default=None)

    def advance(self) -> None:
        """Let happen what has fallen due: schedules, ends of locks, ends of life."""
        now = self._clock()
        deadline = self.next_deadline()
        if deadline is None or deadline > now:
            return
        for number in self._scheduled.up_to(now):
            self._activate(self._messages.pop(number), now)
        for message in self._locks.ended(now):
            self._give_back(message)
        for number in self._expiring.up_to(now):
            self._expire(self._messages[number])
        self._pump()

    def expire_locks(self) -> None:
        """End all locks now, as if their time had come."""
        for message in self._locks.take_all():
            self._give_back(message)
        self._pump()

    # inspecting

    def counts(self) -> Counts:
        """How many messages are in which place, this instant."""
        self.advance()
        return Counts(len(self._available), len(self._locks), len(self._deferred), len(self._scheduled))

    def size_in_bytes(self) -> int:
        """What the messages take, without the dead-letter queue; looks at each one."""
        return sum(len(message.bare) for message in self._messages.values())

    def configure(self, settings: QueueSettings) -> None:
        """Go on with other settings of the same name; they hold for what happens from now on."""
        self.settings = settings
        self._history.window = settings.duplicate_window
        self.record.updated_at = self._clock()
        if self.dead_letters is not None:
            self.dead_letters.settings = _dead_letter_settings(settings)

    def clear(self) -> None:
        """Drop all messages, locks and remembered message ids."""
        places: tuple[OrderedKeys[int], ...] = (self._available, self._scheduled, self._expiring)
        for place in places:
            place.clear()
        self._locks.take_all()
        self._deferred.clear()
        self._messages.clear()
        self._history.clear()

    # movements

    def _next_sequence_number(self) -> int:
        self._last_sequence_number += 1
        return self._last_sequence_number

    def _activate(self, message: Message, now: int) -> None:
        """A scheduled message enters as if it had been sent this instant, with a new sequence number."""
        message.sequence_number = self._next_sequence_number()
        message.enqueued_at = now
        message.shown = Shown.ACTIVE
        self._messages[message.sequence_number] = message
        self._enter(message)

    def _enter(self, message: Message) -> None:
        """Make a message available, or set it aside again if it is deferred."""
        number = message.sequence_number
        message.expires_at = message.expires_at or self._end_of_life(message)
        if message.expires_at is not None and message.expires_at <= self._clock():
            self._expire(message)
            return
        if message.expires_at is not None:
            self._expiring.add(number, message.expires_at)
        if message.shown is Shown.DEFERRED:
            self._deferred.add(number)
        else:
            self._available.add(number, number)

    def _end_of_life(self, message: Message) -> int | None:
        spans = [
            span for span in (message.time_to_live, self.settings.default_time_to_live) if span is not None
        ]
        return message.enqueued_at + min(spans) if spans else None

    def _pump(self) -> None:
        while self._available and (consumer := self._turns.next()) is not None:
            self._hand_over(self._messages[self._available.pop()], consumer)

    def _hand_over(self, message: Message, consumer: Consumer) -> None:
        self._expiring.discard(message.sequence_number)
        if consumer.is_settled_on_send:
            del self._messages[message.sequence_number]
        else:
            self._lock(message)
        consumer.deliver(message)

    def _lock(self, message: Message) -> None:
        self._locks.grant(message, self._clock() + self.settings.lock_duration)

    def _unlock(self, token: UUID) -> Message:
        self.advance()
        return self._locks.take(token)

    def _give_back(self, message: Message) -> None:
        message.delivery_count += 1
        if self.dead_letters is not None and message.delivery_count >= self.settings.max_delivery_count:
            told = f"Message could not be consumed after {message.delivery_count} delivery attempts."
            self._bury(message, "MaxDeliveryCountExceeded", told)
        else:
            self._enter(message)

    def _expire(self, message: Message) -> None:
        number = message.sequence_number
        self._available.discard(number)
        self._deferred.discard(number)
        if self.settings.dead_letters_expired and self.dead_letters is not None:
            self._bury(message, "TTLExpiredException", "The message expired and was dead lettered.")
        else:
            del self._messages[number]

    def _bury(self, message: Message, reason: str, description: str) -> None:
        del self._messages[message.sequence_number]
        if self.dead_letters is not None:
            message.dead_letter(self.name, reason, description)
            self.dead_letters.adopt(message)

    def adopt(self, message: Message) -> None:
        """Take a message over from another queue, with its sequence number."""
        self._messages[message.sequence_number] = message
        self._enter(message)
        self._pump()


def _dead_letter_settings(settings: QueueSettings) -> QueueSettings:
    return QueueSettings(name=settings.name + DEAD_LETTER_SUFFIX, lock_duration=settings.lock_duration)

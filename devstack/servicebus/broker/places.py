"""Where the messages of a queue are, and how they move from place to place.

Every message is in exactly one place: available, locked, deferred or scheduled. Time comes from `clock`, in
milliseconds since the epoch; each operation first lets happen what has fallen due.
"""

from collections.abc import Callable
from uuid import UUID

from devstack.servicebus.broker.consumers import Consumer, Line, SharedLine
from devstack.servicebus.broker.duplicates import DuplicateHistory
from devstack.servicebus.broker.journal import Archive
from devstack.servicebus.broker.ledger import Ledger
from devstack.servicebus.broker.locks import Locks
from devstack.servicebus.broker.message import Message, Shown
from devstack.servicebus.broker.ordered import OrderedKeys
from devstack.servicebus.broker.record import Counts, Record
from devstack.servicebus.broker.settings import QueueSettings


class Places:
    """The messages of one queue; expired and undeliverable ones go to its graves, if it has any."""

    def __init__(
        self, settings: QueueSettings, *, clock: Callable[[], int], archive: Archive, line: Line | None
    ) -> None:
        self.settings = settings
        self.name = settings.name
        self.record = Record(clock())
        self._clock = clock
        self._journal = archive.journal(settings.name)
        self._history = DuplicateHistory(settings.duplicate_window, self._journal)
        self._ledger = Ledger(self._journal)
        self._line = SharedLine() if line is None else line  # what is available
        self._locks = Locks()
        self._deferred: set[int] = set()
        self._scheduled: OrderedKeys[int] = OrderedKeys()  # by due time
        self._expiring: OrderedKeys[int] = OrderedKeys()  # by end of life; only what is available or deferred
        self._last_sequence_number = 0
        self._graves: Places | None = None

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
        self._fall_due(now)
        self._pump()

    def _fall_due(self, now: int) -> None:
        for number in self._scheduled.up_to(now):
            self._activate(self._ledger.remove(number), now)
        for message in self._locks.ended(now):
            self._give_back(message)
        for number in self._expiring.up_to(now):
            self._expire(self._ledger[number])

    # inspecting

    def counts(self) -> Counts:
        """How many messages are in which place, this instant."""
        self.advance()
        return Counts(len(self._line), len(self._locks), len(self._deferred), len(self._scheduled))

    def size_in_bytes(self) -> int:
        """What the messages take, without the dead-letter queue."""
        return self._ledger.size

    def clear(self) -> None:
        """Drop all messages, locks and remembered message ids."""
        self._line.clear()
        self._scheduled.clear()
        self._expiring.clear()
        self._locks.take_all()
        self._deferred.clear()
        self._ledger.clear()
        self._history.clear()

    # going on from a journal

    def restore(self, message: Message, *, was_locked: bool) -> None:
        """Take over a message; the lock that it was under has ended, which counts as a delivery."""
        self._ledger.restore(message)
        if message.shown is Shown.SCHEDULED and message.scheduled_at is not None:
            self._scheduled.add(message.sequence_number, message.scheduled_at)
        elif was_locked:
            self._give_back(message)
        else:
            self._enter(message)

    def restore_history(self, message_id: object, until: int) -> None:
        """Take over an id for duplicate detection."""
        self._history.restore(message_id, until)

    def restore_count(self, last_sequence_number: int) -> None:
        """Go on counting sequence numbers after this one."""
        self._last_sequence_number = last_sequence_number

    # movements

    def _next_sequence_number(self) -> int:
        self._last_sequence_number += 1
        return self._last_sequence_number

    def _activate(self, message: Message, now: int) -> None:
        """A scheduled message enters as if it had been sent this instant, with a new sequence number."""
        message.sequence_number = self._next_sequence_number()
        message.enqueued_at = now
        message.shown = Shown.ACTIVE
        self._ledger.add(message)
        self._enter(message)

    def _enter(self, message: Message) -> None:
        """Make a message available, or set it aside again if it is deferred."""
        number = message.sequence_number
        message.expires_at = message.expires_at or self._end_of_life(message)
        self._ledger.change(message)
        if message.expires_at is not None and message.expires_at <= self._clock():
            self._expire(message)
            return
        if message.expires_at is not None:
            self._expiring.add(number, message.expires_at)
        if message.shown is Shown.DEFERRED:
            self._deferred.add(number)
        else:
            self._line.put(message)

    def _end_of_life(self, message: Message) -> int | None:
        spans = [
            span for span in (message.time_to_live, self.settings.default_time_to_live) if span is not None
        ]
        return message.enqueued_at + min(spans) if spans else None

    def _pump(self) -> None:
        while (turn := self._line.next()) is not None:
            number, consumer = turn
            self._hand_over(number, consumer)

    def _hand_over(self, number: int, consumer: Consumer) -> None:
        self._expiring.discard(number)
        if consumer.is_settled_on_send:
            consumer.deliver(self._ledger.remove(number))
            return
        message = self._ledger[number]
        self._lock(message)
        consumer.deliver(message)

    def _lock(self, message: Message) -> None:
        self._locks.grant(message, self._clock() + self.settings.lock_duration)
        self._ledger.change(message)

    def _unlock(self, token: UUID) -> Message:
        self.advance()
        return self._locks.take(token)

    def _give_back(self, message: Message) -> None:
        message.delivery_count += 1
        if self._graves is not None and message.delivery_count >= self.settings.max_delivery_count:
            told = f"Message could not be consumed after {message.delivery_count} delivery attempts."
            self._bury(message, "MaxDeliveryCountExceeded", told)
        else:
            self._enter(message)

    def _expire(self, message: Message) -> None:
        self._line.discard(message)
        self._deferred.discard(message.sequence_number)
        if self.settings.dead_letters_expired and self._graves is not None:
            self._bury(message, "TTLExpiredException", "The message expired and was dead lettered.")
        else:
            self._ledger.remove(message.sequence_number)

    def _bury(self, message: Message, reason: str, description: str) -> None:
        self._ledger.remove(message.sequence_number)
        if self._graves is not None:
            message.dead_letter(self.name, reason, description)
            self._graves.adopt(message)

    def adopt(self, message: Message) -> None:
        """Take a message over from another queue, with its sequence number."""
        self._ledger.add(message)
        self._enter(message)
        self._pump()

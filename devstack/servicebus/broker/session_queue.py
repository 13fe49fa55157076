"""A queue that requires sessions: a lock on the session stands for the locks on its messages.

The counting of deliveries follows "Message sessions" of the service's documentation: a session's expired lock
counts as a delivery of what its holder had, a closed session does not.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from devstack.servicebus.broker.consumers import Consumer
from devstack.servicebus.broker.errors import (
    MessageTooBig,
    NoSessionInTime,
    NotAllowed,
    SessionCannotBeLocked,
    SessionLockLost,
)
from devstack.servicebus.broker.journal import IN_MEMORY, Archive
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.ordered import OrderedKeys
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.sessions import Session, SessionConsumer, Sessions
from devstack.servicebus.broker.settings import QueueSettings

MAX_STATE_SIZE = 262_144  # bytes, the Standard tier


class SessionQueue(Queue):
    """A queue whose messages are received session by session; its dead-letter queue is an ordinary one."""

    def __init__(
        self, settings: QueueSettings, *, clock: Callable[[], int], archive: Archive = IN_MEMORY
    ) -> None:
        self._sessions = Sessions()
        self._waiting: dict[Consumer, SessionConsumer] = {}  # for any session, the first come first
        self._patience: OrderedKeys[Consumer] = OrderedKeys()  # by when they give up
        super().__init__(settings, clock=clock, archive=archive, line=self._sessions)

    def _check(self, messages: list[Message]) -> None:
        super()._check(messages)
        if any(message.session_id is None for message in messages):
            raise NotAllowed(f"{self.name} requires sessions: set the SessionId of every message.")

    # receivers

    def accept(self, consumer: SessionConsumer, session_id: str | None, *, patience: int) -> None:
        """Give a receiver the session it names, or the next free one within `patience` milliseconds."""
        self.advance()
        if session_id is None:
            self._waiting[consumer] = consumer
            self._patience.add(consumer, self._clock() + patience)
            self._pump()
            return
        session = self._sessions.named(session_id)
        if session.holder is not None:
            told = f"The requested session '{session_id}' cannot be accepted: another receiver has locked it."
            consumer.refused(SessionCannotBeLocked(told))
        else:
            self._hold(session, consumer)

    def leave(self, consumer: Consumer) -> None:
        """The receiver is gone: its session is free, and what it held comes back uncounted."""
        self._waiting.pop(consumer, None)
        self._patience.discard(consumer)
        session = self._sessions.held_by(consumer)
        if session is not None:
            self._end(session, is_counted=False)
            self._pump()

    def renew_session(self, session_id: str, origin: object) -> int:
        """Let the lock last its full duration from now; returns its end; SessionLockLost if it is lost."""
        session = self._require(session_id, origin)
        self._sessions.extend(session, self._clock() + self.settings.lock_duration)
        return session.locked_until

    def renew(self, tokens: Iterable[UUID]) -> list[int]:
        """NotAllowed: messages of a session have no locks of their own."""
        del tokens
        raise NotAllowed(f"{self.name} requires sessions: renew the lock of the session.")

    def state(self, session_id: str, origin: object) -> bytes | None:
        """What the receivers keep with the session; SessionLockLost if the lock is lost."""
        return self._require(session_id, origin).state

    def set_state(self, session_id: str, state: bytes | None, origin: object) -> None:
        """Keep something with the session, or None for nothing; SessionLockLost if the lock is lost."""
        session = self._require(session_id, origin)
        if state is not None and len(state) > MAX_STATE_SIZE:
            raise MessageTooBig(f"The session state exceeds the limit of {MAX_STATE_SIZE} bytes.")
        session.state, session.state_set_at = state, self._clock()
        self._journal.keep_state(session_id, state, session.state_set_at)

    def restore_state(self, session_id: str, state: bytes, at: int) -> None:
        """Take over a state that the journal keeps."""
        session = self._sessions.named(session_id)
        session.state, session.state_set_at = state, at

    def sessions(self, skip: int, top: int, *, changed_after: int | None = None) -> list[str]:
        """Ids of the sessions with messages or state, or of those whose state was set after a time."""
        self.advance()
        return self._sessions.listed(skip, top, changed_after=changed_after)

    def receive_deferred_of(
        self, session_id: str, sequence_numbers: Iterable[int], *, delete: bool, origin: object
    ) -> list[Message]:
        """The same as `receive_deferred`, for messages of a session that the asker holds."""
        self._require(session_id, origin)
        numbers = list(sequence_numbers)
        return self._receive_deferred(
            numbers, delete=delete, wanted=lambda message: message.session_id == session_id
        )

    def receive_deferred(self, sequence_numbers: Iterable[int], *, delete: bool) -> list[Message]:
        """NotAllowed: deferred messages belong to a session."""
        del sequence_numbers, delete
        raise NotAllowed(f"{self.name} requires sessions: name the session of the deferred messages.")

    def expire_locks(self) -> None:
        """End the locks on all sessions now, as if their time had come."""
        for session in self._sessions.held():
            self._lose(session)
        self._pump()

    # time

    def next_deadline(self) -> int | None:
        """When `advance` has something to do next."""
        ranks = (super().next_deadline(), self._sessions.first_end(), self._patience.first_rank())
        return min((rank for rank in ranks if rank is not None), default=None)

    def _fall_due(self, now: int) -> None:
        super()._fall_due(now)
        for session in self._sessions.ended(now):
            self._lose(session)
        for consumer in self._patience.up_to(now):
            self._waiting.pop(consumer).refused(
                NoSessionInTime("No session became free within the time allowed.")
            )

    # movements

    def _require(self, session_id: str, origin: object) -> Session:
        self.advance()
        return self._sessions.require(session_id, origin)

    def _hold(self, session: Session, consumer: SessionConsumer) -> None:
        self._sessions.hold(session, consumer, self._clock() + self.settings.lock_duration)
        consumer.accepted(session.id, session.locked_until)

    def _pump(self) -> None:
        while self._waiting and (session := self._sessions.next_free()) is not None:
            consumer = self._waiting.pop(next(iter(self._waiting)))
            self._patience.discard(consumer)
            self._hold(session, consumer)
        super()._pump()

    def _lose(self, session: Session) -> None:
        holder = session.holder
        self._end(session, is_counted=True)
        if holder is not None:
            holder.lost(SessionLockLost("The lock on the session has expired. Accept the session again."))

    def _end(self, session: Session, *, is_counted: bool) -> None:
        tokens, session.tokens = session.tokens, {}
        for token in tokens:
            message = self._locks.take(token)
            if is_counted:
                self._give_back(message)
            else:
                self._enter(message)
        self._sessions.release(session)

    def _lock(self, message: Message) -> None:
        session = self._sessions.of(message)
        session.tokens[self._locks.grant(message, session.locked_until, ends=False)] = None
        self._ledger.change(message)

    def _unlock(self, token: UUID) -> Message:
        self.advance()
        if token not in self._locks:
            raise SessionLockLost("The lock on the message's session has expired, or the message is settled.")
        message = self._locks.take(token)
        session = self._sessions.of(message)
        session.tokens.pop(token, None)
        return message

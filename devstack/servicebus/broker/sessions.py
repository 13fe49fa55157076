"""Sessions: messages of one group id, which one receiver at a time may see, with a state beside them."""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol
from uuid import UUID

from devstack.servicebus.amqp.types import AmqpError
from devstack.servicebus.broker.consumers import Consumer, Turns
from devstack.servicebus.broker.errors import SessionLockLost
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.ordered import OrderedKeys


class SessionConsumer(Consumer, Protocol):
    """A receiver that asks for a session and gets one now, later or never."""

    origin: object  # the connection it belongs to

    def accepted(self, session_id: str, locked_until: int) -> None:
        """The session is the receiver's until a time in milliseconds since the epoch."""

    def refused(self, error: AmqpError) -> None:
        """There is no session for the receiver."""

    def lost(self, error: AmqpError) -> None:
        """The session is the receiver's no more."""


class Session:
    """One session; `tokens` are the locks that end with it."""

    def __init__(self, session_id: str) -> None:
        self.id = session_id
        self.available: OrderedKeys[int] = OrderedKeys()
        self.tokens: dict[UUID, None] = {}
        self.state: bytes | None = None
        self.state_set_at = 0
        self.holder: SessionConsumer | None = None
        self.locked_until = 0

    @property
    def is_listed(self) -> bool:
        """Whether it exists for those who look: with messages or with a state."""
        return bool(self.available or self.tokens) or self.state is not None


class Sessions:
    """The sessions of a queue, as the line in which its messages stand."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._free: dict[
            str, None
        ] = {}  # those with messages and without a holder, the longest waiting first
        self._held: dict[Consumer, Session] = {}
        self._ends: OrderedKeys[str] = OrderedKeys()
        self._turns: Turns[Consumer] = Turns()
        self._available = 0

    # as a line

    def __len__(self) -> int:
        return self._available

    def put(self, message: Message) -> None:
        """Make a message available to its session's holder."""
        session = self.of(message)
        session.available.add(message.sequence_number, message.sequence_number)
        self._available += 1
        if session.holder is None:
            self._free[session.id] = None
        else:
            self._turns.join(session.holder)

    def discard(self, message: Message) -> None:
        """Take a message out, if it is in."""
        session = self.of(message)
        if message.sequence_number in session.available:
            session.available.discard(message.sequence_number)
            self._available -= 1
        self._tidy(session)

    def join(self, consumer: Consumer) -> None:
        """Count on a consumer while it has credit, provided that it holds a session."""
        if consumer in self._held:
            self._turns.join(consumer)

    def leave(self, consumer: Consumer) -> None:
        """Count on a consumer no more."""
        self._turns.leave(consumer)

    def next(self) -> tuple[int, Consumer] | None:
        """Take out the next message of the session whose holder's turn it is."""
        while (consumer := self._turns.next()) is not None:
            session = self._held[consumer]
            if session.available:
                self._available -= 1
                return session.available.pop(), consumer
            self._turns.leave(consumer)
        return None

    def clear(self) -> None:
        """Take all messages and states out; who holds a session goes on holding it."""
        self._free.clear()
        self._available = 0
        for session in list(self._sessions.values()):
            session.available.clear()
            session.tokens.clear()
            session.state = None
            self._tidy(session)

    # as sessions

    def of(self, message: Message) -> Session:
        """The session of a message, which has a session id."""
        return self.named(message.session_id or "")

    def named(self, session_id: str) -> Session:
        """The session of this id, new if need be."""
        session = self._sessions.get(session_id)
        if session is None:
            session = self._sessions[session_id] = Session(session_id)
        return session

    def next_free(self) -> Session | None:
        """The session with messages and without a holder that has waited longest."""
        return self._sessions[next(iter(self._free))] if self._free else None

    def held_by(self, consumer: Consumer) -> Session | None:
        """The session that a consumer holds."""
        return self._held.get(consumer)

    def require(self, session_id: str, origin: object) -> Session:
        """The session, if a receiver of this connection holds it; else SessionLockLost."""
        session = self._sessions.get(session_id)
        if session is None or session.holder is None or session.holder.origin is not origin:
            raise SessionLockLost(
                f"The lock on session '{session_id}' has expired. Accept the session again."
            )
        return session

    def hold(self, session: Session, consumer: SessionConsumer, until: int) -> None:
        """Give a session to a consumer until a time."""
        session.holder = consumer
        self._held[consumer] = session
        self._free.pop(session.id, None)
        self.extend(session, until)

    def extend(self, session: Session, until: int) -> None:
        """Let the lock on a held session end at a time."""
        session.locked_until = until
        self._ends.add(session.id, until)

    def release(self, session: Session) -> None:
        """Take a session from its holder; its messages are given back by then."""
        if session.holder is not None:
            del self._held[session.holder]
            self._turns.leave(session.holder)
        session.holder = None
        self._ends.discard(session.id)
        if session.available:
            self._free[session.id] = None
        self._tidy(session)

    def first_end(self) -> int | None:
        """When the next lock on a session ends."""
        return self._ends.first_rank()

    def ended(self, now: int) -> Iterator[Session]:
        """The sessions, one by one, whose locks have ended."""
        for session_id in self._ends.up_to(now):
            yield self._sessions[session_id]

    def held(self) -> list[Session]:
        """All sessions that have a holder."""
        return list(self._held.values())

    def listed(self, skip: int, top: int, *, changed_after: int | None) -> list[str]:
        """Ids of sessions with messages or state, or of those whose state was set after a time."""
        if changed_after is None:
            ids = (each.id for each in self._sessions.values() if each.is_listed)
        else:
            ids = (
                each.id
                for each in self._sessions.values()
                if each.state is not None and each.state_set_at > changed_after
            )
        return list(islice(ids, skip, skip + top))

    def _tidy(self, session: Session) -> None:
        if not session.available:
            self._free.pop(session.id, None)
            if session.holder is None and not session.is_listed:
                self._sessions.pop(session.id, None)

"""Receivers' links as the consumers that queues deliver to; the delivery tag is the lock token."""

from uuid import UUID, uuid4

from devstack.servicebus.amqp import encode, outcomes
from devstack.servicebus.amqp.attaching import FILTER_FIELD
from devstack.servicebus.amqp.links import OutgoingLink
from devstack.servicebus.amqp.outcomes import Outcome
from devstack.servicebus.amqp.types import AmqpError, Described
from devstack.servicebus.broker.errors import BadArgument, LockLost, NotAllowed, SessionLockLost
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.session_queue import SessionQueue
from devstack.servicebus.broker.settings import MINUTE

_SESSION_FILTER = "com.microsoft:session-filter"
_LOCKED_UNTIL = "com.microsoft:locked-until-utc"
_TIMEOUT = "com.microsoft:timeout"
_TICKS_AT_EPOCH, _TICKS_PER_MILLISECOND = 621_355_968_000_000_000, 10_000  # of a .NET DateTime


def attach(link: OutgoingLink, queue: Queue, origin: object) -> None:
    """Let a queue deliver to a link of this connection; NotAllowed when only one of them has sessions."""
    filters = _filters(link)
    if _SESSION_FILTER not in filters:
        if isinstance(queue, SessionQueue):
            raise NotAllowed(f"{queue.name} requires sessions: receive from it with a session receiver.")
        QueueReceiver(link, queue)
        return
    if not isinstance(queue, SessionQueue):
        raise NotAllowed(f"{queue.name} does not require sessions: receive from it without a session.")
    wanted = filters[_SESSION_FILTER]
    wanted = wanted.value if isinstance(wanted, Described) else wanted
    if wanted is not None and not isinstance(wanted, str):
        raise BadArgument("The session filter must be a session id, or null for the next free session.")
    patience = link.properties.get(_TIMEOUT)
    link.is_put_off = True
    receiver = SessionReceiver(link, queue, origin)
    queue.accept(receiver, wanted, patience=patience if type(patience) is int else MINUTE)


def _filters(link: OutgoingLink) -> dict[object, object]:
    fields = link.source.fields
    filters = fields[FILTER_FIELD] if len(fields) > FILTER_FIELD else None
    return filters if isinstance(filters, dict) else {}


class QueueReceiver:
    """A link that receives from a queue; hashed by what it is."""

    def __init__(self, link: OutgoingLink, queue: Queue) -> None:
        self._link = link
        self._queue = queue
        self.is_settled_on_send = link.is_settled_on_send
        link.on_credit = lambda: queue.ready(self)
        link.on_detach.append(lambda: queue.leave(self))
        link.on_detach.append(lambda: queue.record.attached.discard(link.drop))
        queue.record.attached.add(link.drop)
        link.on_settle = self._settle

    @property
    def credit(self) -> int:
        """How many messages the link takes now."""
        return self._link.room

    def deliver(self, message: Message) -> None:
        """Send a message over the link."""
        token = message.lock_token or uuid4()
        self._link.send(message.render(), tag=token.bytes_le, settled=self.is_settled_on_send)

    def _settle(self, tag: bytes, outcome: Outcome) -> None:
        token = UUID(bytes_le=tag)
        if outcome.code == outcomes.ACCEPTED:
            self._queue.complete(token)
        elif outcome.code == outcomes.REJECTED:
            self._dead_letter(token, outcome)
        elif outcome.code == outcomes.RELEASED:
            self._release(token)
        elif outcome.undeliverable_here:
            self._queue.defer(token)
        else:
            self._queue.abandon(token)

    def _dead_letter(self, token: UUID, outcome: Outcome) -> None:
        info = outcome.info or {}
        reason = str(info.get("DeadLetterReason") or "")
        description = str(info.get("DeadLetterErrorDescription") or "")
        self._queue.dead_letter(token, reason=reason, description=description)

    def _release(self, token: UUID) -> None:
        try:
            self._queue.release(token)
        except (LockLost, SessionLockLost):
            return  # nothing is left to give back: the lock's end did it


class SessionReceiver(QueueReceiver):
    """A link that receives from one session; it is attached once it has one."""

    def __init__(self, link: OutgoingLink, queue: SessionQueue, origin: object) -> None:
        super().__init__(link, queue)
        self.origin = origin

    def accepted(self, session_id: str, locked_until: int) -> None:
        """Attach the link, with the session's id and the end of its lock."""
        ticks = _TICKS_AT_EPOCH + locked_until * _TICKS_PER_MILLISECOND
        self._link.answered_filters = {_SESSION_FILTER: encode.string(session_id)}
        self._link.answered_properties = {_LOCKED_UNTIL: encode.long(ticks)}
        self._link.answer()
        if self._link.credit:
            self._queue.ready(self)

    def refused(self, error: AmqpError) -> None:
        """Refuse the link."""
        self._link.refuse(error)

    def lost(self, error: AmqpError) -> None:
        """Detach the link: the session is another's."""
        self._link.drop(error)

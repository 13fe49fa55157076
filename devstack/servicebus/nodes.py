"""What stands behind an address: a queue to send to or receive from, $cbs, a queue's $management."""

from collections import deque
from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

from devstack.servicebus import cbs, management, requests
from devstack.servicebus.amqp import outcomes
from devstack.servicebus.amqp.links import IncomingLink, Message, OutgoingLink
from devstack.servicebus.amqp.outcomes import Outcome
from devstack.servicebus.broker import bus as broker
from devstack.servicebus.broker.bus import Bus, entity_path
from devstack.servicebus.broker.errors import LockLost, NotAllowed, QueueNotFound
from devstack.servicebus.broker.message import Message as QueuedMessage
from devstack.servicebus.broker.queue import Queue

MAX_REQUEST_SIZE = 1_048_576  # bytes: a request to schedule may carry several messages

_SESSION_FILTER = "com.microsoft:session-filter"
_FILTER_FIELD = 7  # of a source (AMQP 1.0 part 3, section 3.5.3)

type _Answer = Callable[[requests.Request], requests.Reply]


class Entrance:
    """The container that one connection sees: it lets in whom the connection's claims cover."""

    def __init__(self, bus: Bus, claims: cbs.Claims) -> None:
        self._bus = bus
        self._claims = claims
        self._replies: dict[tuple[int, str], _Replies] = {}  # by channel and address of the request node

    def accept_incoming(self, link: IncomingLink) -> None:
        """Take requests, or messages for a queue."""
        address = _address(link.target.address)
        answer = self._request_node(address)
        if answer is not None:
            link.max_message_size = MAX_REQUEST_SIZE
            link.on_message = partial(self._request, link, entity_path(address), answer)
            return
        queue = self._bus.find(address)
        self._claims.require(entity_path(address))
        if queue.dead_letters is None:
            raise NotAllowed(f"{queue.name} takes no messages from senders; send to the queue itself.")
        link.max_message_size = broker.MAX_MESSAGE_SIZE
        link.on_message = lambda message: _send(queue, message)
        queue.record.attached.add(link.drop)
        link.on_detach = lambda: queue.record.attached.discard(link.drop)

    def accept_outgoing(self, link: OutgoingLink) -> None:
        """Give replies to requests, or messages of a queue."""
        address = _address(link.source.address)
        if self._request_node(address) is not None:
            self._accept_replies(link, entity_path(address))
            return
        queue = self._bus.find(address)
        self._claims.require(entity_path(address))
        _refuse_session(link)
        QueueReceiver(link, queue)

    def _request_node(self, address: str) -> _Answer | None:
        path = entity_path(address)
        if path == cbs.ADDRESS:
            return self._claims.answer
        if not path.endswith(management.SUFFIX):
            return None
        self._bus.find(path.removesuffix(management.SUFFIX))
        self._claims.require(path)
        return partial(self._manage, path.removesuffix(management.SUFFIX))

    def _manage(self, path: str, request: requests.Request) -> requests.Reply:
        return management.answer(self._bus.find(path), request)

    def _accept_replies(self, link: OutgoingLink, path: str) -> None:
        key = (link.wire.channel, path)
        self._replies[key] = _Replies(link)
        link.on_detach = lambda: self._replies.pop(key, None)

    def _request(self, link: IncomingLink, path: str, answer: _Answer, message: Message) -> None:
        replies = self._replies.get((link.wire.channel, path))
        if replies is None:
            raise NotAllowed(f"Attach a receiver to {path} first: there is no link to reply on.")
        request = requests.read(message.payload)
        replies.send(requests.write(answer(request), request.id))


class _Replies:
    """The link that replies go out on, and those that wait for credit."""

    def __init__(self, link: OutgoingLink) -> None:
        self._link = link
        self._waiting: deque[bytes] = deque()
        link.on_credit = self._release

    def send(self, payload: bytes) -> None:
        self._waiting.append(payload)
        self._release()

    def _release(self) -> None:
        while self._waiting and self._link.credit > 0:
            self._link.send(self._waiting.popleft(), tag=uuid4().bytes, settled=True)


class QueueReceiver:
    """A receiver's link as the consumer that its queue delivers to; the delivery tag is the lock token."""

    def __init__(self, link: OutgoingLink, queue: Queue) -> None:
        self._link = link
        self._queue = queue
        self.is_settled_on_send = link.is_settled_on_send
        link.on_credit = lambda: queue.ready(self)
        link.on_detach = self._leave
        link.on_settle = self._settle
        queue.record.attached.add(link.drop)

    @property
    def credit(self) -> int:
        """How many messages the link still takes."""
        return self._link.credit

    def deliver(self, message: QueuedMessage) -> None:
        """Send a message over the link."""
        token = message.lock_token or uuid4()
        self._link.send(message.render(), tag=token.bytes_le, settled=self.is_settled_on_send)

    def _leave(self) -> None:
        self._queue.leave(self)
        self._queue.record.attached.discard(self._link.drop)

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
        except LockLost:
            return  # nothing is left to give back: the lock's end did it


def _send(queue: Queue, message: Message) -> None:
    broker.send(queue, message.payload, message.format)


def _address(address: str | None) -> str:
    if address is None:
        raise QueueNotFound("The link names no address.")
    return address


def _refuse_session(link: OutgoingLink) -> None:
    fields = link.source.fields
    wanted = fields[_FILTER_FIELD] if len(fields) > _FILTER_FIELD else None
    if isinstance(wanted, dict) and _SESSION_FILTER in wanted:
        raise NotAllowed("The queue does not require sessions: receive from it without a session.")

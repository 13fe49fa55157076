"""What stands behind an address: a queue to send to or receive from, $cbs, a queue's $management."""

from collections import deque
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from devstack.servicebus import cbs, management, receivers, requests
from devstack.servicebus.amqp.links import IncomingLink, Link, Message, OutgoingLink
from devstack.servicebus.broker import bus as broker
from devstack.servicebus.broker.bus import Bus, entity_path
from devstack.servicebus.broker.errors import (
    LinkForcedOff,
    NotAllowed,
    QueueNotFound,
    TooManyRequests,
    Unauthorized,
)
from devstack.servicebus.broker.queue import Queue

MAX_REQUEST_SIZE = 1_048_576  # bytes: a request to schedule may carry several messages
MAX_WAITING_REPLIES = 1000  # for credit, on one link

type _Answer = Callable[[requests.Request], requests.Reply]


class Entrance:
    """The container that one connection sees: it lets in whom the connection's claims cover.

    A link goes when its token expires before another is put; `admit` refuses the connection by raising.
    """

    def __init__(self, bus: Bus, claims: cbs.Claims, *, admit: Callable[[], None] = lambda: None) -> None:
        self._bus = bus
        self._claims = claims
        self.admit = admit
        self._replies: dict[tuple[int, str], _Replies] = {}  # by channel and address of the request node
        self._covered: dict[Link, str] = {}  # open links, by the path that a token must cover

    def accept_incoming(self, link: IncomingLink) -> None:
        """Take requests, or messages for a queue."""
        address = _address(link.target.address)
        self._cover(link, entity_path(address))
        answer = self._request_node(address)
        if answer is not None:
            link.max_message_size = MAX_REQUEST_SIZE
            link.on_message = partial(self._request, link, entity_path(address), answer)
        else:
            queue = self._queue(address)
            if queue.dead_letters is None:
                raise NotAllowed(f"{queue.name} takes no messages from senders; send to the queue itself.")
            link.max_message_size = broker.MAX_MESSAGE_SIZE
            link.on_message = lambda message: _send(queue, message)
            queue.record.attached.add(link.drop)
            link.on_detach.append(lambda: queue.record.attached.discard(link.drop))

    def accept_outgoing(self, link: OutgoingLink) -> None:
        """Give replies to requests, or messages of a queue."""
        address = _address(link.source.address)
        self._cover(link, entity_path(address))
        if self._request_node(address) is not None:
            self._accept_replies(link, entity_path(address))
        else:
            receivers.attach(link, self._queue(address), self)

    def next_deadline(self) -> int | None:
        """When the next token expires."""
        return self._claims.next_expiry() if self._covered else None

    def advance(self) -> None:
        """Detach the links whose tokens have expired."""
        if not self._claims.drop_expired():
            return
        for link, path in list(self._covered.items()):
            try:
                self._claims.require(path)
            except Unauthorized as error:
                told = f"The link '{link.name}' is force detached. Code: RenewToken. {error.description}"
                link.drop(LinkForcedOff(told))

    def _queue(self, address: str) -> Queue:
        queue = self._bus.find(address)
        self._claims.require(entity_path(address))
        return queue

    def _cover(self, link: Link, path: str) -> None:
        if path == cbs.ADDRESS:
            return
        self._covered[link] = path
        link.on_detach.append(lambda: self._covered.pop(link, None))

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
        return management.answer(self._bus.find(path), request, origin=self)

    def _accept_replies(self, link: OutgoingLink, path: str) -> None:
        key = (link.wire.channel, path)
        self._replies[key] = _Replies(link)
        link.on_detach.append(lambda: self._replies.pop(key, None))

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
        if len(self._waiting) >= MAX_WAITING_REPLIES:
            raise TooManyRequests(f"{MAX_WAITING_REPLIES} replies wait for credit: receive them first.")
        self._waiting.append(payload)
        self._release()

    def _release(self) -> None:
        while self._waiting and self._link.credit > 0:
            self._link.send(self._waiting.popleft(), tag=uuid4().bytes, settled=True)


def _send(queue: Queue, message: Message) -> None:
    broker.send(queue, message.payload, message.format)


def _address(address: str | None) -> str:
    if address is None:
        raise QueueNotFound("The link names no address.")
    return address

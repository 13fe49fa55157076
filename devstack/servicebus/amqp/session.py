"""One session: its links, its delivery ids and its flow control (AMQP 1.0 part 2, section 2.5)."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from devstack.servicebus.amqp import attaching, encode, frames, outcomes
from devstack.servicebus.amqp.links import INCOMING_CREDIT, IncomingLink, Link, Message, OutgoingLink
from devstack.servicebus.amqp.performatives import (
    ATTACH,
    BEGIN,
    DETACH,
    DISPOSITION,
    FLOW,
    TRANSFER,
    Attach,
    Begin,
    Detach,
    Disposition,
    Flow,
    Transfer,
)
from devstack.servicebus.amqp.types import AmqpError

INCOMING_WINDOW = 0x7FFF_FFFF  # transfers are taken as they come; link credit is what limits them
HANDLE_MAX = 255
_SERIAL = 0xFFFF_FFFF
_TRANSFER_OVERHEAD = 128  # frame header, performative and a delivery tag of at most 32 octets


class Container(Protocol):
    """The node behind the addresses: it takes connections and links, or refuses one by raising AmqpError."""

    def admit(self) -> None:
        """Take the connection."""

    def next_deadline(self) -> int | None:
        """When `advance` has something to do next, in milliseconds since the epoch."""

    def advance(self) -> None:
        """Let happen what has fallen due."""

    def accept_incoming(self, link: IncomingLink) -> None:
        """Take a link on which the client sends; sets its `on_message` and its size limit."""

    def accept_outgoing(self, link: OutgoingLink) -> None:
        """Take a link on which the client receives; sets its callbacks."""


class _Delivery(NamedTuple):
    link: OutgoingLink
    tag: bytes


class Session:
    """The state of one channel; `write` takes whole frames, none larger than `peer_max_frame`."""

    def __init__(
        self,
        channel: int,
        begin: Begin,
        *,
        container: Container,
        write: Callable[[bytes], None],
        peer_max_frame: int,
        is_congested: Callable[[], bool] = lambda: False,
    ) -> None:
        self.channel = channel
        self._container = container
        self._write = write
        self._is_congested = is_congested
        self._room = peer_max_frame - _TRANSFER_OVERHEAD
        self._next_incoming_id = begin.next_outgoing_id
        self._next_outgoing_id = 0
        self._next_delivery_id = 0
        self._window = begin.incoming_window
        self._waiting: deque[bytes] = deque()  # transfer frames that the peer's window has no room for
        self._links: dict[int, Link] = {}
        self._unsettled: dict[int, _Delivery] = {}
        window = encode.uint(INCOMING_WINDOW)
        self._send(BEGIN, [encode.ushort(channel), encode.uint(0), window, window, encode.uint(HANDLE_MAX)])

    def _send(self, code: int, fields: list[bytes]) -> None:
        self._write(frames.build(self.channel, code, fields))

    def _windows(self) -> list[bytes]:
        return [
            encode.uint(self._next_incoming_id),
            encode.uint(INCOMING_WINDOW),
            encode.uint(self._next_outgoing_id),
            encode.uint(INCOMING_WINDOW),
        ]

    # links

    def attach(self, attach: Attach) -> None:
        """Attach the link if the container accepts it; else attach it without termini, then detach it."""
        if attach.handle in self._links:
            raise AmqpError("amqp:session:handle-in-use", f"Handle {attach.handle} is attached already.")
        if attach.handle > HANDLE_MAX:
            raise AmqpError("amqp:not-allowed", f"Handle {attach.handle} is above handle-max {HANDLE_MAX}.")
        link = OutgoingLink(attach, self) if attach.is_receiver else IncomingLink(attach, self)
        self._links[attach.handle] = link
        try:
            self._offer(link)
        except AmqpError as error:
            self.refuse(link, error)
            return
        if not link.is_put_off:
            self.answer(link)

    def _offer(self, link: Link) -> None:
        if isinstance(link, OutgoingLink):
            self._container.accept_outgoing(link)
        elif isinstance(link, IncomingLink):
            self._container.accept_incoming(link)

    def answer(self, link: Link) -> None:
        """Attach a link that its node has accepted."""
        self._send(ATTACH, attaching.fields(link.attach, link))
        if isinstance(link, IncomingLink):
            self._grant(link)

    def refuse(self, link: Link, error: AmqpError) -> None:
        """Attach a link without termini, then detach it."""
        self._links.pop(link.handle, None)
        link.detached()
        self._send(ATTACH, attaching.fields(link.attach, None))
        self._send_detach(link.handle, error)

    def drop(self, link: Link, error: AmqpError) -> None:
        """Detach a link from here; the peer's own detach, which follows, needs no answer."""
        if self._links.get(link.handle) is link:
            self._forget(link)
            self._send_detach(link.handle, error)

    def detach(self, detach: Detach) -> None:
        """Take the peer's detach and answer it; unknown handles were detached from here before."""
        link = self._links.get(detach.handle)
        if link is not None:
            if link.is_put_off and not link.is_answered:
                self._send(ATTACH, attaching.fields(link.attach, None))
            self._forget(link)
            self._send_detach(link.handle, None)

    def _forget(self, link: Link) -> None:
        self._links.pop(link.handle, None)
        stale = [number for number, delivery in self._unsettled.items() if delivery.link is link]
        for number in stale:
            del self._unsettled[number]
        link.detached()

    def _send_detach(self, handle: int, error: AmqpError | None) -> None:
        fields = [encode.uint(handle), encode.TRUE]
        if error is not None:
            fields.append(outcomes.write_error(error))
        self._send(DETACH, fields)

    def close(self) -> None:
        """Let go of every link: the session ended or the connection is gone."""
        for link in list(self._links.values()):
            self._forget(link)

    # flow control

    def flow(self, flow: Flow) -> None:
        """Take the peer's windows and, with a handle, its link credit."""
        had_room = self.has_room
        self._next_incoming_id = flow.next_outgoing_id
        self._window = (
            (flow.next_incoming_id or 0) + flow.incoming_window - self._next_outgoing_id
        ) & _SERIAL
        self._release_waiting()
        link = self._links.get(flow.handle) if flow.handle is not None else None
        if isinstance(link, OutgoingLink):
            self._flow_out(link, flow)
        elif isinstance(link, IncomingLink) and flow.echo:
            self._grant(link)
        elif flow.echo and flow.handle is None:
            self._send(FLOW, self._windows())
        if not had_room:
            self.resume()

    @property
    def has_room(self) -> bool:
        """Whether the peer's window and the socket have room for a transfer."""
        return self._window > 0 and not self._waiting and not self._is_congested()

    def resume(self) -> None:
        """Deliver again on all links with credit, after a time without room."""
        if not self.has_room:
            return
        for link in list(self._links.values()):
            if isinstance(link, OutgoingLink) and link.credit:
                link.on_credit()

    def _flow_out(self, link: OutgoingLink, flow: Flow) -> None:
        link.grant(flow)
        if flow.drain:
            link.drain()
        if flow.drain or flow.echo:
            state = [encode.uint(link.handle), encode.uint(link.delivery_count), encode.uint(link.credit)]
            self._send(FLOW, [*self._windows(), *state, encode.uint(0), encode.boolean(flow.drain)])

    def _grant(self, link: IncomingLink) -> None:
        link.granted()
        credit = [encode.uint(link.handle), encode.uint(link.delivery_count), encode.uint(INCOMING_CREDIT)]
        self._send(FLOW, [*self._windows(), *credit])

    # deliveries to the client

    def transfer(self, link: OutgoingLink, payload: bytes, *, tag: bytes, settled: bool) -> None:
        """Send one message in as many frames as it takes."""
        number = self._next_delivery_id
        self._next_delivery_id = (number + 1) & _SERIAL
        if not settled:
            self._unsettled[number] = _Delivery(link, tag)
        head = [encode.uint(link.handle), encode.uint(number), encode.binary(tag), encode.uint(0)]
        head.append(encode.boolean(settled))
        for start in range(0, max(1, len(payload)), self._room):
            end = start + self._room
            fields = [*head, encode.boolean(end < len(payload))]
            self._emit(frames.build(self.channel, TRANSFER, fields, payload=payload[start:end]))

    def _emit(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._release_waiting()

    def _release_waiting(self) -> None:
        while self._waiting and self._window:
            self._write(self._waiting.popleft())
            self._window -= 1
            self._next_outgoing_id = (self._next_outgoing_id + 1) & _SERIAL

    def dispose(self, disposition: Disposition) -> None:
        """Settle deliveries as the client says, and echo what was applied when it waits for that."""
        outcome = outcomes.read(disposition.state)
        if not disposition.is_receiver or (outcome is None and not disposition.settled):
            return
        for number in self._settled_numbers(disposition):
            link, tag = self._unsettled.pop(number)
            state = self._settle(link, tag, outcome)
            if not disposition.settled:
                self._send_disposition(number, state, is_receiver=False)

    def _settled_numbers(self, disposition: Disposition) -> list[int]:
        first, last = disposition.first, disposition.last
        if last is None or last == first:
            return [first] if first in self._unsettled else []
        if last - first < len(self._unsettled):
            return [number for number in range(first, last + 1) if number in self._unsettled]
        return [number for number in self._unsettled if first <= number <= last]

    @staticmethod
    def _settle(link: OutgoingLink, tag: bytes, outcome: outcomes.Outcome | None) -> bytes:
        outcome = outcome or outcomes.Outcome(outcomes.ACCEPTED)
        try:
            link.on_settle(tag, outcome)
        except AmqpError as error:
            return outcomes.rejection(error)
        return outcomes.write(outcome)

    def _send_disposition(self, number: int, state: bytes, *, is_receiver: bool) -> None:
        at = encode.uint(number)
        self._send(DISPOSITION, [encode.boolean(is_receiver), at, at, encode.TRUE, state])

    # deliveries from the client

    def receive(self, transfer: Transfer, payload: bytes) -> None:
        """Take one transfer frame in; a complete message goes to its link's node and is settled."""
        self._next_incoming_id = (self._next_incoming_id + 1) & _SERIAL
        link = self._links.get(transfer.handle)
        if not isinstance(link, IncomingLink):
            return  # it was refused or detached while the frame was under way
        gathered = link.gather(transfer, payload)
        if gathered is None:
            return
        first, message = gathered
        state = outcomes.rejection(message) if isinstance(message, AmqpError) else _accept(link, message)
        if not first.settled and first.delivery_id is not None:
            self._send_disposition(first.delivery_id, state, is_receiver=True)
        if link.wants_grant():
            self._grant(link)


def _accept(link: IncomingLink, message: Message) -> bytes:
    try:
        link.on_message(message)
    except AmqpError as error:
        return outcomes.rejection(error)
    return outcomes.ACCEPTED_STATE

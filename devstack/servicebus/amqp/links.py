"""Link state: credit, delivery counts and the message being assembled (AMQP 1.0 part 2, section 2.6).

Directions are seen from here: an incoming link carries messages from the client, an outgoing one to it.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from devstack.servicebus.amqp.outcomes import Outcome
from devstack.servicebus.amqp.performatives import Attach, Flow, Terminus, Transfer, terminus
from devstack.servicebus.amqp.types import AmqpError

INCOMING_CREDIT = 1000
_SERIAL = 0xFFFF_FFFF  # delivery counts are serial numbers that wrap (RFC 1982)


class Message(NamedTuple):
    """A message as it came off a link, complete but undecoded."""

    payload: bytes
    format: int


class Wire(Protocol):
    """What a link needs from its session."""

    channel: int

    @property
    def has_room(self) -> bool:
        """Whether what is sent now can leave soon."""

    def answer(self, link: "Link") -> None:
        """Attach a link that had been put off."""

    def refuse(self, link: "Link", error: AmqpError) -> None:
        """Refuse a link that had been put off."""

    def transfer(self, link: "OutgoingLink", payload: bytes, *, tag: bytes, settled: bool) -> None:
        """Send one message over the link."""

    def drop(self, link: "Link", error: AmqpError) -> None:
        """Detach the link from here."""


class Link:
    """What both directions have: names, an end point, and a way to learn that it is over.

    A node that may not know yet whether it accepts a link sets `is_put_off` and then answers or refuses it.
    """

    def __init__(self, attach: Attach, wire: Wire) -> None:
        self.attach = attach
        self.name = attach.name
        self.handle = attach.handle
        self.source: Terminus = terminus(attach.source)
        self.target: Terminus = terminus(attach.target)
        self.properties = attach.properties or {}
        self.wire = wire
        self.delivery_count = 0
        self.on_detach: list[Callable[[], object]] = []
        self.is_put_off = self.is_answered = False
        self.answered_filters: dict[str, bytes] = {}  # what the answer tells about source and link, encoded
        self.answered_properties: dict[str, bytes] = {}

    def detached(self) -> None:
        """Tell everyone concerned that the link is over."""
        for tell in self.on_detach:
            tell()

    def answer(self) -> None:
        """Accept a link that was put off."""
        self.is_answered = True
        self.wire.answer(self)

    def refuse(self, error: AmqpError) -> None:
        """Refuse a link that was put off."""
        self.wire.refuse(self, error)

    def drop(self, error: AmqpError) -> None:
        """Detach it with an error: it may not go on."""
        self.wire.drop(self, error)


class IncomingLink(Link):
    """Messages from the client: `on_message` gets each one and raises AmqpError to reject it."""

    def __init__(self, attach: Attach, wire: Wire) -> None:
        super().__init__(attach, wire)
        self.delivery_count = attach.initial_delivery_count or 0
        self.max_message_size: int | None = None
        self.on_message: Callable[[Message], None] = lambda _message: None
        self._first: Transfer | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._since_grant = 0

    def gather(self, transfer: Transfer, payload: bytes) -> tuple[Transfer, Message | AmqpError] | None:
        """Take one frame in; returns the first frame and the message once the last one is here.

        A message above `max_message_size` is read to its end without being kept, and becomes an error.
        """
        if self._first is None:
            self._first, self._parts, self._size = transfer, [], 0
        self._size += len(payload)
        if self._fits():
            self._parts.append(payload)
        if transfer.more and not transfer.aborted:
            return None
        return self._finish(transfer)

    def _finish(self, last: Transfer) -> tuple[Transfer, Message | AmqpError] | None:
        first, parts = self._first, self._parts
        self._first, self._parts = None, []
        if first is None or last.aborted:
            return None
        self.delivery_count = (self.delivery_count + 1) & _SERIAL
        self._since_grant += 1
        if not self._fits():
            return first, AmqpError("amqp:link:message-size-exceeded", self._too_big())
        return first, Message(b"".join(parts), first.message_format or 0)

    def _fits(self) -> bool:
        return self.max_message_size is None or self._size <= self.max_message_size

    def _too_big(self) -> str:
        return f"The message of {self._size} bytes exceeds the link's limit of {self.max_message_size} bytes."

    def wants_grant(self) -> bool:
        """Whether half of the credit is used up, so that it is time to grant it anew."""
        return self._since_grant >= INCOMING_CREDIT // 2

    def granted(self) -> None:
        """Note that the whole credit was granted."""
        self._since_grant = 0


class OutgoingLink(Link):
    """Messages to the client: `credit` says how many it still takes."""

    def __init__(self, attach: Attach, wire: Wire) -> None:
        super().__init__(attach, wire)
        self.is_settled_on_send = attach.sender_settle_mode == 1
        self.credit = 0
        self.on_credit: Callable[[], None] = lambda: None
        self.on_settle: Callable[[bytes, Outcome], None] = lambda _tag, _outcome: None

    @property
    def room(self) -> int:
        """How many messages may be sent now: the credit, unless what was sent before has not left yet."""
        return self.credit if self.wire.has_room else 0

    def send(self, payload: bytes, *, tag: bytes, settled: bool) -> None:
        """Send a message; uses one credit, which the caller has checked."""
        self.credit -= 1
        self.delivery_count = (self.delivery_count + 1) & _SERIAL
        self.wire.transfer(self, payload, tag=tag, settled=settled)

    def grant(self, flow: Flow) -> None:
        """Take the receiver's credit over, less what is under way (section 2.6.7)."""
        seen = 0 if flow.delivery_count is None else flow.delivery_count
        in_flight = (self.delivery_count - seen) & _SERIAL
        self.credit = max(0, (flow.link_credit or 0) - in_flight)
        if self.credit:
            self.on_credit()

    def drain(self) -> None:
        """Use up the credit that no message was there for."""
        self.delivery_count = (self.delivery_count + self.credit) & _SERIAL
        self.credit = 0

"""A client that speaks AMQP in raw frames to the protocol engine, without a socket."""

from collections.abc import Iterator

from devstack.servicebus.amqp import encode, frames
from devstack.servicebus.amqp.connection import Connection
from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.amqp.performatives import ATTACH, BEGIN, FLOW, OPEN, SOURCE, TARGET
from devstack.servicebus.amqp.types import Described
from devstack.servicebus.broker.bus import Bus, send
from devstack.servicebus.broker.settings import QueueSettings
from devstack.servicebus.cbs import AccessKey, Claims
from devstack.servicebus.nodes import Entrance
from tests.devstack.servicebus_parts import SECOND, Clock, encoded

IDLE = 60 * SECOND
TOKENLESS = AccessKey("name", "key")


class OpenClaims(Claims):
    """Claims that cover everything, for tests of what comes after them."""

    def require(self, path: str) -> None:
        del path


class Peer:
    """A client that speaks in raw frames."""

    def __init__(self, *, claims: type[Claims] = OpenClaims) -> None:
        self.clock = Clock()
        self.bus = Bus(
            [QueueSettings("jobs"), QueueSettings("talks", requires_session=True)], clock=self.clock
        )
        self.sent = bytearray()
        entrance = Entrance(self.bus, claims(TOKENLESS, self.clock))
        self.connection = Connection(entrance, write=self.sent.extend, clock=self.clock, idle_timeout=IDLE)

    def say(self, code: int, *fields: bytes, payload: bytes = b"", channel: int = 0) -> None:
        self.connection.receive(frames.build(channel, code, list(fields), payload=payload))

    def heard(self) -> list[tuple[int, list[object], bytes]]:
        """The frames since the last call, as code, fields and payload; headers and heartbeats left out."""
        found = list(_frames(self.sent))
        self.sent.clear()
        return found

    def open(self, *, idle_timeout: int = 0, max_frame: int = 65_536, window: int = 1000) -> None:
        self.connection.receive(frames.AMQP_HEADER)
        idle = encode.uint(idle_timeout) if idle_timeout else encode.NULL
        self.say(OPEN, encode.string("peer"), encode.NULL, encode.uint(max_frame), encode.ushort(9), idle)
        self.say(BEGIN, encode.NULL, encode.uint(0), encode.uint(window), encode.uint(1000))

    def attach(self, handle: int, address: str, *, receives: bool, session: str | None = None) -> None:
        terminus = encode.sequence([encode.string(address)])
        if session is not None:
            chosen = encode.mapping([(encode.symbol("com.microsoft:session-filter"), encode.string(session))])
            terminus = encode.sequence([encode.string(address), *[encode.NULL] * 6, chosen])
        name, role = encode.string(f"link {handle}"), encode.boolean(receives)
        ends = [encode.described(SOURCE, terminus), encode.described(TARGET, terminus)]
        self.say(ATTACH, name, encode.uint(handle), role, encode.ubyte(0), encode.ubyte(1), *ends)

    def flow(self, *, window: int, handle: int, credit: int, next_id: int = 0, seen: int = 0) -> None:
        session = [encode.uint(next_id), encode.uint(window), encode.uint(0), encode.uint(1000)]
        self.say(FLOW, *session, encode.uint(handle), encode.uint(seen), encode.uint(credit))

    def queue(self, text: str) -> None:
        send(self.bus.find("jobs"), encoded(text))


def _frames(data: bytearray) -> Iterator[tuple[int, list[object], bytes]]:
    at = 0
    while at < len(data):
        if data[at : at + 4] == b"AMQP":
            at += frames.HEADER_SIZE
            continue
        cut = frames.cut(data, at)
        assert cut is not None, "the server sent half a frame"
        frame, at = cut
        if frame.body:
            value, after = decode(frame.body)
            assert isinstance(value, Described)
            assert isinstance(value.descriptor, int)
            assert isinstance(value.value, list)
            yield value.descriptor, value.value, frame.body[after:]


def error_of(fields: list[object]) -> str:
    error = fields[-1]
    assert isinstance(error, Described)
    assert isinstance(error.value, list)
    assert len(error.value) == 3, "clients index all three fields of an error"
    return str(error.value[0])

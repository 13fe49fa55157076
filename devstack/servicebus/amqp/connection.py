"""One connection as a pure state machine: bytes in, bytes out, no socket (AMQP 1.0 part 2, section 2.4).

Bytes that break the protocol end in a close frame that names the mistake, never in an exception.
"""

import enum
from collections.abc import Callable

from devstack.servicebus.amqp import encode, frames, outcomes, performatives
from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Detach,
    Disposition,
    End,
    Flow,
    Open,
    Performative,
    Transfer,
)
from devstack.servicebus.amqp.session import Container, Session
from devstack.servicebus.amqp.types import AmqpError, Described

CHANNEL_MAX = 255
IDLE_TIMEOUT_MS = 240_000  # what the service offers
OPENING_TIMEOUT_MS = 20_000  # for the headers, SASL and the open frame
_OPENING_TICK_MS = 1000
_SASL_MECHANISMS, _SASL_INIT, _SASL_OUTCOME = 0x40, 0x41, 0x44
_MECHANISMS = ("MSSBCBS", "ANONYMOUS")  # who the client is comes later, through $cbs
_SASL_OK, _SASL_REFUSED = 0, 1


class State(enum.Enum):
    """How far the connection has come."""

    HEADER = enum.auto()
    SASL = enum.auto()
    OPENING = enum.auto()
    OPEN = enum.auto()
    CLOSED = enum.auto()


class Connection:
    """Feed `receive` with what the socket yields, call `tick` now and then; `write` gets what must be sent.

    `clock` gives milliseconds; `idle_timeout` is the silence, in milliseconds, that the peer must keep below.
    """

    def __init__(
        self,
        container: Container,
        *,
        write: Callable[[bytes], None],
        clock: Callable[[], int],
        container_id: str = "servicebus",
        idle_timeout: int = IDLE_TIMEOUT_MS,
    ) -> None:
        self.state = State.HEADER
        self._container = container
        self._write_out = write
        self._clock = clock
        self._container_id = container_id
        self._idle_timeout = idle_timeout
        self._buffer = bytearray()
        self._peer_max_frame = frames.MIN_FRAME
        self._peer_idle_timeout: int | None = None
        self._sessions: dict[int, Session] = {}
        self._is_congested = False
        self._begun = self._last_heard = self._last_sent = clock()
        self._handlers: dict[type[Performative], Callable[..., None]] = {
            Begin: self._begin,
            Attach: lambda channel, attach: self._session(channel).attach(attach),
            Disposition: self._dispose,
            Flow: self._flow,
            Detach: self._detach,
            End: self._end,
            Close: self._close,
        }

    @property
    def is_closed(self) -> bool:
        """Whether the socket may be closed once everything is written."""
        return self.state is State.CLOSED

    def receive(self, data: bytes) -> None:
        """Take bytes from the peer."""
        self._last_heard = self._clock()
        self._buffer += data
        try:
            self._consume()
        except AmqpError as error:
            self.fail(error)

    def lost(self) -> None:
        """The socket is gone: let go of all links."""
        self.state = State.CLOSED
        self._drop_sessions()

    def pause(self) -> None:
        """Deliver no more for now: the socket does not take what was written."""
        self._is_congested = True

    def resume(self) -> None:
        """Deliver again, if it was paused."""
        if self._is_congested:
            self._is_congested = False
            for session in list(self._sessions.values()):
                session.resume()

    def tick(self) -> None:
        """Send a heartbeat when the peer needs one; give up on a peer silent for twice its time.

        A peer that has not opened the connection within `OPENING_TIMEOUT_MS` is given up as well.
        """
        now = self._clock()
        if self.state is not State.OPEN:
            if now - self._begun >= OPENING_TIMEOUT_MS:
                self.fail(AmqpError("amqp:connection:forced", "The connection was not opened in time."))
            return
        self._container.advance()
        if now - self._last_heard >= 2 * self._idle_timeout:
            self.fail(
                AmqpError("amqp:resource-limit-exceeded", "The peer was silent beyond the idle timeout.")
            )
        elif self._peer_idle_timeout and now - self._last_sent >= self._peer_idle_timeout // 2:
            self._write(frames.HEARTBEAT)

    def tick_interval(self) -> int:
        """How soon `tick` must be called next, in milliseconds."""
        if self.state is not State.OPEN:
            return _OPENING_TICK_MS
        beat = min(self._idle_timeout, self._peer_idle_timeout or self._idle_timeout) // 4
        deadline = self._container.next_deadline()
        if deadline is not None:
            beat = min(beat, deadline - self._clock() + 1)
        return max(1, beat)

    def fail(self, error: AmqpError) -> None:
        """Close with an error."""
        if self.state in (State.OPENING, State.OPEN):
            if self.state is State.OPENING:
                self._answer_open()
            self._write(frames.build(0, performatives.CLOSE, [outcomes.write_error(error)]))
        self.state = State.CLOSED
        self._drop_sessions()

    # bytes to frames

    def _write(self, data: bytes) -> None:
        self._last_sent = self._clock()
        self._write_out(data)

    def _consume(self) -> None:
        at = 0
        while self.state is not State.CLOSED:
            after = self._step(at)
            if after is None:
                break
            at = after
        del self._buffer[:at]

    def _step(self, at: int) -> int | None:
        if self.state is State.HEADER or self._buffer[at : at + 4] == frames.AMQP_HEADER[:4]:
            return self._header(at)
        cut = frames.cut(self._buffer, at)
        if cut is None:
            return None
        frame, after = cut
        self._frame(frame)
        return after

    def _header(self, at: int) -> int | None:
        if len(self._buffer) - at < frames.HEADER_SIZE:
            return None
        header = bytes(self._buffer[at : at + frames.HEADER_SIZE])
        if self.state is State.HEADER and header == frames.SASL_HEADER:
            offer = frames.build(0, _SASL_MECHANISMS, [encode.symbols(_MECHANISMS)], kind=frames.SASL_FRAME)
            self._write(header + offer)
            self.state = State.SASL
        elif self.state is State.HEADER and header == frames.AMQP_HEADER:
            self._write(header)
            self.state = State.OPENING
        else:  # section 2.2: answer with a header that is supported, then close
            self._write(frames.SASL_HEADER)
            self.state = State.CLOSED
        return at + frames.HEADER_SIZE

    def _frame(self, frame: frames.Frame) -> None:
        if not frame.body:
            return
        value, after = decode(frame.body)
        if frame.kind == frames.SASL_FRAME:
            self._authenticate(value)
            return
        if self.state is State.SASL:
            raise AmqpError("amqp:not-allowed", "A SASL exchange must come first.")
        performative = performatives.read(value)
        if isinstance(performative, Transfer):
            self._transfer(frame.channel, performative, frame.body[after:])
        elif isinstance(performative, Open):
            self._open(performative)
        elif self.state is not State.OPEN:
            raise AmqpError("amqp:illegal-state", "The first frame of a connection must be open.")
        else:
            self._handlers[type(performative)](frame.channel, performative)

    # the connection's own frames

    def _authenticate(self, value: object) -> None:
        if self.state is not State.SASL or type(value) is not Described or value.descriptor != _SASL_INIT:
            raise AmqpError("amqp:not-allowed", "Expected one sasl-init frame.")
        fields = value.value if isinstance(value.value, list) else []
        is_known = bool(fields) and fields[0] in _MECHANISMS
        code = _SASL_OK if is_known else _SASL_REFUSED
        self._write(frames.build(0, _SASL_OUTCOME, [encode.ubyte(code)], kind=frames.SASL_FRAME))
        self.state = State.HEADER if is_known else State.CLOSED

    def _open(self, peer: Open) -> None:
        if self.state is not State.OPENING:
            raise AmqpError("amqp:illegal-state", "The connection is open already.")
        if peer.max_frame_size < frames.MIN_FRAME:
            raise AmqpError("amqp:invalid-field", f"max-frame-size must be at least {frames.MIN_FRAME}.")
        self._container.admit()
        self._peer_max_frame = min(peer.max_frame_size, frames.MAX_FRAME)
        self._peer_idle_timeout = peer.idle_timeout
        self._answer_open()
        self.state = State.OPEN

    def _answer_open(self) -> None:
        fields = [
            encode.string(self._container_id),
            encode.NULL,
            encode.uint(frames.MAX_FRAME),
            encode.ushort(CHANNEL_MAX),
            encode.uint(self._idle_timeout),
        ]
        self._write(frames.build(0, performatives.OPEN, fields))

    def _close(self, _channel: int, _close: Close) -> None:
        self._write(frames.build(0, performatives.CLOSE, []))
        self.state = State.CLOSED
        self._drop_sessions()

    def _drop_sessions(self) -> None:
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            session.close()

    # frames of a session

    def _begin(self, channel: int, begin: Begin) -> None:
        if channel in self._sessions or channel > CHANNEL_MAX:
            raise AmqpError("amqp:not-allowed", f"Channel {channel} is in use or above {CHANNEL_MAX}.")
        self._sessions[channel] = Session(
            channel,
            begin,
            container=self._container,
            write=self._write,
            peer_max_frame=self._peer_max_frame,
            is_congested=lambda: self._is_congested,
        )

    def _session(self, channel: int) -> Session:
        session = self._sessions.get(channel)
        if session is None:
            raise AmqpError("amqp:illegal-state", f"Channel {channel} has no session.")
        return session

    def _transfer(self, channel: int, transfer: Transfer, payload: bytes) -> None:
        if self.state is not State.OPEN:
            raise AmqpError("amqp:illegal-state", "The first frame of a connection must be open.")
        self._session(channel).receive(transfer, payload)

    # clients end a session and then still detach its links: what comes late is ignored

    def _dispose(self, channel: int, disposition: Disposition) -> None:
        if channel in self._sessions:
            self._sessions[channel].dispose(disposition)

    def _flow(self, channel: int, flow: Flow) -> None:
        if channel in self._sessions:
            self._sessions[channel].flow(flow)

    def _detach(self, channel: int, detach: Detach) -> None:
        if channel in self._sessions:
            self._sessions[channel].detach(detach)

    def _end(self, channel: int, _end: End) -> None:
        session = self._sessions.pop(channel, None)
        if session is not None:
            session.close()
            self._write(frames.build(channel, performatives.END, []))

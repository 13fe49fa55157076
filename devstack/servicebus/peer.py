"""One socket of the emulator: bytes to the protocol engine and back, with back-pressure both ways.

What the connection writes within one turn of the loop leaves in one piece, once everything that it
acknowledges is committed. A client that grants credit and does not read gets HIGH_WATER bytes ahead, no more.
"""

import asyncio
import logging
import socket
from collections import deque
from typing import Protocol

from devstack.servicebus.amqp.connection import Connection
from devstack.servicebus.broker.settings import SECOND

HIGH_WATER = 256 * 1024  # bytes that wait for the client before nothing is delivered any more
_FLOOD = 4 * HIGH_WATER  # bytes of answers that wait before nothing is read any more

_log = logging.getLogger(__name__)


class Host(Protocol):
    """The server that a socket belongs to."""

    delay: float  # seconds by which everything sent is held back

    def admit(self, peer: "Peer") -> Connection | None:
        """The protocol state for a new socket, or None when it is turned away."""

    def forget(self, peer: "Peer") -> None:
        """The socket is gone."""

    def commit(self) -> bool:
        """Write down what has changed; False when nothing may be acknowledged."""

    def touched(self) -> None:
        """Something may have changed in the queues."""


class Peer(asyncio.Protocol):
    """One client's socket."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._connection: Connection | None = None
        self._out: list[bytes] = []
        self._waiting = 0  # bytes in `_out`
        self._held_back: deque[tuple[float, bytes]] = deque()  # with the time to leave
        self._is_full = False
        self._is_closing = False
        self._ticker: asyncio.TimerHandle | None = None

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("Only stream transports carry AMQP.")
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.set_write_buffer_limits(high=HIGH_WATER)
        self._connection = self._host.admit(self)
        if self._connection is None:
            transport.abort()
            return
        self._arm_ticker(self._connection)

    def data_received(self, data: bytes) -> None:
        if self._connection is None or self._connection.is_closed:
            return
        self._connection.receive(data)
        if self._connection.is_closed:
            self._close_soon()
        else:
            self._arm_ticker(self._connection)
        self._host.touched()

    def pause_writing(self) -> None:
        self._is_full = True
        if self._connection is not None:
            self._connection.pause()

    def resume_writing(self) -> None:
        self._is_full = False
        if self._transport is not None:
            self._transport.resume_reading()
        self._resume()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            _log.debug("A connection broke: %s", exc)
        self._transport = None
        if self._ticker is not None:
            self._ticker.cancel()
        if self._connection is not None:
            self._connection.lost()
        self._host.forget(self)
        self._host.touched()

    # what the connection and the server call

    def write(self, data: bytes) -> None:
        """Send bytes at the end of this turn of the loop."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(data)
        self._waiting += len(data)
        if self._waiting > HIGH_WATER and self._connection is not None:
            self._connection.pause()

    def abort(self) -> None:
        """Drop the socket, what is unsent included."""
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        out, self._out, self._waiting = self._out, [], 0
        if not self._host.commit():
            self.abort()
            return
        if self._host.delay or self._held_back:
            self._hold_back(b"".join(out))
        elif self._transport is not None:
            self._transport.write(b"".join(out))
            self._stop_reading_when_flooded(self._transport)
        if not self._is_full:
            self._resume()

    def _resume(self) -> None:
        if self._connection is not None and not self._connection.is_closed:
            self._connection.resume()
            self._host.touched()

    def _stop_reading_when_flooded(self, transport: asyncio.Transport) -> None:
        if transport.get_write_buffer_size() > _FLOOD:
            transport.pause_reading()

    # a fault: everything sent is held back

    def _hold_back(self, data: bytes) -> None:
        if not self._held_back:
            self._loop.call_later(self._host.delay, self._let_go)
        self._held_back.append((self._loop.time() + self._host.delay, data))

    def _let_go(self) -> None:
        now = self._loop.time()
        while self._held_back and self._held_back[0][0] <= now:
            _, data = self._held_back.popleft()
            if self._transport is not None:
                self._transport.write(data)
        if self._held_back:
            self._loop.call_later(max(0, self._held_back[0][0] - now), self._let_go)
        elif self._is_closing and self._transport is not None:
            self._transport.close()

    # time

    def _arm_ticker(self, connection: Connection) -> None:
        due = self._loop.time() + connection.tick_interval() / SECOND
        if self._ticker is not None:
            if self._ticker.when() <= due:
                return
            self._ticker.cancel()
        self._ticker = self._loop.call_at(due, self._tick, connection)

    def _tick(self, connection: Connection) -> None:
        self._ticker = None
        connection.tick()
        if connection.is_closed:
            self._close_soon()
        else:
            self._arm_ticker(connection)
        self._host.touched()

    def _close_soon(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._loop.call_soon(self._finish)

    def _finish(self) -> None:
        if self._out:
            self._flush()
        if self._transport is not None and not self._held_back:
            self._transport.close()

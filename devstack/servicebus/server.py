"""The emulator on asyncio: sockets for the connections, one timer for the queues, one for the heartbeats."""

import asyncio
import logging
import socket
import time
from collections.abc import Iterable

from devstack.servicebus.amqp.connection import IDLE_TIMEOUT_MS, Connection
from devstack.servicebus.broker.bus import Bus
from devstack.servicebus.broker.settings import SECOND, QueueSettings
from devstack.servicebus.cbs import AccessKey, Claims
from devstack.servicebus.nodes import Entrance

_log = logging.getLogger(__name__)


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Server:
    """A namespace that listens; made and used inside one running event loop.

    `idle_timeout` is the silence, in milliseconds, that clients are asked to keep below.
    """

    def __init__(
        self, queues: Iterable[QueueSettings], access: AccessKey, *, idle_timeout: int = IDLE_TIMEOUT_MS
    ) -> None:
        self.bus = Bus(queues, clock=now)
        self.access = access
        self._idle_timeout = idle_timeout
        self._loop = asyncio.get_running_loop()
        self._peers: set[_Peer] = set()
        self._refuses_until = 0
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for: int | None = None
        self._listening: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Accept connections on a listening socket."""
        self._listening = await self._loop.create_server(lambda: _Peer(self), sock=listener)

    async def stop(self) -> None:
        """Drop all connections and listen no more."""
        if self._listening is not None:
            self._listening.close()
        if self._timer is not None:
            self._timer.cancel()
        self.disconnect_all()

    def refuse(self, seconds: float) -> None:
        """Drop all connections and turn new ones away for a while; messages stay."""
        self._refuses_until = now() + round(seconds * SECOND)
        self.disconnect_all()

    def disconnect_all(self) -> None:
        """Drop all connections without a word, as a crash would."""
        for peer in list(self._peers):
            peer.abort()

    def admit(self, peer: "_Peer") -> Connection | None:
        """The protocol state for a new connection, or None while connections are refused."""
        if now() < self._refuses_until:
            return None
        self._peers.add(peer)
        entrance = Entrance(self.bus, Claims(self.access, now))
        return Connection(entrance, write=peer.write, clock=now, idle_timeout=self._idle_timeout)

    def forget(self, peer: "_Peer") -> None:
        """The connection is gone."""
        self._peers.discard(peer)

    def rearm(self) -> None:
        """Set the timer to the queues' next deadline, if it is not set so already."""
        deadline = self.bus.next_deadline()
        if deadline == self._armed_for:
            return
        self._armed_for = deadline
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_later(max(1, deadline - now() + 1) / SECOND, self._due)

    def _due(self) -> None:
        self._timer = self._armed_for = None
        self.bus.advance()
        self.rearm()


class _Peer(asyncio.Protocol):
    """One socket: what the connection writes within one turn of the loop leaves in one piece."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._connection: Connection | None = None
        self._out: list[bytes] = []
        self._ticker: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("Only stream transports carry AMQP.")
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = self._server.admit(self)
        if self._connection is None:
            transport.abort()
            return
        self._arm_ticker(self._connection)

    def data_received(self, data: bytes) -> None:
        if self._connection is None:
            return
        was_closed = self._connection.is_closed
        self._connection.receive(data)
        if self._connection.is_closed and not was_closed:
            self._loop.call_soon(self._finish)
        self._server.rearm()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            _log.debug("A connection broke: %s", exc)
        self._transport = None
        if self._ticker is not None:
            self._ticker.cancel()
        if self._connection is not None:
            self._connection.lost()
        self._server.forget(self)

    def write(self, data: bytes) -> None:
        """Send bytes at the end of this turn of the loop."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(data)

    def abort(self) -> None:
        """Drop the socket, what is unsent included."""
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        if self._transport is not None:
            self._transport.write(b"".join(self._out))
        self._out.clear()

    def _finish(self) -> None:
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def _arm_ticker(self, connection: Connection) -> None:
        delay = connection.tick_interval() / SECOND
        self._ticker = self._loop.call_later(delay, self._tick, connection)

    def _tick(self, connection: Connection) -> None:
        connection.tick()
        if connection.is_closed:
            self._finish()
        else:
            self._arm_ticker(connection)

"""The emulator on asyncio: a listening socket, one timer for all queues, and what tests break."""

import asyncio
import logging
import socket
import time
from collections.abc import Iterable

from devstack.entra import Issuer
from devstack.servicebus.amqp.connection import IDLE_TIMEOUT_MS, Connection
from devstack.servicebus.broker.bus import Bus
from devstack.servicebus.broker.errors import TooManyConnections
from devstack.servicebus.broker.settings import SECOND, QueueSettings
from devstack.servicebus.cbs import AccessKey, Claims
from devstack.servicebus.limits import CLOUD, Limits
from devstack.servicebus.nodes import Entrance
from devstack.servicebus.peer import Peer
from devstack.servicebus.state import State, StateError

_log = logging.getLogger(__name__)


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Server:
    """A namespace that listens; made and used inside one running event loop.

    With a `state` it goes on where the last one ended, and `failed` is set once the disk refuses to keep it.
    `idle_timeout` is the silence, in milliseconds, that clients are asked to keep below.
    """

    def __init__(
        self,
        queues: Iterable[QueueSettings],
        access: AccessKey,
        *,
        issuer: Issuer | None = None,
        state: State | None = None,
        limits: Limits = CLOUD,
        idle_timeout: int = IDLE_TIMEOUT_MS,
    ) -> None:
        self.bus = _bus(queues, state, limits)
        self.delay = 0.0
        self.failed = asyncio.Event()
        self._state = state
        self.access = access
        self._issuer = issuer
        self._limits = limits
        self._idle_timeout = idle_timeout
        self._loop = asyncio.get_running_loop()
        self._peers: set[Peer] = set()
        self._refuses_until = 0
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for: int | None = None
        self._is_touched = False
        self._listening: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Accept connections on a listening socket."""
        self._listening = await self._loop.create_server(lambda: Peer(self), sock=listener)
        self.touched()

    async def stop(self) -> None:
        """Drop all connections, listen no more, and keep the state."""
        if self._listening is not None:
            self._listening.close()
        if self._timer is not None:
            self._timer.cancel()
        self.disconnect_all()
        if self.commit() and self._state is not None:
            self._state.close()

    # faults

    def refuse(self, seconds: float) -> None:
        """Drop all connections and turn new ones away for a while; messages stay."""
        self._refuses_until = now() + round(seconds * SECOND)
        self.disconnect_all()

    def disconnect_all(self) -> None:
        """Drop all connections without a word, as a crash would."""
        for peer in list(self._peers):
            peer.abort()

    # what the sockets call

    def admit(self, peer: Peer) -> Connection | None:
        """The protocol state for a new connection, or None while connections are refused."""
        if now() < self._refuses_until:
            return None
        self._peers.add(peer)
        claims = Claims(self.access, now, issuer=self._issuer)
        entrance = Entrance(self.bus, claims, admit=self._require_room)
        return Connection(entrance, write=peer.write, clock=now, idle_timeout=self._idle_timeout)

    def _require_room(self) -> None:
        most = self._limits.connections
        if most is not None and len(self._peers) > most:
            raise TooManyConnections(f"The namespace takes no more than {most} connections.")

    def forget(self, peer: Peer) -> None:
        """The connection is gone."""
        self._peers.discard(peer)

    def commit(self) -> bool:
        """Write down what has changed; once that fails, nothing is acknowledged any more."""
        if self._state is None:
            return True
        try:
            if not self.failed.is_set():
                self._state.commit()
        except StateError as error:
            _log.critical("%s", error)
            self.failed.set()
        return not self.failed.is_set()

    def touched(self) -> None:
        """Something may have changed in the queues: commit and set the timer at the end of this turn."""
        if not self._is_touched:
            self._is_touched = True
            self._loop.call_soon(self._settle)

    def _settle(self) -> None:
        self._is_touched = False
        self.commit()
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
        self.touched()


def _bus(queues: Iterable[QueueSettings], state: State | None, limits: Limits) -> Bus:
    if state is None:
        return Bus(queues, clock=now, max_queues=limits.queues)
    known = {settings.name.lower(): settings for settings in [*state.defined(), *queues]}
    bus = Bus(known.values(), clock=now, archive=state, max_queues=limits.queues)
    state.restore(bus)
    return bus

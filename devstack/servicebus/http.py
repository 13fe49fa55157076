"""The HTTP surfaces of the emulator, beside AMQP in the one event loop, with patience bounded."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_BODY = 65_536  # bytes; no request of these surfaces needs more
PATIENCE_S = 15.0  # for the headers of a request, and for its body


@contextlib.asynccontextmanager
async def served(
    app: ASGIApp, listener: socket.socket, *, certificate: Path | None = None, patience: float = PATIENCE_S
) -> AsyncIterator[None]:
    """Serve an application on a listening socket within the block.

    `certificate` is a PEM file with key and chain and makes it https. A client that has not sent the headers
    of its request within `patience` seconds is let go.
    """
    config = uvicorn.Config(
        app,
        http=_impatient(patience),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.002)
    yield
    server.should_exit = True
    await serving


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the process's own waiting for signals goes on


def _impatient(patience: float) -> type[asyncio.Protocol]:
    """uvicorn limits the pause between requests, not how slowly the headers of one may trickle in."""

    class Impatient(H11Protocol):
        _asked: object = None
        _watch: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._watch = self.loop.call_later(patience, self._look)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._watch is not None:
                self._watch.cancel()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            # Garbage behind a request's headers: the request that waits for its body has no one to answer.
            if self.cycle is not None and not self.cycle.response_complete:
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            super().send_400_response(msg)

        def _look(self) -> None:
            is_idle = self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None
            if is_idle and self.cycle is self._asked:
                self.transport.close()
                return
            self._asked = self.cycle
            self._watch = self.loop.call_later(patience, self._look)

    return Impatient

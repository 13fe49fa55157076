"""How a devstack server that is an ASGI app is served; apart from `serving`, because not all of them are."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from devstack.serving import announce, listen, told_to_stop


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield  # told_to_stop owns the signals


async def serve_http(
    app: ASGIApp,
    *,
    port: int,
    leash: bool,
    when_ready: Callable[[], Awaitable[None]] | None = None,
    certificate: Path | None = None,
) -> None:
    """Serve an ASGI app on loopback until told to stop; open requests get two seconds to finish.

    `certificate` is a PEM file with key and chain and makes it https.
    """
    listener = listen(port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=certificate,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.005)
    if not serving.done():
        announce("https" if certificate else "http", listener)
        if when_ready is not None:
            await when_ready()
        await told_to_stop(leash=leash)
    server.should_exit = True
    await serving

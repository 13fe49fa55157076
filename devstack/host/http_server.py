"""The front's HTTP server: all client connections of one listening socket."""

import asyncio
import socket
from time import monotonic

from devstack.host.connection import Connection, Handler, Patience

_PATIENCE = Patience()


class HttpServer:
    """All connections of one listening socket."""

    def __init__(self, answer: Handler, patience: Patience = _PATIENCE) -> None:
        self._answer = answer
        self._patience = patience
        self._connections: set[Connection] = set()
        self._server: asyncio.Server
        self._sweeper: asyncio.Task[None]

    async def start(self, listener: socket.socket) -> None:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._answer, self._connections, self._patience), sock=listener
        )
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self, *, grace: float) -> None:
        """Accept no more; open requests get `grace` seconds."""
        self._server.close()
        self._sweeper.cancel()
        for connection in list(self._connections):
            connection.close_when_idle()
        tasks = [one.task for one in self._connections if one.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for connection in list(self._connections):
            if connection.task is not None:
                connection.task.cancel()
            connection.abort()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._patience.sweep)
            now = monotonic()
            for connection in [one for one in self._connections if one.deadline < now]:
                connection.abort()

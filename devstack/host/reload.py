"""A front process that restarts the host when the app changes and keeps its port meanwhile.

The front owns the listening socket and the child inherits it: connections made while no child runs wait in
its backlog. While a changed app does not start, the front itself answers 503.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from devstack.host.errors import REFUSED
from devstack.host.invocations import report
from devstack.host.server import Launch
from devstack.host.watching import Watcher
from devstack.serving import announce, told_to_stop

_CRASH_PAUSE = 1.0  # seconds before a child that died by itself is started again
_CLOSING = 5.0  # seconds beyond the drain before a child is killed
_ANSWER = b"The app does not start; its host printed why. Save a fix and ask again.\n"
_UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\nretry-after: 1\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(_ANSWER), _ANSWER)
)


async def watch(launch: Launch, listener: socket.socket, arguments: Sequence[str]) -> int:
    """Run the host as a child until told to stop; its exit code when it does not start the first time."""
    child = _Child(listener, arguments, patience=launch.drain + _CLOSING)
    watcher = Watcher(launch.app, launch.settings)
    watcher.start()
    told = asyncio.create_task(told_to_stop(leash=launch.leash))
    try:
        if not await child.start():
            return child.code
        announce("http", listener)
        await _restart_on_change(child, watcher, listener, told)
    finally:
        await watcher.stop()
        await child.stop()
    return 0


async def _restart_on_change(
    child: "_Child", watcher: Watcher, listener: socket.socket, told: "asyncio.Task[None]"
) -> None:
    while True:
        changed = asyncio.create_task(watcher.changed())
        died = asyncio.create_task(child.exited())
        waiting = {told, changed, died}
        async with _standing_in(listener, needed=child.code == REFUSED):
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        changed.cancel()
        died.cancel()
        if told.done():
            return
        if changed.done():  # a task that was done cannot be cancelled
            report(f"restarting: {', '.join(changed.result())} changed")
        else:
            report(f"the app's process ended with code {child.code}; starting it again")
            await asyncio.sleep(_CRASH_PAUSE)
        await child.stop()
        await child.start()


class _Child:
    """The host process that runs the app, started again and again on one socket."""

    def __init__(self, listener: socket.socket, arguments: Sequence[str], *, patience: float) -> None:
        self._descriptor = listener.fileno()
        self._arguments = arguments
        self._patience = patience
        self._process: asyncio.subprocess.Process | None = None
        self._output: asyncio.Task[None] | None = None
        self.code = 0

    async def start(self) -> bool:
        """Start and wait until it serves; False when it ended instead, with the reason in `code`."""
        self.code = 0
        options = [*self._arguments, "--leash", "--socket", str(self._descriptor)]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "devstack.host", *options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=[self._descriptor],
        )
        ready = asyncio.Event()
        self._output = asyncio.create_task(self._pass_on_output(self._process, ready))
        await asyncio.wait(
            {asyncio.create_task(ready.wait()), self._output}, return_when=asyncio.FIRST_COMPLETED
        )
        if not ready.is_set():
            self.code = await self._process.wait()
        return ready.is_set()

    async def exited(self) -> None:
        """Wait until a child that served has ended; for ever when it refused the app."""
        if self._process is None or self.code == REFUSED:
            await asyncio.Event().wait()
        else:
            self.code = await self._process.wait()

    async def stop(self) -> None:
        """End the child: let go of its leash, then SIGKILL when it does not close in time."""
        if self._process is None or self._process.returncode is not None:
            return
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.close()
        try:
            async with asyncio.timeout(self._patience):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _pass_on_output(self, process: asyncio.subprocess.Process, ready: asyncio.Event) -> None:
        """Copy the child's standard output but for its `ready` line."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        async for line in process.stdout:
            if not ready.is_set() and line.startswith(b"ready "):
                ready.set()
                continue
            sys.stdout.buffer.write(line)
            sys.stdout.flush()


@asynccontextmanager
async def _standing_in(listener: socket.socket, *, needed: bool) -> AsyncIterator[None]:
    """Answer 503 on the socket while no child does."""
    if not needed:
        yield
        return
    server = await asyncio.start_server(_say_unavailable, sock=listener.dup())
    try:
        yield
    finally:
        server.close()


async def _say_unavailable(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_UNAVAILABLE)
        await writer.drain()
    writer.close()

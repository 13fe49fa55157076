"""Start worker processes: each a fresh interpreter whose standard input is its leash."""

import asyncio
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Spawned(Protocol):
    """A process of one app."""

    def kill(self) -> None:
        """SIGKILL it if it still runs."""
        ...

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        ...


class Spawner(Protocol):
    """A way to start worker processes."""

    async def spawn(self, app: Path, settings: Mapping[str, str]) -> tuple[Spawned, socket.socket]:
        """A process for an app with these settings as its environment, and our end of its socket pair."""
        ...

    def learn(self, modules: list[str]) -> None:
        """Told which installed modules an app imports."""
        ...

    async def close(self) -> None:
        """End what belongs to the spawner itself; its processes are ended by whoever wanted them."""
        ...


class FreshProcesses:
    """Each worker is an interpreter of its own, started from nothing."""

    async def spawn(self, app: Path, settings: Mapping[str, str]) -> tuple[Spawned, socket.socket]:
        """See `Spawner`."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "devstack.host.process", str(theirs.fileno()), str(app)),
                stdin=asyncio.subprocess.PIPE,  # the leash: it ends with us, even by SIGKILL
                pass_fds=[theirs.fileno()],
                env=settings,
            )
        return _Fresh(process), ours

    def learn(self, modules: list[str]) -> None:
        """Of no use here."""

    async def close(self) -> None:
        """Nothing to end."""


class _Fresh:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    async def wait(self) -> int:
        return await self._process.wait()

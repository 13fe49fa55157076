"""Worker processes forked from one that already holds the packages the app imports, for quick reloads.

The standard library's fork server does the work: it has a single thread when it forks, and only the app's
own files are imported anew. Where importing packages starts a thread (see `preloaded`), workers start from
nothing.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from multiprocessing import forkserver, parent_process
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from devstack.host.reports import report
from devstack.host.spawning import FreshProcesses, Spawned

MODULES = "DEVSTACK_HOST_PRELOAD"  # environment variable by which `preloaded` is told, commas between names


class Forks:
    """A `Spawner`: the first process starts from nothing; what it tells of the app's imports makes forks."""

    def __init__(self) -> None:
        self._fresh = FreshProcesses()
        self._warm = False
        self._settings: Mapping[str, str] = {}

    async def spawn(self, app: Path, settings: Mapping[str, str]) -> tuple[Spawned, socket.socket]:
        """See `Spawner`."""
        self._settings = settings
        if self._warm:
            try:
                return await _fork(app, settings)
            except (OSError, EOFError) as error:
                self._warm = False
                report(f"reloads will take longer: the packages cannot be kept in memory ({error!r})")
        return await self._fresh.spawn(app, settings)

    def learn(self, modules: list[str]) -> None:
        """Have these modules in memory before the next fork; only the first call counts."""
        if self._warm:
            return
        multiprocessing.set_forkserver_preload(["devstack.host.preloaded"])
        names = ",".join(["devstack.host.process", *modules])
        with _environment(
            {**self._settings, MODULES: names}
        ):  # packages read settings when they are imported
            forkserver.ensure_running()
        self._warm = True

    async def close(self) -> None:
        """The fork server ends with this process."""


async def _fork(app: Path, settings: Mapping[str, str]) -> tuple[Spawned, socket.socket]:
    ours, theirs = socket.socketpair()
    process = multiprocessing.get_context("forkserver").Process(
        target=run_fork, args=(theirs, app, dict(settings)), daemon=True
    )
    try:
        await asyncio.to_thread(process.start)
    except BaseException:  # without our end a process that has started nevertheless ends itself
        ours.close()
        raise
    finally:
        theirs.close()
    return _Forked(process), ours


class _Forked:
    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self._loop = asyncio.get_running_loop()
        self._code: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(process.sentinel, self._note_end)

    def kill(self) -> None:
        if not self._code.done() and self._process.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def wait(self) -> int:
        return await asyncio.shield(self._code)

    def _note_end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._code.set_result(self._process.exitcode or 0)


def run_fork(end: socket.socket, app: Path, settings: Mapping[str, str]) -> None:
    """Be a worker process in a fork, with these settings as the environment."""
    from devstack.host.process import run_worker  # noqa: PLC0415 - the front has no use for it

    os.environ.clear()
    os.environ.update(settings)
    run_worker(end, app, front_gone=_wait_for_the_front)


def _wait_for_the_front() -> None:
    front = parent_process()
    if front is not None:
        front.join()


@contextlib.contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """These settings as our environment for a moment, as the server that is started inherits it."""
    kept = dict(os.environ)
    os.environ.clear()
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)

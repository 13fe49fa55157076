"""Workers forked from a process that already holds the packages the app imports, for quick reloads.

Only the app's own files are imported anew. The process has a single thread and no event loop when it forks;
where importing packages starts a thread, nothing is kept in memory and a reload takes as long as a start.
"""

import asyncio
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devstack.host.reports import report
from devstack.host.spawning import Spawned

_MESSAGE = 1024 * 1024  # bytes of one request at most
_POLL = 0.02  # seconds between two questions whether a process has ended


class Nursery:
    """The front's side: a `Spawner` whose processes are forks."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket
        self._turn = asyncio.Lock()
        self._learning: asyncio.Task[None] | None = None
        self._warm = True

    async def spawn(self, app: Path, settings: Mapping[str, str]) -> tuple[Spawned, socket.socket]:
        """See `Spawner`."""
        ours, theirs = socket.socketpair()
        with theirs:
            request = {"do": "fork", "app": str(app), "settings": dict(settings)}
            try:
                pid = await self._ask(request, settings, theirs.fileno())
            except ConnectionError:  # it was killed; its successor does it
                self._process = None
                pid = await self._ask(request, settings, theirs.fileno())
        return _Forked(pid, self), ours

    def learn(self, modules: list[str]) -> None:
        """Have these modules in memory before the next fork."""
        if self._learning is None and self._warm:
            self._learning = asyncio.create_task(self._preload(modules))

    async def close(self) -> None:
        """Let go of the process, which then ends."""
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.gather(self._learning, return_exceptions=True)
        await self._let_go()

    async def ended(self, pid: int) -> int | None:
        """The exit code of a fork, None while it runs."""
        code = await self._ask({"do": "poll", "pid": pid}, None)
        return None if code < 0 else code

    async def _preload(self, modules: list[str]) -> None:
        with contextlib.suppress(ConnectionError):
            if await self._ask({"do": "preload", "modules": modules}, None) > 1:
                self._warm = False
                async with self._turn:
                    await self._let_go()

    async def _let_go(self) -> None:
        if self._process is None:
            return
        self._control.close()
        await self._process.wait()
        self._process = None

    async def _ask(
        self, request: Mapping[str, Any], settings: Mapping[str, str] | None, descriptor: int | None = None
    ) -> int:
        """One question and its answer; raises ConnectionError when the process is gone."""
        async with self._turn:
            if self._process is None:
                if settings is None:
                    raise ConnectionResetError("The nursery has ended.")
                await self._start(settings)
            descriptors = [] if descriptor is None else [descriptor]
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            answer = await asyncio.get_running_loop().sock_recv(self._control, 64)
            if not answer:
                raise ConnectionResetError("The nursery has ended.")
            return int(answer)

    async def _start(self, settings: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._control, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MESSAGE)
        self._control.setblocking(False)  # noqa: FBT003 - the name of the call says it
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "devstack.host.nursery", str(theirs.fileno())),
                stdin=asyncio.subprocess.PIPE,  # the leash, of its forks too
                pass_fds=[theirs.fileno()],
                env=settings,
            )


class _Forked:
    def __init__(self, pid: int, nursery: Nursery) -> None:
        self._pid = pid
        self._nursery = nursery

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    async def wait(self) -> int:
        try:
            while (code := await self._nursery.ended(self._pid)) is None:  # noqa: ASYNC110 - not our child
                await asyncio.sleep(_POLL)
        except ConnectionError:
            return -1
        return code


def tend(control: socket.socket) -> None:
    """Answer the front until it lets go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE, 1)
        if not message:
            return
        request = json.loads(message)
        match request["do"]:
            case "fork":
                end = socket.socket(fileno=descriptors[0])
                answer = _fork(control, end, request)
                end.close()
            case "preload":
                answer = _import_all(request["modules"])
            case _:
                answer = _poll(request["pid"])
        control.send(b"%d" % answer)


def _fork(control: socket.socket, end: socket.socket, request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        control.close()
        os.environ.clear()
        os.environ.update(request["settings"])
        from devstack.host.process import run_worker  # noqa: PLC0415 - needs the packages just told of

        code = run_worker(end, Path(request["app"]))
    except BaseException:  # noqa: BLE001 - a fork must never return into its parent's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _import_all(modules: list[str]) -> int:
    """Import in the order given; how many threads there are then."""
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - the app will meet it too, and say so
            report(f"{name} cannot be kept in memory for a reload: {error!r}")
    gc.freeze()  # collections in the forks leave these objects, and the memory they share, alone
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - one cheap call


def _poll(pid: int) -> int:
    """The exit code of a fork, 128 and the signal for a killed one, -1 while it runs."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    if not found:
        return -1
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    tend(socket.socket(fileno=int(sys.argv[1])))

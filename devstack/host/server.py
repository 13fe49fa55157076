"""The host's front process: serves HTTP and keeps one generation of the app running, a new one on demand."""

import asyncio
import logging
import socket
from typing import TYPE_CHECKING

from devstack.host.admin import Admin
from devstack.host.calls import Answer
from devstack.host.connection import Incoming
from devstack.host.errors import StartError
from devstack.host.generation import Generation, Launch
from devstack.host.http_server import HttpServer
from devstack.host.replies import text_reply
from devstack.host.reports import report
from devstack.host.spawning import FreshProcesses, Spawner
from devstack.serving import announce, told_to_stop

if TYPE_CHECKING:
    from devstack.host.watching import Watcher


class Front:
    """Answers requests from the current generation, or says why there is none."""

    def __init__(self, launch: Launch, spawner: Spawner, *, port: int) -> None:
        self._launch = launch
        self._port = port
        self._spawner = spawner
        self._leaving: set[asyncio.Task[None]] = set()
        self.current: Generation | None = None
        self.refusal = ""
        self.admin = Admin(self)

    async def load(self) -> None:
        """Put a new generation in the place of the old one, which finishes its work aside.

        Raises StartError when the app as it is now cannot run; then nothing serves any more.
        """
        old = self.current
        try:
            new = Generation(self._launch, self._spawner, port=self._port)
            await new.load(self.admin.answer)
        except Exception as error:
            why = str(error) if isinstance(error, StartError) else f"The app cannot be served: {error!r}."
            self.current, self.refusal = None, why
            raise StartError(why) from error
        else:
            self.current, self.refusal = new, ""
            new.start()
        finally:
            if old is not None:
                self._let_go(old)

    async def answer(self, request: Incoming) -> Answer:
        """The answer to one HTTP request."""
        head = request.head
        if self.current is not None:
            return await self.current.answer(request)
        built_in = self.admin.answer(head.method, head.path)
        return built_in or text_reply(
            503, f"The app does not start. Save a fix and ask again.\n{self.refusal}\n"
        )

    async def stop(self) -> None:
        """Let the current generation finish, and those before it."""
        if self.current is not None:
            self._let_go(self.current)
        await asyncio.gather(*self._leaving)

    def _let_go(self, generation: Generation) -> None:
        leaving = asyncio.create_task(generation.stop(grace=self._launch.drain))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def serve(launch: Launch, listener: socket.socket, *, reload: bool) -> None:
    """Run the app until told to stop; raises StartError when it cannot start in the first place."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("azure.servicebus").setLevel(logging.CRITICAL)  # the listeners report for it
    spawner = _forks() if reload else FreshProcesses()
    front = Front(launch, spawner, port=listener.getsockname()[1])
    watcher = _watcher(launch) if reload else None
    if watcher is not None:
        watcher.start()  # before the load, which takes longer: no change is missed
    try:
        await front.load()
    except StartError:
        await _end(spawner, watcher)
        raise
    server = HttpServer(front.answer)
    await server.start(listener)
    changing = asyncio.create_task(_follow_changes(front, watcher)) if watcher else None
    announce("http", listener)
    await told_to_stop(leash=launch.leash)
    front.admin.draining = True
    if changing is not None:
        changing.cancel()
        await asyncio.gather(changing, return_exceptions=True)
    await asyncio.gather(server.stop(grace=launch.drain), front.stop())
    await _end(spawner, watcher)


async def _end(spawner: Spawner, watcher: "Watcher | None") -> None:
    if watcher is not None:
        await watcher.stop()
    await spawner.close()


def _forks() -> Spawner:
    from devstack.host.forking import Forks  # noqa: PLC0415 - of use only to reload

    return Forks()


def _watcher(launch: Launch) -> "Watcher":
    from devstack.host.watching import Watcher  # noqa: PLC0415 - of use only to reload

    return Watcher(launch.app, launch.settings)


async def _follow_changes(front: Front, watcher: "Watcher") -> None:
    while True:
        report(f"reloading: {', '.join(await watcher.changed())} changed")
        try:
            await front.load()
        except StartError as error:
            report(str(error))

"""The worker processes of one app: calls go to the least busy one, one that dies is replaced."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from time import monotonic

from devstack.host.calls import Call, Function, Outcome
from devstack.host.errors import StartError
from devstack.host.reports import report
from devstack.host.spawning import Spawner
from devstack.host.workers import WorkerProcess

_PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0)  # seconds before the n-th start in a row after a quick death
_HEALTHY = 10.0  # seconds; a worker that lived so long is started again without a pause


class Pool:
    """`count` workers for the app in one folder.

    settings: their environment.
    patience: seconds a call waits for a worker while none runs.
    """

    def __init__(
        self,
        spawner: Spawner,
        *,
        app: Path,
        settings: Mapping[str, str],
        count: int,
        patience: float = 10.0,
    ) -> None:
        self._spawner = spawner
        self._app = app
        self._settings = settings
        self._count = count
        self._patience = patience
        self._workers: list[WorkerProcess] = []
        self._changed = asyncio.Condition()
        self._keepers: list[asyncio.Task[None]] = []
        self._leaving: set[asyncio.Task[None]] = set()
        self.restarts = 0

    async def start(self) -> list[Function]:
        """The app's functions, once one worker serves it; raises StartError when it refuses the app."""
        first = await self._start_worker()
        self._keepers = [asyncio.create_task(self._keep(first))]
        self._keepers += [asyncio.create_task(self._keep(None)) for _ in range(1, self._count)]
        self._spawner.learn(first.modules)
        return first.functions

    @property
    def ready(self) -> int:
        """How many workers take calls."""
        return len(self._alive())

    async def invoke(self, call: Call) -> Outcome:
        """Run a call; while every worker is being replaced it waits for one, though not for long."""
        alive = self._alive()
        if not alive:
            try:
                alive = await self._successors()
            except TimeoutError:
                return Outcome(ok=False, lost=True, error="no worker process runs")
        return await min(alive, key=lambda worker: worker.load_factor).invoke(call)

    async def stop(self, *, grace: float) -> None:
        """End all workers, each after its running calls or `grace` seconds."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(worker.stop(grace=grace) for worker in self._workers), *self._leaving)
        self._workers.clear()

    def _alive(self) -> list[WorkerProcess]:
        return [worker for worker in self._workers if not worker.lost.is_set()]

    async def _successors(self) -> list[WorkerProcess]:
        """The next workers; raises TimeoutError when none comes."""
        async with asyncio.timeout(self._patience), self._changed:
            return await self._changed.wait_for(self._alive)

    async def _start_worker(self) -> WorkerProcess:
        try:
            process, end = await self._spawner.spawn(self._app, self._settings)
        except OSError as error:
            raise StartError(f"A worker process cannot be started: {error}.") from error
        worker = WorkerProcess(process)
        try:
            await worker.load(end)
        except BaseException:
            process.kill()
            await process.wait()
            raise
        self._workers.append(worker)
        async with self._changed:
            self._changed.notify_all()
        return worker

    async def _keep(self, worker: WorkerProcess | None) -> None:
        """Keep one place filled: wait for its worker to die or to be stuck, then start another."""
        failures = 0
        while True:
            begun = monotonic()
            try:
                worker = worker or await self._start_worker()
                failures = await self._watch(worker, begun, failures)
            except StartError as error:
                report(f"a worker does not start: {error}")
                failures += 1
            worker = None
            self.restarts += 1
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])

    async def _watch(self, worker: WorkerProcess, begun: float, failures: int) -> int:
        """Wait until a worker is of no more use; how many died quickly in a row."""
        waits = [asyncio.create_task(event.wait()) for event in (worker.lost, worker.stuck)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._workers.remove(worker)
        if worker.lost.is_set():
            report(f"a worker process ended (code {await worker.end()}); starting another")
            return 0 if monotonic() - begun > _HEALTHY else failures + 1
        report("a function does not end after its timeout: its worker finishes the rest and is replaced")
        leaving = asyncio.create_task(worker.stop(grace=_HEALTHY))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        return 0

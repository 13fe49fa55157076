"""One state of the app's files, running: its workers, routes, listeners and timers."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from devstack.host.calls import Answer, Function
from devstack.host.configuration import HostOptions, read_host_options, read_settings, worker_count
from devstack.host.connection import Incoming
from devstack.host.invocations import Invoker
from devstack.host.pool import Pool
from devstack.host.routes import Router
from devstack.host.selection import of_kind, select
from devstack.host.spawning import Spawner
from devstack.host.timers import Timers
from devstack.host.web import BuiltIn, Web
from devstack.serving import LOOPBACK

if TYPE_CHECKING:
    from devstack.host.listeners import Listeners
    from devstack.host.outputs import Outputs


@dataclass(frozen=True)
class Launch:
    """How a host is started; `drain` is in seconds, `workers` None leaves the number to the settings."""

    app: Path
    settings: Path
    kinds: frozenset[str]
    receivers: int
    drain: float
    leash: bool
    workers: int | None


class Generation:
    """A loaded app. Between `load` and `start` it answers nothing and receives nothing."""

    def __init__(self, launch: Launch, spawner: Spawner, *, port: int) -> None:
        self._launch = launch
        self.settings = _settings(launch, port)
        self._options = read_host_options(launch.app, self.settings)
        self.pool = Pool(
            spawner,
            app=launch.app,
            settings=self.settings,
            count=launch.workers or worker_count(self.settings),
        )
        self.functions: list[Function] = []
        self.timers: Timers
        self.listeners: Listeners | None = None
        self._outputs: Outputs | None = None
        self._web: Web

    async def load(self, built_in: BuiltIn) -> None:
        """Index the app; raises StartError with the reason when it cannot run."""
        found = await self.pool.start()
        try:
            self._compose(found, built_in)
        except BaseException:
            await self.pool.stop(grace=0)
            raise

    def _compose(self, found: list[Function], built_in: BuiltIn) -> None:
        options = self._options
        self.functions = select(found, options=options, kinds=self._launch.kinds, settings=self.settings)
        self._outputs = _outputs(self.functions, self.settings)
        invoker = Invoker(self.pool, timeout=options.function_timeout, outputs=self._outputs)
        self.timers = Timers(of_kind(self.functions, "timer"), invoker=invoker, settings=self.settings)
        self.listeners = self._listen(of_kind(self.functions, "serviceBus"), options, invoker)
        router = Router(of_kind(self.functions, "http"), prefix=options.route_prefix)
        self._web = Web(router, invoker=invoker, options=options.http, built_in=built_in)

    async def answer(self, request: Incoming) -> Answer:
        """The answer to one HTTP request."""
        return await self._web(request)

    @property
    def outstanding(self) -> int:
        """How many HTTP requests its functions are working on."""
        return self._web.outstanding

    def start(self) -> None:
        """Begin to listen and to keep time."""
        if self.listeners:
            self.listeners.start()
        self.timers.start()

    async def stop(self, *, grace: float) -> None:
        """Take on nothing more; what runs gets `grace` seconds, then the workers end."""
        until = monotonic() + grace
        parts = [part.stop(grace=grace) for part in (self.listeners, self.timers) if part]
        await asyncio.gather(*parts)
        await self.pool.stop(grace=max(until - monotonic(), 0.0))
        if self._outputs:
            await self._outputs.close()

    def _listen(
        self, functions: list[Function], options: HostOptions, invoker: Invoker
    ) -> "Listeners | None":
        if not functions:
            return None
        from devstack.host.listeners import Listeners  # noqa: PLC0415 - the SDK takes as long as all the rest

        return Listeners(
            functions,
            options=options.service_bus,
            receivers=self._launch.receivers,
            invoker=invoker,
            settings=self.settings,
        )


def _outputs(functions: list[Function], settings: Mapping[str, str]) -> "Outputs | None":
    if not any(function.outputs for function in functions):
        return None
    from devstack.host.outputs import Outputs  # noqa: PLC0415 - see Generation._listen

    return Outputs(functions, settings=settings)


def _settings(launch: Launch, port: int) -> dict[str, str]:
    """The workers' environment: ours, else local.settings.json, else what `func start` sets besides."""
    return {
        "AZURE_FUNCTIONS_ENVIRONMENT": "Development",
        "AzureWebJobsScriptRoot": str(launch.app),
        "WEBSITE_HOSTNAME": f"{LOOPBACK}:{port}",
        **read_settings(launch.settings),
        **os.environ,
    }

"""The host process: load the app, serve HTTP, start listeners and timers, and leave without losing work."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from devstack.host.admin import Admin
from devstack.host.configuration import HostOptions, apply_settings, read_host_options, read_settings
from devstack.host.invocations import Invoker, report
from devstack.host.routes import Router
from devstack.host.selection import of_kind, select
from devstack.host.timers import Timers
from devstack.host.web import Web
from devstack.host.worker import Function, Worker
from devstack.serving import LOOPBACK, announce, told_to_stop

if TYPE_CHECKING:
    from devstack.host.listeners import Listeners

_THREADS_FAREWELL = 1.0  # seconds for synchronous functions that outlived the drain


@dataclass(frozen=True)
class Launch:
    """How one host process is started; `drain` is in seconds."""

    app: Path
    settings: Path
    kinds: frozenset[str]
    receivers: int
    drain: float
    leash: bool


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # told_to_stop owns the signals


async def serve(launch: Launch, listener: socket.socket) -> None:
    """Run the app until told to stop; raises StartError when it cannot start."""
    port = listener.getsockname()[1]
    _prepare_environment(launch, port)
    _configure_logging()
    options = read_host_options(launch.app, os.environ)
    worker = Worker(launch.app)
    found = await worker.load()
    functions = select(found, options=options, kinds=launch.kinds, settings=os.environ)
    invoker = Invoker(worker, timeout=options.function_timeout)
    timers = Timers(of_kind(functions, "timer"), invoker=invoker, settings=os.environ)
    queue_functions = of_kind(functions, "serviceBus")
    listeners = _listen(queue_functions, options, launch, invoker) if queue_functions else None
    router = Router(of_kind(functions, "http"), prefix=options.route_prefix)
    admin = Admin(functions, listeners=listeners, timers=timers)
    server = _server(Web(router, invoker=invoker, built_in=admin.answer), launch)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.005)
    if listeners:
        listeners.start()
    timers.start()
    announce("http", listener)
    await told_to_stop(leash=launch.leash)
    admin.draining = server.should_exit = True
    stopping = [part.stop(grace=launch.drain) for part in (listeners, timers) if part]
    await asyncio.gather(serving, *stopping)
    await _end_threads(worker)


def _listen(functions: list[Function], options: HostOptions, launch: Launch, invoker: Invoker) -> "Listeners":
    from devstack.host.listeners import Listeners  # noqa: PLC0415 - the SDK takes as long as all the rest

    return Listeners(
        functions,
        options=options.service_bus,
        receivers=launch.receivers,
        invoker=invoker,
        settings=os.environ,
    )


def _server(web: Web, launch: Launch) -> _Server:
    config = uvicorn.Config(
        web,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(launch.drain)),
    )
    return _Server(config)


def _prepare_environment(launch: Launch, port: int) -> None:
    """What `func start` sets besides the settings."""
    apply_settings(read_settings(launch.settings))
    apply_settings(
        {
            "AZURE_FUNCTIONS_ENVIRONMENT": "Development",
            "AzureWebJobsScriptRoot": str(launch.app),
            "WEBSITE_HOSTNAME": f"{LOOPBACK}:{port}",
        }
    )


def _configure_logging() -> None:
    """The app's own log at INFO on standard error, the libraries' only from WARNING."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for library in ("azure", "asyncio", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger("azure.servicebus").setLevel(logging.CRITICAL)  # the listeners report for it


async def _end_threads(worker: Worker) -> None:
    try:
        async with asyncio.timeout(_THREADS_FAREWELL):
            await asyncio.to_thread(worker.stop)
    except TimeoutError:
        report("a synchronous function was still running at the end of the drain and was cut off")
        os._exit(1)

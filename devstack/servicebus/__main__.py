"""`python -m devstack.servicebus`: the emulator as a process, with its HTTP surfaces beside it."""

import argparse
import asyncio
import contextlib
import gc
import importlib
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import NamedTuple

from devstack.entra import Issuer
from devstack.servicebus.cbs import AccessKey
from devstack.servicebus.config import ConfigError, read_config
from devstack.servicebus.limits import CLOUD, OFFICIAL_EMULATOR
from devstack.servicebus.server import Server
from devstack.servicebus.state import State, StateError
from devstack.serving import LOOPBACK, command_line, listen, told_to_stop

_CONFIG = Path(__file__).with_name("Config.json")
_KEY_NAME = "RootManageSharedAccessKey"
_KEY = "SAS_KEY_VALUE"  # the official emulator's published value
_CONTROL = "devstack.servicebus.control"
_ADMIN = "devstack.servicebus.admin.application"

_TEACHING = f"""connect:
  Endpoint=sb://localhost:PORT;SharedAccessKeyName={_KEY_NAME};SharedAccessKey={_KEY};UseDevelopmentEmulator=true;
look in and break things over the control port:
  curl localhost:CONTROL_PORT/queues
  curl -X POST localhost:CONTROL_PORT/reset
  curl -X POST localhost:CONTROL_PORT/faults -d '{{"dropConnections": true}}'
what is offered and what is not: docs/emulators.md"""


def main() -> int:
    """Serve until told to stop; 2 when configuration or state is unusable, 1 when the disk gave up."""
    options = _options()
    try:
        return asyncio.run(_serve(options))
    except (ConfigError, StateError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _options() -> argparse.Namespace:
    parser = command_line("servicebus", "A Service Bus namespace on loopback, for Microsoft's clients.")
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, _TEACHING
    parser.add_argument(
        "--config", type=Path, default=_CONFIG, help="queues, in the official emulator's format"
    )
    parser.add_argument("--state", type=Path, help="folder that keeps the messages; without it, memory does")
    parser.add_argument("--strict", action="store_true", help="defaults and caps of the official emulator")
    parser.add_argument(
        "--control-port", type=int, default=0, help="port of the control HTTP; 0 takes a free one"
    )
    parser.add_argument(
        "--admin-port", type=int, help="port of the administration over http; not offered without"
    )
    parser.add_argument("--admin-tls-port", type=int, help="the same over TLS; needs --certificates")
    parser.add_argument(
        "--certificates", type=Path, help="folder for the certificate; clients trust its ca.pem"
    )
    parser.add_argument("--key-name", default=_KEY_NAME, help="name of the shared access policy")
    parser.add_argument("--key", default=_KEY, help="key of the shared access policy")
    parser.add_argument("--issuer-keys", type=Path, help="JWKS of an issuer whose Entra tokens are taken too")
    options = parser.parse_args()
    if options.admin_tls_port is not None and options.certificates is None:
        parser.error("--admin-tls-port needs --certificates DIR, a folder to keep the certificate in")
    return options


async def _serve(options: argparse.Namespace) -> int:
    limits = OFFICIAL_EMULATOR if options.strict else CLOUD
    queues = read_config(options.config, limits)
    listener, surfaces = listen(options.port), list(_surfaces(options))
    state = None if options.state is None else State(options.state)
    issuer = options.issuer_keys and Issuer(options.issuer_keys, time.time)
    access = AccessKey(options.key_name, options.key)
    server = Server(queues, access, issuer=issuer, state=state, limits=limits)
    await server.start(listener)
    _announce(listener, surfaces)  # every socket takes connections; what answers HTTP comes up meanwhile
    async with _served(server, surfaces):
        gc.freeze()  # what the imports made lives as long as the process
        await _told_to_stop_or_failed(server, leash=options.leash)
    await server.stop()
    return 1 if server.failed.is_set() else 0


async def _told_to_stop_or_failed(server: Server, *, leash: bool) -> None:
    waiting = [
        asyncio.create_task(told_to_stop(leash=leash)),
        asyncio.create_task(server.failed.wait()),
    ]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


class _Surface(NamedTuple):
    """One HTTP port: its name on the ready line, the module that answers, its certificate if it is TLS."""

    name: str
    module: str
    listener: socket
    certificate: Path | None = None

    @property
    def address(self) -> str:
        scheme = "http" if self.certificate is None else "https"
        return f"{self.name}={scheme}://{LOOPBACK}:{_port(self.listener)}"


def _surfaces(options: argparse.Namespace) -> Iterator[_Surface]:
    yield _Surface("control", _CONTROL, listen(options.control_port))
    if options.admin_port is not None:
        yield _Surface("admin", _ADMIN, listen(options.admin_port))
    if options.admin_tls_port is not None:
        certificate = _certificate(options.certificates)
        yield _Surface("admin-tls", _ADMIN, listen(options.admin_tls_port), certificate)


def _certificate(folder: Path) -> Path:
    # Imported here: it costs a tenth of a second, and only TLS needs it.
    from devstack.servicebus.admin.certificates import certificate_files  # noqa: PLC0415

    return certificate_files(folder, now=datetime.now(UTC)).server


@contextlib.asynccontextmanager
async def _served(server: Server, surfaces: list[_Surface]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    serving = asyncio.create_task(_serve_surfaces(server, surfaces, stop))
    yield
    stop.set()
    await serving


async def _serve_surfaces(server: Server, surfaces: list[_Surface], stop: asyncio.Event) -> None:
    # Imported here, in a thread: the libraries for HTTP take longer than everything else together.
    http = await asyncio.to_thread(importlib.import_module, "devstack.servicebus.http")
    async with contextlib.AsyncExitStack() as serving:
        for surface in surfaces:
            module = await asyncio.to_thread(importlib.import_module, surface.module)
            app = module.application(server)
            await serving.enter_async_context(
                http.served(app, surface.listener, certificate=surface.certificate)
            )
        await stop.wait()


def _announce(listener: socket, surfaces: list[_Surface]) -> None:
    addresses = " ".join(surface.address for surface in surfaces)
    sys.stdout.write(f"ready amqp://{LOOPBACK}:{_port(listener)} {addresses}\n")
    sys.stdout.flush()


def _port(listener: socket) -> int:
    port: int = listener.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())

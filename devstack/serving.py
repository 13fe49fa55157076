"""How every devstack server starts and stops: a loopback socket, one `ready` line, and a leash.

A server prints `ready <url>` on standard output once it accepts connections, so whoever started it can ask
for port 0 and still learn the address. With `--leash` it stops as soon as its standard input ends: a
supervisor that is killed takes its servers with it.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading

LOOPBACK = "127.0.0.1"
BACKLOG = 1024  # the Cosmos client opens up to 100 connections at once


def command_line(name: str, summary: str) -> argparse.ArgumentParser:
    """A parser with the options that every devstack server takes."""
    parser = argparse.ArgumentParser(prog=f"python -m devstack.{name}", description=summary)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--leash", action="store_true", help="stop when standard input ends")
    return parser


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 picks a free one."""
    # Named, not 0: asyncio switches Nagle's delay off only on sockets that say they are TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the name of the call says it
    return listener


def announce(scheme: str, listener: socket.socket) -> None:
    """Tell whoever started us that we accept connections, and where."""
    sys.stdout.write(f"ready {scheme}://{LOOPBACK}:{listener.getsockname()[1]}\n")
    sys.stdout.flush()


async def told_to_stop(*, leash: bool) -> None:
    """Wait for SIGTERM, SIGINT or, on a leash, the end of standard input."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    if leash:
        threading.Thread(target=_watch_stdin, args=(loop, stop), daemon=True).start()
    await stop.wait()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # Not through sys.stdin: a thread inside its buffer's lock would abort the interpreter's exit.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop may be closed already
        loop.call_soon_threadsafe(stop.set)

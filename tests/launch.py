"""Start one devstack server as its own process and learn where it listens."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def server(module: str, *options: str) -> Iterator[str]:
    """Run `python -m module --port 0 --leash options`; yields its URL, stops it afterwards."""
    with launched(module, *options) as (url, _):
        yield url


@contextmanager
def launched(module: str, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The same, with the process in hand for tests that stop or kill it."""
    command = [sys.executable, "-m", module, "--port", "0", "--leash", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        word, _, url = process.stdout.readline().strip().partition(" ")
        assert word == "ready", f"{module} did not start: {word!r} {url!r}, code {process.poll()}"
        yield url, process
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()

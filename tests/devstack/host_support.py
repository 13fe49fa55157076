"""Start sample apps on the local Functions host, and read what their functions wrote down."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.launch import ROOT, server

APPS = ROOT / "tests" / "devstack" / "host_apps"
PATIENCE = 15.0  # seconds to wait for something that must happen


def write_settings(folder: Path, **values: str) -> Path:
    """A local.settings.json with these Values."""
    path = folder / "local.settings.json"
    path.write_text(json.dumps({"IsEncrypted": False, "Values": values}))
    return path


@contextmanager
def running(app: Path, settings: Path, *options: str) -> Iterator[str]:
    """The host on one app; yields its URL."""
    with server("devstack.host", "--app", str(app), "--settings", str(settings), *options) as url:
        yield url


def start_unleashed(app: Path, settings: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    """A host without a leash, once it is ready, and its URL: for tests that send it signals."""
    command = [
        sys.executable,
        "-m",
        "devstack.host",
        "--app",
        str(app),
        "--settings",
        str(settings),
        *options,
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    word, _, url = process.stdout.readline().strip().partition(" ")
    assert word == "ready"
    return process, url


def refusal(app: Path, settings: Path, *options: str) -> tuple[int, str]:
    """Exit code and standard error of a host that is expected not to start."""
    command = [
        sys.executable,
        "-m",
        "devstack.host",
        "--app",
        str(app),
        "--settings",
        str(settings),
        *options,
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stderr


def written(record: Path) -> list[dict[str, Any]]:
    """The documents the functions of a sample app wrote down so far."""
    return [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []


def eventually[T](look: Callable[[], T]) -> T:
    """Look again and again until something truthy is seen."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < deadline, f"still {seen!r} after {PATIENCE} s"
        time.sleep(0.02)
    return seen

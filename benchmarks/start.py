"""Starting up: the app in a fresh process, the whole stack, a whole demo."""

import subprocess
import sys
import tempfile
import time

from benchmarks.measurement import Bar, Measurement
from devstack.service import Say
from devstack.slot import ROOT
from devstack.stack import open_stack

IMPORTS, STARTS = 5, 2
IMPORT = "import time; begun = time.perf_counter(); import function_app; print(time.perf_counter() - begun)"


def measure(say: Say) -> list[Measurement]:
    """The best of five imports and of two warm starts, and a second demo; what it prints is dropped."""
    imported = min(_import() for _ in range(IMPORTS))
    say(f"start  the app is imported in {imported:.2f} s")
    _start()  # makes what a first start makes
    started = min(_start() for _ in range(STARTS))
    say(f"start  the stack is up after {started:.1f} s")
    _demo()  # looks up the places
    planned = _demo()
    return [
        Measurement("start", "import of the app", "s", imported, (Bar("≤", 0.6),)),
        Measurement("start", "stack up, warm", "s", started, (Bar("≤", 6.0),)),
        Measurement("start", "a whole demo, warm", "s", planned, (Bar("≤", 20.0),)),
    ]


def _import() -> float:
    command = [sys.executable, "-c", IMPORT]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def _start() -> float:
    begun = time.monotonic()
    with open_stack("bench"):
        return time.monotonic() - begun


def _demo() -> float:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "devstack", "demo", "--out", out]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begun

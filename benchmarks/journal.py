"""How handlers in other processes tell when they started: one line per message in a file."""

import time
from pathlib import Path

from benchmarks.measurement import BenchmarkError

LOOK_S = 0.02


def clock() -> int:
    """Nanoseconds on a clock that all processes of the machine share."""
    return time.monotonic_ns()


class Journal:
    """The writing side, in the process of a handler."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, number: int, nanoseconds: int) -> None:
        """Message `number` took so long to its handler."""
        with self._file.open("a", encoding="ascii") as lines:
            lines.write(f"{number} {nanoseconds}\n")


def read(file: Path, expected: range, *, within_s: float) -> list[float]:
    """Milliseconds of each expected message, the first delivery of each; waits for the last of them.

    Raises BenchmarkError when some are missing after `within_s` seconds.
    """
    deadline = time.monotonic() + within_s
    while len(found := _found(file, expected)) < len(expected):
        if time.monotonic() > deadline:
            raise BenchmarkError(f"{len(expected) - len(found)} of {len(expected)} messages never arrived.")
        time.sleep(LOOK_S)
    return list(found.values())


def _found(file: Path, expected: range) -> dict[int, float]:
    found: dict[int, float] = {}
    for line in file.read_text(encoding="ascii").splitlines() if file.exists() else ():
        number, nanoseconds = map(int, line.split())
        if number in expected:
            found.setdefault(number, nanoseconds / 1e6)
    return found

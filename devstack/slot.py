"""A folder of state that one stack owns while it runs, so that two commands at once never share a server."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from devstack import processes

ROOT = Path(__file__).resolve().parents[1]
LOCK = "lock"


class SlotError(Exception):
    """State cannot be kept where it should; the message names the fix."""


@dataclass(frozen=True)
class Slot:
    """State of one running stack. `first` is false when another command of the same kind came before."""

    path: Path
    first: bool
    leftovers: int

    @property
    def logs(self) -> Path:
        """Where each server's output of this run is."""
        return self.path / "logs"


def state_root() -> Path:
    """`.devstack` beside the code, or where TRIPGEN_STATE says."""
    return Path(os.environ.get("TRIPGEN_STATE") or ROOT / ".devstack").resolve()


@contextmanager
def slot(kind: str, *, fresh: bool = False, root: Path | None = None) -> Iterator[Slot]:
    """Hold `<root>/<kind>`, or `<kind>-2`, `<kind>-3`, … while others hold the ones before.

    Servers that a crash left running in the slot are ended first; `fresh` drops what it remembers. Logs are
    those of this run only.

    Raises SlotError when the folder belongs to somebody else.
    """
    base = root or state_root()
    for number in count(1):
        path = base / (kind if number == 1 else f"{kind}-{number}")
        handle = _lock(path)
        if handle is None:
            continue
        try:
            leftovers = processes.sweep(path)
            _clear(path, everything=fresh)
            yield Slot(path, first=number == 1, leftovers=leftovers)
        finally:
            os.close(handle)
        return


def _lock(path: Path) -> int | None:
    """A file descriptor that holds the lock until closed or the process dies; None when it is taken."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SlotError(
            f"Cannot keep state in {path} ({error.strerror}); it probably belongs to another user. "
            "Set TRIPGEN_STATE to a folder of your own, or remove it."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _clear(path: Path, *, everything: bool) -> None:
    for entry in path.iterdir():
        if entry.name == LOCK or not (everything or entry.name == "logs"):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    (path / "logs").mkdir()

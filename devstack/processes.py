"""Find, signal and end processes without ever touching one that is not ours: pids are reused."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "TRIPGEN_SLOT"  # every server inherits it; what a crash leaves behind is found by it
PROC = Path("/proc")
PAUSE_S = 0.02


def arguments(pid: int) -> list[str]:
    """The command line of a running process; empty when there is none such (or it is a zombie)."""
    if PROC.is_dir():
        try:
            raw = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return []
        return [part.decode(errors="replace") for part in raw.split(b"\0") if part]
    return _ps("-o", "command=", "-p", str(pid)).split()


def serves(pid: int, program: str, directory: Path) -> bool:
    """Whether that process is the named program, started for that very directory or a file in it."""
    first, *rest = arguments(pid) or [""]
    return Path(first).name == program and str(directory) in " ".join(rest)


def marked(slot: Path) -> list[int]:
    """Processes of this user that were started for a slot, ourselves and our ancestors excepted.

    Reads the environment a process was started with, so it works on Linux alone; elsewhere servers end by
    their leash only.
    """
    wanted = f"{MARK}={slot}".encode()
    spared = _lineage(os.getpid())
    found = []
    for pid in _pids():
        with contextlib.suppress(OSError):
            if pid not in spared and wanted in (PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def tree(pid: int) -> list[int]:
    """A process and all its descendants, parents before children."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents().items():
        children.setdefault(parent, []).append(child)
    found = [pid]
    for member in found:
        found.extend(children.get(member, []))
    return found


def send(pid: int, signum: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


def send_tree(pid: int, signum: signal.Signals) -> None:
    """Signal a process and its descendants, parents first so that none of them starts a replacement."""
    for member in tree(pid):
        send(member, signum)


def stop(process: subprocess.Popen[bytes], *, polite: signal.Signals, patience_s: float) -> None:
    """Ask a child to stop; after `patience_s` kill it and its descendants."""
    if process.poll() is None:
        process.send_signal(polite)
        send_tree(process.pid, signal.SIGCONT)  # a paused server must wake to stop
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        send_tree(process.pid, signal.SIGKILL)
        process.wait()


def gone(pids: list[int], within_s: float) -> bool:
    """Wait until none of these processes runs any more."""
    deadline = time.monotonic() + within_s
    while any(arguments(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_S)
    return True


def sweep(slot: Path, *, patience_s: float = 5) -> int:
    """End what a crashed run left in a slot, which the caller holds; returns how many processes it was."""
    left = marked(slot)
    for pid in left:
        send_tree(pid, signal.SIGCONT)
    parents = _parents()
    for pid in left:
        if parents.get(pid) not in left:  # SIGINT means other things to the inner processes of PostgreSQL
            send(pid, signal.SIGINT)
    if not gone(left, patience_s):
        for pid in marked(slot):
            send_tree(pid, signal.SIGKILL)
        gone(left, patience_s)
    return len(left)


def _lineage(pid: int) -> set[int]:
    parents, found = _parents(), {pid}
    while pid := parents.get(pid, 0):
        found.add(pid)
    return found


def _parents() -> dict[int, int]:
    if PROC.is_dir():
        return dict(_read_parents())
    rows = _ps("-axo", "pid=,ppid=").splitlines()
    return {int(pid): int(parent) for pid, parent in (row.split() for row in rows)}


def _read_parents() -> Iterator[tuple[int, int]]:
    for pid in _pids():
        with contextlib.suppress(OSError):
            stat = (PROC / str(pid) / "stat").read_text(errors="replace")
            yield pid, int(stat.rpartition(")")[2].split()[1])  # proc(5): state, ppid follow the name


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.glob("[0-9]*")]


def _ps(*options: str) -> str:
    """Systems without /proc have ps(1) at this place."""
    command = ["/bin/ps", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout

"""Make the virtual environment once, and again when it no longer fits; `tripgen` runs this first.

It runs as a plain file under any Python 3.13, before a single package is installed: standard library only.
"""

import argparse
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ("constraints.txt", "requirements.txt", "requirements-native.txt", "requirements-dev.txt")
EXTRAS = {"bench": "requirements-bench.txt"}  # installed beside the rest when asked for
ALONE = {"infra": "requirements-infra.txt"}  # an environment of their own: their pins would fight ours
MARKER = "made-from"
REPORT_S = 10
TAIL_LINES = 20
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")


class EnvironmentFailure(Exception):
    """The environment cannot be made; the message names the fix."""


def fingerprint(venv: Path, extra: str | None = None) -> str:
    """What an environment made now by this Python would be made from; an extra counts what it comes beside.

    Its place counts because scripts inside hold absolute paths: a folder that moved needs a new one.
    """
    digest = hashlib.sha256(f"{sys.version}\n{venv}\n".encode())
    for name in _sources(extra):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _sources(extra: str | None) -> tuple[str, ...]:
    if extra in ALONE:
        return (ALONE[extra],)
    return (*REQUIREMENTS, EXTRAS[extra]) if extra else REQUIREMENTS


def is_current(venv: Path, extra: str | None = None) -> bool:
    """Whether the environment, and the extra in it, was made to the end from what is here now."""
    try:
        return all(_marker(venv, part).read_text() == fingerprint(venv, part) for part in _parts(extra))
    except OSError:
        return False


def _parts(extra: str | None) -> tuple[str | None, ...]:
    """What has to be in the environment, in the order it is put there."""
    return (extra,) if extra is None or extra in ALONE else (None, extra)


def make(venv: Path, *, log: Path, extra: str | None = None) -> None:
    """Make the environment unless another process just did, then the extra; raises EnvironmentFailure."""
    try:
        with _alone(venv):
            for part in _parts(extra):
                if not _passes_check(venv, part):
                    _require_writable(venv)
                    log.parent.mkdir(parents=True, exist_ok=True)
                    _add(venv, part, log) if part in EXTRAS else _create(venv, part, log)
    except PermissionError as error:
        raise EnvironmentFailure(_not_ours(Path(error.filename or venv), venv)) from error


def _create(venv: Path, part: str | None, log: Path) -> None:
    say(f"Making {venv} with Python {sys.version.split()[0]} (once; about a minute).")
    begun = time.monotonic()
    source = _sources(part)[-1]
    with log.open("wb") as output:
        say("  1/2 the environment itself")
        _run([sys.executable, "-m", "venv", "--clear", str(venv)], output=output.fileno(), log=log)
        say(f"  2/2 the pinned packages of {source}")
        command = [str(venv / "bin" / "python"), *PIP, "-r", str(ROOT / source)]
        _run(command, output=output.fileno(), log=log)
    _mark(venv, part)
    say(f"  done after {time.monotonic() - begun:.0f} s")


def _add(venv: Path, extra: str, log: Path) -> None:
    say(f"Adding the pinned packages of {EXTRAS[extra]} to {venv} (once; a few seconds).")
    with log.open("wb") as output:
        command = [str(venv / "bin" / "python"), *PIP, "-r", str(ROOT / EXTRAS[extra])]
        _run(command, output=output.fileno(), log=log)
    _mark(venv, extra)


def _mark(venv: Path, extra: str | None = None) -> None:
    """Say that a part is whole; the text is the one that its own Python will compare with."""
    marker = _marker(venv, extra)
    draft = marker.with_name(f"{marker.name}.new")
    draft.write_text(fingerprint(venv, extra))
    draft.replace(marker)


def _marker(venv: Path, extra: str | None) -> Path:
    return venv / (f"{MARKER}-{extra}" if extra else MARKER)


def _require_writable(venv: Path) -> None:
    if venv.exists() and not os.access(venv, os.W_OK):
        raise EnvironmentFailure(_not_ours(venv, venv))


def _run(command: list[str], *, output: int, log: Path) -> None:
    """Run a step, saying every ten seconds what it is at; raises EnvironmentFailure with its last words."""
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    begun = time.monotonic()
    try:
        while True:
            try:
                process.wait(REPORT_S)
                break
            except subprocess.TimeoutExpired:
                say(f"      {time.monotonic() - begun:3.0f} s  {_last_step(log)[:80]}")
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise EnvironmentFailure(
            f"That failed (code {process.returncode}). The end of {log}:\n{_tail(log, TAIL_LINES)}\n"
            "Without network or a package index this cannot work; otherwise run the command again."
        )


def _passes_check(venv: Path, extra: str | None = None) -> bool:
    """Ask the environment's own Python, which may be gone or out of this user's reach."""
    try:
        wanted = ["--with", extra] if extra else []
        command = [str(venv / "bin" / "python"), "-I", __file__, "--check", *wanted, str(venv)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextmanager
def _alone(venv: Path) -> Iterator[None]:
    """Hold the lock beside the environment; the kernel frees it when its holder dies."""
    venv.parent.mkdir(parents=True, exist_ok=True)
    with venv.with_name(f"{venv.name}.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another tripgen makes the environment; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _not_ours(path: Path, venv: Path) -> str:
    return (
        f"Cannot write {path}: it belongs to another user, and {venv} is out of date or its Python out of "
        "your reach. Use a clone of your own, or choose places of your own:\n"
        "  TRIPGEN_VENV=~/.cache/tripgen/venv TRIPGEN_STATE=~/.cache/tripgen/state ./tripgen …"
    )


def _last_step(log: Path) -> str:
    steps = ("Collecting", "Downloading", "Building", "Installing")
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line.startswith(steps)), "")


def _tail(log: Path, lines: int) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def say(line: str) -> None:
    """Progress goes to standard error: standard output belongs to the command that follows."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main() -> int:
    """Exit code 0 when the environment is current (after making it, unless only asked)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("venv", type=Path)
    parser.add_argument("--check", action="store_true", help="only tell whether it is current")
    parser.add_argument("--with", dest="extra", choices=sorted(EXTRAS | ALONE), help="more packages")
    options = parser.parse_args()
    if options.check:
        return 0 if is_current(options.venv, options.extra) else 1
    state = Path(os.environ.get("TRIPGEN_STATE") or ROOT / ".devstack")
    try:
        make(options.venv, log=state / "logs" / "pip.log", extra=options.extra)
    except EnvironmentFailure as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; the next run makes the environment anew")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

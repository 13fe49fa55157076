"""`python -m devstack`: the product on this machine, to look at, to develop against, or to measure."""

import argparse
import importlib
import importlib.util
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from devstack import settings
from devstack.service import ServiceError
from devstack.slot import ROOT, SlotError
from devstack.stack import Stack, Wish, open_stack

DELEGATES = {"demo": "devstack.demo", "bench": "benchmarks.__main__"}
LOOK_S = 0.3
EPILOG = """\
up     stores, emulators, simulators and both Functions hosts in the foreground; Ctrl-C stops all.
       Data survive restarts in .devstack/up; a changed source file restarts the hosts.
demo   one traveller, one trip, one plan, printed as a timetable (see demo --help)
bench  the measurements of the README's table (see bench --help)

Two commands may run at once: each takes its own state and ports.
"""


def main(argv: list[str]) -> int:
    """Run one command; returns the exit code."""
    signal.signal(signal.SIGTERM, _leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _leave)
    if argv and argv[0] in DELEGATES:
        return _delegate(argv[0], argv[1:])
    parser = _parser()
    options = parser.parse_args(argv)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        _up(options.app.resolve(), fresh=options.fresh)
    except (ServiceError, SlotError) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("stopped")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tripgen", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    up = commands.add_parser("up", help="run everything in the foreground")
    up.add_argument("--fresh", action="store_true", help="forget the data of earlier runs")
    up.add_argument("--app", type=Path, default=ROOT, help="folder of the function app (default: this one)")
    for name in DELEGATES:
        commands.add_parser(name, help=f"see {name} --help")
    return parser


def _delegate(command: str, argv: list[str]) -> int:
    try:
        found = importlib.util.find_spec(DELEGATES[command])
    except ModuleNotFoundError:
        found = None
    if found is None:
        _say(f"{command} is not part of this copy: {DELEGATES[command]} is missing.")
        return 2
    try:
        return int(importlib.import_module(DELEGATES[command]).main(argv))
    except (ServiceError, SlotError) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("stopped")
        return 130


def _up(app: Path, *, fresh: bool) -> None:
    _say("Starting stores, emulators, simulators and hosts (a few seconds) …")
    begun = time.monotonic()
    wish = Wish(app=app, reload=True, customary_ports=True)
    with open_stack("up", fresh=fresh, wish=wish, say=_say) as stack:
        _say(f"Ready after {time.monotonic() - begun:.1f} s.\n\n{table(stack)}\n\n{_settings(stack, app)}\n")
        _say(f"{curl(stack)}\n\nCtrl-C stops everything. What the hosts log follows.\n")
        _follow([stack.slot.logs / f"{name}.log" for name in ("web", "worker")])


def table(stack: Stack) -> str:
    """Every server with its addresses and log."""
    rows = [(s.spec.name, "  ".join(s.addresses.values()), str(s.log)) for s in stack.services()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"  {name:{widths[0]}}  {urls:{widths[1]}}  {log}" for name, urls, log in rows)


def curl(stack: Stack) -> str:
    """Two lines that show the API alive."""
    return f"  curl {stack.web}/admin/host/ping\n  curl {stack.web}/api/v1/health/ready"


def _settings(stack: Stack, app: Path) -> str:
    """Give `func start` the settings too, unless the developer keeps a file of their own."""
    file = app / settings.FILE
    if stack.slot.first and settings.is_ours(file):
        settings.write(file, stack.settings)
        return f"Settings: {file}"
    return f"Settings: {stack.settings_path} ({file} is not touched)"


def _follow(logs: list[Path]) -> None:
    """Copy what the hosts write to the terminal, until interrupted."""
    seen = dict.fromkeys(logs, 0)
    while True:
        for log in logs:
            with log.open("rb") as handle:
                handle.seek(seen[log])
                for line in handle.read().decode(errors="replace").splitlines():
                    _say(f"{log.stem} | {line}")
                seen[log] = handle.tell()
        time.sleep(LOOK_S)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _leave(_signum: int, _frame: FrameType | None) -> None:
    """SIGTERM and a closed terminal end the command as Ctrl-C does: everything is stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

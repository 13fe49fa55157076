"""`python -m devstack.host`: run the function app of one folder on this machine."""

import argparse
import asyncio
import sys
from pathlib import Path

from devstack.host.configuration import WORKERS_LIMIT
from devstack.host.errors import REFUSED, StartError
from devstack.host.generation import Launch
from devstack.host.selection import KINDS
from devstack.host.server import serve
from devstack.serving import command_line, listen


def main(argv: list[str]) -> int:
    """Serve until stopped; 3 when the app cannot start, with the reason on standard error."""
    options = _parse(argv)
    try:
        asyncio.run(serve(_launch(options), listen(options.port), reload=options.reload))
    except StartError as error:
        sys.stderr.write(f"host: {error}\n")
        return REFUSED
    return 0


def _launch(options: argparse.Namespace) -> Launch:
    return Launch(
        app=options.app.resolve(),
        settings=options.settings.resolve(),
        kinds=options.triggers,
        receivers=options.receivers,
        drain=options.drain,
        leash=options.leash,
        workers=options.workers,
    )


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = command_line("host", "Run an Azure Functions app on this machine.")
    parser.add_argument("--app", type=Path, required=True, help="folder with function_app.py and host.json")
    parser.add_argument("--settings", type=Path, required=True, help="a local.settings.json")
    parser.add_argument(
        "--triggers",
        type=_kinds,
        default=frozenset(KINDS),
        metavar="KIND,…",
        help=f"run only functions with these triggers: {', '.join(KINDS)} (default: all)",
    )
    parser.add_argument(
        "--receivers",
        type=int,
        default=4,
        help="most receivers per queue, below maxConcurrentCalls of host.json (default: %(default)s)",
    )
    parser.add_argument(
        "--drain",
        type=float,
        default=5.0,
        metavar="SECONDS",
        help="how long running invocations may finish after SIGTERM (default: %(default)s)",
    )
    parser.add_argument("--reload", action="store_true", help="restart the app when its files change")
    parser.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="worker processes (default: FUNCTIONS_WORKER_PROCESS_COUNT of the settings, else 1)",
    )
    return parser.parse_args(argv)


def _workers(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= WORKERS_LIMIT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r}: write a number from 1 to {WORKERS_LIMIT}")


def _kinds(text: str) -> frozenset[str]:
    kinds = frozenset(text.split(","))
    if not kinds <= frozenset(KINDS):
        raise argparse.ArgumentTypeError(f"{text!r}: write any of {','.join(KINDS)}")
    return kinds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

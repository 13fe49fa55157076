"""`./tripgen bench`: run the rows asked for, print the table, write JSON if wanted."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from benchmarks import (
    api,
    bus,
    cancel,
    cosmos,
    draft,
    hop,
    jobs,
    nearby,
    plan,
    planner,
    plans,
    start,
    table,
    travel,
    work,
)
from benchmarks.measurement import BenchmarkError, Measurement
from devstack.service import Say
from devstack.stack import Stack, Wish, migrate, open_stack

type Row = Callable[[Stack, Say], list[Measurement]]

WIDTH = 120
ON_STORES: dict[str, Row] = {
    "api": api.measure,
    "hop": hop.measure,
    "jobs": jobs.measure,
    "bus": bus.measure,
    "travel": travel.measure,
    "cancel": cancel.measure,
    "cosmos": cosmos.measure,
    "work": work.measure,
}
ON_PRODUCT: Mapping[str, Row] = {
    "draft": draft.measure,
    "nearby": nearby.measure,
    "plan": plan.measure,
}
ROWS = {
    "api": "reading one trip over HTTP, against FastAPI",
    "hop": "from posting a message to its handler, against procrastinate",
    "jobs": "two thousand small jobs through a queue, against Celery on Redis",
    "bus": "the Service Bus emulator through Microsoft's client and through raw frames",
    "cosmos": "the Cosmos DB emulator through Microsoft's client",
    "draft": "from the request to the first checked plan, through HTTP",
    "cancel": "from a cancel to the worker having stopped",
    "nearby": "places within reach of a point, cached and not",
    "plan": "the optimiser alone, for 3, 7 and 14 days",
    "plans": "plans of many parties and routes: how many pass, and how good they are",
    "planner": "the planning kernel on published instances, against VROOM and OR-Tools",
    "travel": "estimated ways inside a city against the route service, with the constants that fit",
    "work": "processor time of a message of each queue, which benchmarks/scaling reads",
    "start": "import of the app, start of the stack, a whole demo",
}


def main(argv: Sequence[str]) -> int:
    """0 when everything was measured, whatever the bars say; 1 when a measurement could not be made."""
    options = _parser().parse_args(argv)
    wanted = [name for name in ROWS if not options.rows or name in options.rows]
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    begun = time.monotonic()

    def say(line: str) -> None:
        console.print(f"[dim]{time.monotonic() - begun:5.1f} s  {line}[/]", highlight=False)

    try:
        cases = plans.numbers(whole=options.whole, only=options.case)
        found = measure(wanted, say, whole=options.whole, cases=cases)
    except BenchmarkError as error:
        say(f"[red]{error}[/]")
        return 1
    console.print(table.of(found))
    console.print(f"{time.monotonic() - begun:.0f} s on {_machine()}", highlight=False)
    if options.json is not None:
        document = table.document(found, {"description": _machine(), "load": os.getloadavg()[0]})
        options.json.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


def measure(wanted: Sequence[str], say: Say, *, whole: bool, cases: Sequence[int]) -> list[Measurement]:
    """The rows by name; those that need the same servers share a stack."""
    found: list[Measurement] = []
    on_stores = ON_STORES | {"plans": partial(plans.measure, wanted=cases)}
    stores = {name: row for name, row in on_stores.items() if name in wanted}
    if stores:
        say("starting the stores and the bus")
        with open_stack("bench-stores", fresh=True, wish=Wish(hosts=False), say=say) as stack:
            migrate(stack.slot, stack.settings)
            found += _run(stores, stack, say)
    product = {name: row for name, row in ON_PRODUCT.items() if name in wanted}
    if product:
        say("starting the whole stack")
        with open_stack("bench", say=say) as stack:
            found += _run(product, stack, say)
    if "planner" in wanted:
        found += planner.measure(say, whole=whole)
    if "start" in wanted:
        found += start.measure(say)
    return found


def _run(rows: Mapping[str, Row], stack: Stack, say: Say) -> list[Measurement]:
    return [line for row in rows.values() for line in row(stack, say)]


def _machine() -> str:
    system, python = f"{platform.system()} {platform.machine()}", f"Python {platform.python_version()}"
    return f"{system}, {os.cpu_count()} cores, {python}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./tripgen bench",
        description="Speed and memory, side by side with what one would pick instead, in the same run.",
        epilog="rows:\n" + "\n".join(f"  {name:7} {what}" for name, what in ROWS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "rows", nargs="*", type=_row, metavar="row", help=f"any of {' '.join(ROWS)} (default: all)"
    )
    parser.add_argument(
        "--whole",
        action="store_true",
        help="planner, plans: every instance and case, no sample (half an hour)",
    )
    parser.add_argument(
        "--case", type=int, action="append", default=[], metavar="N", help="plans: only this case; may repeat"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every value there")
    return parser


def _row(name: str) -> str:
    if name not in ROWS:
        raise argparse.ArgumentTypeError(f"there is no row {name!r}; there are {', '.join(ROWS)}")
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

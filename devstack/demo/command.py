"""The demo from start to end: stack, traveller, trip, plan, timetable, files."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.status import Status

from devstack.demo import options as command_line
from devstack.demo import timetable
from devstack.demo.options import Options
from devstack.demo.traveller import RefusedError, Traveller
from devstack.googlemaps.places import Catalogue, load
from devstack.stack import Stack, open_stack

WIDTH = 100


class Steps:
    """One line per step with the time it took; on a terminal the running one is alive."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._begun = time.monotonic()

    def running(self, what: str) -> Status:
        return self.console.status(what)

    def done(self, what: str) -> None:
        elapsed = time.monotonic() - self._begun
        self.console.print(f"[green]✓[/] [dim]{elapsed:5.1f} s[/]  {what}", highlight=False)


def main(argv: Sequence[str]) -> int:
    """Run one demo; 0 when a plan was delivered, 1 when not, 2 for a wrong command line."""
    catalogue = load()
    options = command_line.read(argv, catalogue)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    steps = Steps(console)
    starting = steps.running("Starting stores, emulators, simulators and the app …")
    say: Callable[[str], None] = lambda line: console.print(f"[dim]{line}[/]", highlight=False)  # noqa: E731
    starting.start()
    try:
        with open_stack("demo", fresh=options.fresh, say=say) as stack:
            starting.stop()
            steps.done(
                "The stack is up: PostgreSQL, Valkey, Service Bus, Cosmos DB, maps, weather, model, app"
            )
            return _travel(stack, options, catalogue, steps)
    finally:
        starting.stop()


def _travel(stack: Stack, options: Options, catalogue: Catalogue, steps: Steps) -> int:
    traveller = Traveller(stack.web)
    try:
        steps.done(f"{traveller.sign_up()} signed up and signed in")
        trip = traveller.describe(options, catalogue)
        steps.done(_described(trip))
        asked = time.monotonic()
        job = _watch(traveller, traveller.ask(trip["id"], options), steps)
        if job["state"] != "completed":
            return _no_plan(job["reason"], steps)
        steps.done(f"Planned in {time.monotonic() - asked:.1f} s, seed {options.seed}")
        _show(traveller.plan(trip["id"]), options, steps.console)
        steps.console.print(f"Inbox: {traveller.news()}", highlight=False)
    except RefusedError as error:
        return _no_plan(str(error), steps)
    else:
        return 0
    finally:
        traveller.close()


def _no_plan(reason: str, steps: Steps) -> int:
    steps.console.print(f"[bold red]No plan:[/] {reason}", highlight=False)
    return 1


def _described(trip: dict[str, Any]) -> str:
    stops = ", ".join(f"{stop['name']} {stop['nights']} nights" for stop in trip["destinations"])
    party = ", ".join(f"{member['name']} ({member['age']}, {member['health']})" for member in trip["members"])
    return f"Trip from {trip['startDate']} to {trip['endDate']}: {stops}; {party}"


def _watch(traveller: Traveller, job_id: str, steps: Steps) -> dict[str, Any]:
    job: dict[str, Any] = {}
    with steps.running("Waiting for a planner …") as status:
        for job in traveller.watch(job_id):
            for event in job["events"]:
                steps.done(f"{event['percent']:3d} %  {event['state']}: {event['message']}")
            status.update(f"{job['state']} … {job['percent']} %")
    return job


def _show(plan: dict[str, Any], options: Options, console: Console) -> None:
    parts = (timetable.of(plan), timetable.report(plan))
    for part in parts:
        console.print(part)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "plan.json").write_text(json.dumps(plan, ensure_ascii=False, indent=2), encoding="utf-8")
    with (options.out / "timetable.txt").open("w", encoding="utf-8") as file:
        paper = Console(file=file, width=WIDTH, no_color=True)
        for part in parts:
            paper.print(part)
    console.print(f"Files: {options.out / 'plan.json'}, {options.out / 'timetable.txt'}", highlight=False)

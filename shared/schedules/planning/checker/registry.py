"""The table of checks: every code of the product rules, in their order, and the function that decides it."""

from collections.abc import Callable, Iterator, Mapping

from shared.schedules.planning.brief import Candidate
from shared.schedules.planning.checker.clock import clock
from shared.schedules.planning.checker.dates import anchors, dates
from shared.schedules.planning.checker.facts import Facts, gather
from shared.schedules.planning.checker.hours import hours_known, open_hours
from shared.schedules.planning.checker.legs import travel
from shared.schedules.planning.checker.meals import meals
from shared.schedules.planning.checker.pace import pace, rests
from shared.schedules.planning.checker.parking import parking
from shared.schedules.planning.checker.places import grounded, region, unique
from shared.schedules.planning.checker.suitability import excluded, step_free, weather
from shared.schedules.planning.checker.times import duration, order
from shared.schedules.planning.checker.transfer import transfer
from shared.schedules.planning.checker.walking import leg_limits, walk_day
from shared.schedules.planning.checker.window import day_window
from shared.schedules.planning.checker.wishes import budget, locked, must_see
from shared.schedules.planning.document import CheckResult, Finding, Plan

type Check = Callable[[Facts], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "dates": dates,
    "anchors": anchors,
    "order": order,
    "open": open_hours,
    "hours-known": hours_known,
    "duration": duration,
    "travel": travel,
    "leg-limits": leg_limits,
    "walk-day": walk_day,
    "pace": pace,
    "rests": rests,
    "meals": meals,
    "unique": unique,
    "grounded": grounded,
    "region": region,
    "must-see": must_see,
    "excluded": excluded,
    "step-free": step_free,
    "budget": budget,
    "day-window": day_window,
    "clock": clock,
    "weather": weather,
    "transfer": transfer,
    "parking": parking,
    "locked": locked,
}


def check(
    plan: Plan,
    *,
    candidates: Mapping[str, Candidate] | None = None,
    previous: Plan | None = None,
) -> list[CheckResult]:
    """One result per code, in the table's order, with one finding per failing item; no waiver is set or read.

    `candidates` are the stored places by id, `previous` the version whose locked visits must stay; what is
    not given is not compared. Never raises on a plan the document's models accept.
    """
    facts = gather(plan, candidates=candidates, previous=previous)
    return [_result(code, list(decide(facts))) for code, decide in CHECKS.items()]


def _result(code: str, findings: list[Finding]) -> CheckResult:
    return CheckResult(code=code, ok=not findings, findings=findings)

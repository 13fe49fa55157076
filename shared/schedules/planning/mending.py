"""A chosen plan put on its real ways day by day: what breaks is mended, all other days only move in time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.schedules.planning.brief import Brief, Candidate, candidates_of
from shared.schedules.planning.checker import check
from shared.schedules.planning.days import Crowded, DayMaker
from shared.schedules.planning.document import CheckResult, Day, Item, Plan
from shared.schedules.planning.optimiser import ESTIMATED, never, retime
from shared.schedules.planning.rearrange import Misfit
from shared.schedules.planning.retime import with_breaks_moved
from shared.schedules.planning.ways import Way

type Findings = Counter[tuple[int, str]]
"""How often a check fails on a day, by the day's index and the check's code."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Each day as it goes with the ways that are known, None where its stays do not fit; `unknown` are the
    ways they go that nobody told, in order."""

    days: tuple[Day | None, ...]
    unknown: tuple[Way, ...]


def timing_of(brief: Brief, plan: Plan) -> Timing:
    """The same stays in the same order, each day by itself, with `brief.known`."""
    days, unknown = list[Day | None](), dict[Way, None]()
    for index, day in enumerate(plan.days):
        alone = plan.model_copy(update={"days": [day]})
        found = retime(_of_day(brief, day, index), alone)
        days.append(found.plan.days[0] if found.plan else None)
        unknown |= dict.fromkeys(found.unknown)
    return Timing(tuple(days), tuple(unknown))


def as_timed(plan: Plan, timing: Timing) -> Plan:
    """The plan with its days as timed; one whose stays do not fit keeps its legs, marked as estimated."""
    pairs = zip(timing.days, plan.days, strict=True)
    return plan.model_copy(update={"days": [timed or _estimated(day) for timed, day in pairs]})


def broken_days(brief: Brief, plan: Plan, timing: Timing, *, before: Sequence[CheckResult]) -> list[int]:
    """The days whose stays do not fit, or that fail a check more often than in the report `before`."""
    known, now = _by_day(before), _by_day(_checked(brief, as_timed(plan, timing)))
    worse = {day for (day, code), times in now.items() if times > known[day, code]}
    return [index for index, day in enumerate(timing.days) if day is None or index in worse]


def mended(
    brief: Brief,
    plan: Plan,
    broken: Sequence[int],
    *,
    before: Sequence[CheckResult],
    stop: Callable[[], bool] = never,
) -> Plan:
    """The plan with the broken days made anew by `brief.known`, its other days untouched; as it is where that
    makes nothing better.

    A day first keeps its stays and has its meals and rests moved; if that does not keep the rules it kept
    before, it is planned again without the places of other days. The same arguments give the same plan.
    """
    for index in broken:
        plan = _mended_day(brief, plan, index, before=_by_day(before), stop=stop)
    return plan


def _mended_day(brief: Brief, plan: Plan, index: int, *, before: Findings, stop: Callable[[], bool]) -> Plan:
    best, least = plan, _excess(brief, plan, index, before)
    for made in _choices(brief, plan, index, stop):
        excess = _excess(brief, made, index, before)
        if excess < least:
            best, least = made, excess
        if not least:
            break
    return best


def _choices(brief: Brief, plan: Plan, index: int, stop: Callable[[], bool]) -> Iterator[Plan]:
    day = _moved(brief, plan.days[index], index)
    if day is not None:
        yield plan.model_copy(update={"days": [*plan.days[:index], day, *plan.days[index + 1 :]]})
    maker = DayMaker(brief, plan, index, shuns=False, stop=stop)
    try:
        made = maker.plan(seed=plan.seed, version=plan.version, generated_at=plan.generated_at)
    except (Crowded, ValueError):  # nothing can be planned around what is locked, or no way leads through
        return
    yield made.model_copy(update={"status": plan.status})


def _moved(brief: Brief, day: Day, index: int) -> Day | None:
    try:
        return with_breaks_moved(brief, day, index)
    except Misfit:  # a place of it is not known any more
        return None


def _excess(brief: Brief, plan: Plan, index: int, before: Findings) -> float:
    """How many more findings a day has than before by its known ways; without end where it does not fit."""
    day = plan.days[index]
    found = retime(_of_day(brief, day, index), plan.model_copy(update={"days": [day]})).plan
    if found is None:
        return float("inf")
    days = [*plan.days[:index], found.days[0], *plan.days[index + 1 :]]
    now = _by_day(_checked(brief, plan.model_copy(update={"days": days})))
    return sum(max(0, times - before[on, code]) for (on, code), times in now.items() if on == index)


def _of_day(brief: Brief, day: Day, index: int) -> Brief:
    """The brief of one day of a plan, with no other places than its own and the car parks."""
    used = {item.place.id for item in day.items if item.place}

    def is_of_day(candidate: Candidate) -> bool:
        return candidate.category == "parking" or candidate.id in used

    stops = (replace(s, candidates=tuple(filter(is_of_day, s.candidates))) for s in brief.stops)
    return replace(brief, stops=tuple(stops), only_day=index)


def _checked(brief: Brief, plan: Plan) -> list[CheckResult]:
    return check(plan, candidates=candidates_of(brief))


def _by_day(report: Sequence[CheckResult]) -> Findings:
    """Findings that point into a day, as `/days/2/items/5` does."""
    places = ((finding.where.split("/"), result.code) for result in report for finding in result.findings)
    return Counter((int(where[2]), code) for where, code in places if where[1:2] == ["days"] and where[2:])


def _estimated(day: Day) -> Day:
    """The day as it is, every leg inside a city marked as estimated."""
    return day.model_copy(update={"items": [_marked(item) for item in day.items]})


def _marked(item: Item) -> Item:
    if item.kind != "leg" or item.mode in ("intercity", "flight"):
        return item
    return item.model_copy(update={"warnings": [ESTIMATED]})

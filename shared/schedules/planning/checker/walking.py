"""Checks `leg-limits` and `walk-day`: no walk, ride or day on foot is too much for the least able member."""

from collections.abc import Iterator

from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts
from shared.schedules.planning.checker.legs import top_metres
from shared.schedules.planning.checker.movement import Step, steps, walked_metres, walks
from shared.schedules.planning.checker.party import Limits
from shared.schedules.planning.checker.transfer import crosses_cities
from shared.schedules.planning.document import Finding

_ALWAYS_WALKED_METRES = 500
_WALK_MINUTES = 20
_RIDE_MINUTES = 60
_CITY_RIDES = ("public", "car", "taxi")
_ROAD_MODES = ("car", "taxi")


def leg_limits(facts: Facts) -> Iterator[Finding]:
    """Walks and rides within their limits (product rules, legs).

    Walking per leg within the party's limit and 20 minutes, adjoining walks being one; up to 500 m on foot
    unless the party is `limited`; no car or taxi leg over 60 minutes inside a destination.
    """
    for day in facts.days:
        for run in walks(day):
            fault = _walk_fault(run, facts.limits)
            if fault:
                yield Finding(where=run[0].where, message=fault)
        for step in steps(day):
            if step.entry.is_leg and step.entry.item.mode != "walk":
                fault = next(_ride_faults(step, day, facts), None)
                if fault:
                    yield Finding(where=step.entry.where, message=fault)


def _walk_fault(run: tuple[Entry, ...], limits: Limits) -> str | None:
    metres = sum(walked_metres(leg) for leg in run)
    minutes = sum(leg.item.minutes or 0 for leg in run)
    name = "The walk" if len(run) == 1 else f"The walk of {len(run)} legs in a row"
    if limits.walk_leg is not None and metres > limits.walk_leg:
        return f"{name} of {metres:,} m is over the party's limit of {limits.walk_leg:,} m."
    if minutes > _WALK_MINUTES:
        return f"{name} takes {minutes} minutes, more than {_WALK_MINUTES}."
    return None


def _ride_faults(step: Step, day: DayFacts, facts: Facts) -> Iterator[str]:
    item, limits = step.entry.item, facts.limits
    walked, farthest = item.walk_metres or 0, top_metres("walk", _WALK_MINUTES, 0)
    if limits.walk_leg is not None and walked > limits.walk_leg:
        yield f"The leg has {walked:,} m on foot, over the party's limit of {limits.walk_leg:,} m."
    if walked > farthest:
        yield f"The leg has {walked:,} m on foot, more than {_WALK_MINUTES} minutes allow."
    if item.mode in _CITY_RIDES and not limits.limited and (item.metres or 0) <= _ALWAYS_WALKED_METRES:
        yield f"{item.metres or 0:,} m by {item.mode}: up to {_ALWAYS_WALKED_METRES} m are walked."
    minutes = item.minutes or 0
    if item.mode in _ROAD_MODES and minutes > _RIDE_MINUTES and not _may_be_long(step, day, facts):
        yield f"The {item.mode} leg takes {minutes} minutes, more than {_RIDE_MINUTES} inside a destination."


def _may_be_long(step: Step, day: DayFacts, facts: Facts) -> bool:
    item, start, end = step.entry.item, day.day.start.kind, day.day.end.kind
    if (item.from_ == "start" and start == "arrival") or (item.to == "end" and end == "departure"):
        return True
    return item.mode == "car" and facts.plan.transport == "car" and crosses_cities(step, day)


def walk_day(facts: Facts) -> Iterator[Finding]:
    """All walking of a day, that inside rides included, within the party's limit."""
    for day in facts.days:
        walked = sum(walked_metres(entry) for entry in day.entries if entry.is_leg)
        if walked > facts.limits.walk_day:
            message = (
                f"The day has {walked:,} m on foot, over the party's limit of {facts.limits.walk_day:,} m."
            )
            yield Finding(where=day.where, message=message)

"""Checks `pace` and `rests`: the day holds what the least able member can take, with breaths between."""

from collections.abc import Iterator

from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts
from shared.schedules.planning.document import Finding

_SHORT_HALF_DAY = 4 * 60
_SHORTEST_REST, _LONGEST_REST = 20, 40


def pace(facts: Facts) -> Iterator[Finding]:
    """Visits within the party's band (product rules, pace of a day).

    Half of it rounded up on half days; one of under 4 hours has no lower bound.
    """
    for day in facts.days:
        least, most = (_share(bound, day) for bound in facts.limits.places)
        least = 0 if _is_short(day) else least
        count = sum(entry.item.kind == "visit" for entry in day.entries)
        if not least <= count <= most:
            message = f"The day has {count} places, this party's pace is {least} to {most}."
            yield Finding(where=day.where, message=message)


def rests(facts: Facts) -> Iterator[Finding]:
    """Rests of 20 to 40 minutes, as many as the party needs, and no long stretch without a break.

    Product rules: half of them rounded up on half days, none demanded of one under 4 hours; 3 hours at most
    without one for `limited`, 4 for `caution`, from the first item to the last; a meal or a ride of at least
    20 minutes breaks a stretch without being a rest.
    """
    for day in facts.days:
        found = [entry for entry in day.entries if entry.item.kind == "rest"]
        good = [e for e in found if _SHORTEST_REST <= e.end - e.start <= _LONGEST_REST]
        for entry in found:
            if entry not in good:
                minutes = entry.end - entry.start
                message = f"The rest lasts {minutes} minutes, not {_SHORTEST_REST} to {_LONGEST_REST}."
                yield Finding(where=entry.where, message=message)
        needed = 0 if _is_short(day) else _share(facts.limits.rests, day)
        if len(good) < needed:
            message = f"The day has {len(good)} rests, this party needs {needed}."
            yield Finding(where=day.where, message=message)
        if facts.limits.rest_spacing is not None:
            yield from _long_stretches(day, facts.limits.rest_spacing)


def _share(number: int, day: DayFacts) -> int:
    return -(-number // 2) if day.half else number


def _is_short(day: DayFacts) -> bool:
    return day.half and day.own_minutes < _SHORT_HALF_DAY


def _long_stretches(day: DayFacts, limit: int) -> Iterator[Finding]:
    since, until = day.span
    ends = [(e.start, e.end, e.where) for e in day.entries if _breaks(e)]
    last = day.entries[-1].where if day.entries else day.where
    for start, end, where in [*ends, (until, until, last)]:
        if start - since > limit:
            message = f"{start - since} minutes without a rest before this; the party's limit is {limit}."
            yield Finding(where=where, message=message)
        since = max(since, end)


def _breaks(entry: Entry) -> bool:
    if entry.is_leg:
        return entry.item.mode != "walk" and (entry.item.minutes or 0) >= _SHORTEST_REST
    return entry.item.kind in ("rest", "meal") and entry.end - entry.start >= _SHORTEST_REST

"""Opening hours of a candidate on one day, on the clock of that day's start."""

from datetime import date, timedelta

from shared.schedules.planning.brief import Candidate, Interval

DAY = 24 * 60
CLOCK_END = 30 * 60 - 1


def hours_on(candidate: Candidate, day: date, shift: int) -> tuple[Interval, ...] | None:
    """Opening intervals of a date in minutes of a clock `shift` minutes ahead; None when hours are unknown.

    A shifted clock also sees the ends of the neighbouring dates.
    """
    if candidate.hours is None:
        return None
    if shift == 0:
        return tuple(sorted(_clipped(candidate.hours.get(day, ()))))
    moved: list[Interval] = []
    for offset in (-1, 0, 1):
        intervals = candidate.hours.get(day + timedelta(days=offset), ())
        moved += [(start + shift + offset * DAY, end + shift + offset * DAY) for start, end in intervals]
    return _merged(_clipped(moved))


def first_start(intervals: tuple[Interval, ...], earliest: int, minutes: int) -> int:
    """Earliest start from which a stay of `minutes` lies inside one interval; -1 when there is none."""
    for opens, closes in intervals:
        start = opens if opens > earliest else earliest
        if start + minutes <= closes:
            return start
    return -1


def _clipped(intervals: tuple[Interval, ...] | list[Interval]) -> list[Interval]:
    inside = [(max(0, start), min(CLOCK_END, end)) for start, end in intervals if start < DAY]
    return [(start, end) for start, end in inside if end > start]


def _merged(intervals: list[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)

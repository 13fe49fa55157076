"""Google's opening periods as intervals per weekday and per date.

Google counts days from Sunday = 0 and writes "always open" as one period from Sunday 00:00 without an end
(Places API, OpeningHours). An interval past midnight belongs to the day it begins on.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from shared.places.model import Hours, Interval, Place

DAY, WEEK = 1440, 7 * 1440
ALWAYS: tuple[Interval, ...] = ((0, DAY),)


def from_google(
    weekly: Mapping[str, Any] | None, current: Mapping[str, Any] | None, closed: Iterable[date]
) -> Hours | None:
    """Hours of a place; `current` are the next seven dates, where they differ they are exceptions."""
    if weekly is None:
        return None
    by_weekday = _by_weekday(weekly.get("periods", ()))
    exceptions = {
        day: intervals
        for day, intervals in _by_date(current.get("periods", ()) if current else ()).items()
        if intervals != by_weekday[day.weekday()]
    }
    return Hours(weekly=by_weekday, exceptions=exceptions | dict.fromkeys(closed, ()))


def opening_hours(place: Place, dates: Sequence[date]) -> dict[date, tuple[Interval, ...]] | None:
    """The opening intervals of each local date, exceptions included; None when the hours are unknown."""
    hours = place.hours
    if hours is None:
        return None
    return {day: hours.exceptions.get(day, hours.weekly[day.weekday()]) for day in dates}


def _by_weekday(periods: Sequence[Mapping[str, Any]]) -> tuple[tuple[Interval, ...], ...]:
    if any("close" not in period for period in periods):
        return (ALWAYS,) * 7
    days: list[list[Interval]] = [[] for _ in range(7)]
    for period in periods:
        start, end = _minute(period["open"]), _minute(period["close"])
        length = (end - start) % WEEK or WEEK
        begins = start % DAY
        days[(period["open"]["day"] - 1) % 7].append((begins, begins + length))
    return tuple(_cut(intervals) for intervals in days)


def _by_date(periods: Sequence[Mapping[str, Any]]) -> dict[date, tuple[Interval, ...]]:
    days: dict[date, list[Interval]] = {}
    for period in periods:
        opened, closed = period["open"], period.get("close")
        if closed is None or "date" not in opened or period["open"].get("truncated"):
            continue
        length = (_minute(closed) - _minute(opened)) % WEEK
        begins = opened.get("hour", 0) * 60 + opened.get("minute", 0)
        days.setdefault(_date(opened["date"]), []).append((begins, begins + length))
    return {day: _cut(intervals) for day, intervals in days.items()}


def _cut(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sorted; none runs more than a day past its midnight, and a whole day is written 0 to 1440."""
    return tuple(sorted((start, min(end, DAY if start == 0 else 2 * DAY - 1)) for start, end in intervals))


def _minute(point: Mapping[str, Any]) -> int:
    return int(point.get("day", 0)) * DAY + int(point.get("hour", 0)) * 60 + int(point.get("minute", 0))


def _date(row: Mapping[str, int]) -> date:
    return date(row["year"], row["month"], row["day"])

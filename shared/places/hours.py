"""Google's opening periods as intervals per weekday and per date.

Google counts days from Sunday = 0 and writes "always open" as one period from Sunday 00:00 without an end
(Places API, OpeningHours). An interval past midnight belongs to the day it begins on, up to 29:59, the last
time a plan can write; one that ends later is cut at each midnight.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from shared.places.model import Hours, Interval, Place
from shared.places.opening import intervals_on

DAY, WEEK = 1440, 7 * 1440
LATEST_END = 30 * 60 - 1
ALWAYS: tuple[Interval, ...] = ((0, DAY),)


def from_google(
    weekly: Mapping[str, Any] | None, current: Mapping[str, Any] | None, closed: Iterable[date]
) -> Hours | None:
    """Hours of a place, None when Google names no period.

    `current` are the next seven dates: where they differ they are exceptions, and a special day without a
    period is closed. `closed` dates come from elsewhere and win.
    """
    if not weekly or not weekly.get("periods"):
        return None
    by_weekday = _by_weekday(weekly["periods"])
    current = current or {}
    special = {_date(day["date"]) for day in current.get("specialDays", ()) if "date" in day}
    exceptions = {
        day: intervals
        for day, intervals in _by_date(current.get("periods", ()), special).items()
        if intervals != by_weekday[day.weekday()]
    }
    return Hours(weekly=by_weekday, exceptions=exceptions | dict.fromkeys(closed, ()))


def opening_hours(place: Place, dates: Sequence[date]) -> dict[date, tuple[Interval, ...]] | None:
    """The opening intervals of each local date, exceptions included; None when the hours are unknown."""
    hours = place.hours
    if hours is None:
        return None
    return {day: intervals_on(hours, day) for day in dates}


def _by_weekday(periods: Sequence[Mapping[str, Any]]) -> tuple[tuple[Interval, ...], ...]:
    if any("close" not in period for period in periods):
        return (ALWAYS,) * 7
    days: list[list[Interval]] = [[] for _ in range(7)]
    for period in periods:
        start, end = _minute(period["open"]), _minute(period["close"])
        first = period["open"].get("day", 0) - 1
        for later, interval in _daily(start % DAY, (end - start) % WEEK or WEEK):
            days[(first + later) % 7].append(interval)
    return tuple(_merged(intervals) for intervals in days)


def _by_date(
    periods: Sequence[Mapping[str, Any]], special: Collection[date]
) -> dict[date, tuple[Interval, ...]]:
    """The dates whose hours are told whole, and the special ones, without a period closed.

    Where the seven dates cut a period off, its true end is not told: of it only whole days count.
    """
    days: dict[date, list[Interval]] = {day: [] for day in special}
    edges: set[date] = set()
    for period in periods:
        points = period["open"], period.get("close", {})
        if not all("date" in point for point in points):
            continue
        cut = {_date(point["date"]) for point in points if point.get("truncated")}
        for day, interval in _dated(*points):
            if not cut or interval == ALWAYS[0]:
                days.setdefault(day, []).append(interval)
        edges |= cut
    return {day: _merged(days[day]) for day in days if day in special or day not in edges}


def _dated(opened: Mapping[str, Any], closed: Mapping[str, Any]) -> Iterator[tuple[date, Interval]]:
    last_minute = 1 if closed.get("truncated") else 0  # 23:59 then stands for midnight
    start, end = _instant(opened), _instant(closed) + last_minute
    for later, interval in _daily(start % DAY, end - start):
        yield _date(opened["date"]) + timedelta(days=later), interval


def _daily(begins: int, length: int) -> Iterator[tuple[int, Interval]]:
    """An opening as intervals by days after its first one."""
    ends = begins + length
    if ends <= LATEST_END:
        yield 0, (begins, ends)
        return
    for later in range(-(-ends // DAY)):
        yield later, (begins if later == 0 else 0, min(DAY, ends - later * DAY))


def _merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """In order, those that touch joined."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _minute(point: Mapping[str, Any]) -> int:
    return int(point.get("day", 0)) * DAY + int(point.get("hour", 0)) * 60 + int(point.get("minute", 0))


def _instant(point: Mapping[str, Any]) -> int:
    return _date(point["date"]).toordinal() * DAY + _minute({**point, "day": 0})


def _date(row: Mapping[str, int]) -> date:
    return date(row["year"], row["month"], row["day"])

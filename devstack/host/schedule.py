"""When a timer is due: NCRONTAB expressions and fixed intervals, evaluated in UTC.

The six fields are second, minute, hour, day of month, month and day of week (0 or SUN to 6 or SAT); five
fields mean second 0. As in NCRONTAB a day must satisfy both of its fields, a range may be written backwards,
and `a/n` means every n from a to the end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from devstack.host.errors import StartError
from devstack.host.timespan import is_timespan, parse_timespan

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")
_YEARS_AHEAD = 8  # 29 February on a given century boundary is at most this far away


class Schedule(Protocol):
    """A rule that gives the next moment a timer is due."""

    def after(self, moment: datetime) -> datetime:
        """The first due moment strictly after an aware moment."""
        ...


@dataclass(frozen=True)
class Interval:
    """Every so often, counted from the moment asked about."""

    every: timedelta

    def after(self, moment: datetime) -> datetime:
        """That moment plus the interval."""
        return moment + self.every


@dataclass(frozen=True)
class Cron:
    """A parsed NCRONTAB expression: the allowed values of each field."""

    seconds: Sequence[int]
    minutes: Sequence[int]
    hours: Sequence[int]
    days: Sequence[int]
    months: Sequence[int]
    weekdays: Sequence[int]

    def after(self, moment: datetime) -> datetime:
        """The first match after a moment; raises StartError when no such day comes within eight years."""
        moment = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day = moment.date()
        last_year = day.year + _YEARS_AHEAD
        while day.year <= last_year:
            if self._matches_day(day.day, day.month, day.isoweekday() % 7):
                floor = moment.time() if day == moment.date() else time.min
                found = self._time_from(floor.hour, floor.minute, floor.second)
                if found is not None:
                    return datetime(day.year, day.month, day.day, *found, tzinfo=UTC)
            day += timedelta(days=1)
        raise StartError("This schedule never comes due: no such date exists.")

    def _matches_day(self, day: int, month: int, weekday: int) -> bool:
        return day in self.days and month in self.months and weekday in self.weekdays

    def _time_from(self, hour: int, minute: int, second: int) -> tuple[int, int, int] | None:
        """The first allowed time of a day that is not before the given one."""
        for h in self.hours:
            if h < hour:
                continue
            for m in self.minutes:
                if h == hour and m < minute:
                    continue
                floor = second if (h, m) == (hour, minute) else 0
                s = next((s for s in self.seconds if s >= floor), None)
                if s is not None:
                    return h, m, s
        return None


def parse_schedule(text: str, *, function: str) -> Schedule:
    """An NCRONTAB expression of five or six fields, or a TimeSpan; raises StartError naming the function."""
    where = f"Function {function}: schedule {text!r}"
    if is_timespan(text):
        interval = parse_timespan(text, field=where)
        if not interval:
            raise StartError(f"{where} must be longer than zero.")
        return Interval(interval)
    fields = text.split()
    if len(fields) not in (5, 6):
        raise StartError(f"{where} has {len(fields)} fields; write second minute hour day month weekday.")
    cron = _parse_cron(["0", *fields] if len(fields) == 5 else fields, where)  # noqa: PLR2004 - no seconds
    cron.after(datetime.now(UTC))
    return cron


def _parse_cron(fields: Sequence[str], where: str) -> Cron:
    second, minute, hour, day, month, weekday = fields
    return Cron(
        seconds=_values(second, range(60), where=where),
        minutes=_values(minute, range(60), where=where),
        hours=_values(hour, range(24), where=where),
        days=_values(day, range(1, 32), where=where),
        months=_values(month, range(1, 13), names=_MONTHS, where=where),
        weekdays=_values(weekday, range(7), names=_DAYS, where=where),
    )


def _values(text: str, allowed: range, *, names: Sequence[str] = (), where: str) -> tuple[int, ...]:
    values: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise StartError(f"{where}: {part!r} is not a value, a range or a step.")
        values.update(_range(match, allowed, names, where))
    return tuple(sorted(values))


def _range(match: re.Match[str], allowed: range, names: Sequence[str], where: str) -> range:
    step = int(match["step"] or 1)
    if step == 0:
        raise StartError(f"{where}: a step of 0 never advances; use 1 or more.")
    if match["first"] is None:
        return allowed[::step]
    first = _number(match["first"], allowed, names, where)
    open_end = allowed[-1] if match["step"] else first
    last = _number(match["last"], allowed, names, where) if match["last"] else open_end
    return range(min(first, last), max(first, last) + 1, step)


def _number(text: str, allowed: range, names: Sequence[str], where: str) -> int:
    key = text.lower()[:3]
    value = names.index(key) + allowed[0] if key in names else int(text) if text.isdecimal() else -1
    if value not in allowed:
        raise StartError(f"{where}: {text!r} is not between {allowed[0]} and {allowed[-1]}.")
    return value

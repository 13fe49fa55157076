"""Opening hours: the catalogue's short grammar in, Google's periods and descriptions out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FULL_DAY = 24 * 60
NOON = 12
ALWAYS_OPEN = {"open": {"day": 0, "hour": 0, "minute": 0}}  # Google's way to write 24/7: no close at all
NARROW_SPACE, THIN_SPACE, EN_DASH = "\u202f", "\u2009", "\u2013"


@dataclass(frozen=True)
class Week:
    """Intervals per weekday, Monday first, in minutes after midnight.

    An end past 24:00 runs into the next day.
    """

    days: tuple[tuple[tuple[int, int], ...], ...]
    always: bool = False

    def on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The intervals that begin on a date, exceptions aside."""
        return self.days[day.weekday()]


def parse_week(hours: Mapping[str, list[str]] | str | None) -> Week | None:
    """Read `"24h"`, None (unknown), or weekdays and ranges such as `mon-fri` and `daily`; later keys win.

    Raises ValueError for a key or an interval outside the grammar.
    """
    if hours is None:
        return None
    if isinstance(hours, str):
        if hours != "24h":
            raise ValueError(f"hours {hours!r}: write 24h, null or an object of weekdays")
        return Week((((0, FULL_DAY),),) * 7, always=True)
    days: list[tuple[tuple[int, int], ...]] = [()] * 7
    for key, intervals in hours.items():
        for day in _days_of(key):
            days[day] = tuple(_interval(text) for text in intervals)
    return Week(tuple(days))


def _days_of(key: str) -> list[int]:
    if key == "daily":
        return list(range(7))
    first, _, last = key.partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"hours key {key!r}: write mon..sun, a range such as mon-fri, or daily")
    start = DAYS.index(first)
    count = (DAYS.index(last) - start) % 7 + 1 if last else 1
    return [(start + offset) % 7 for offset in range(count)]


def _interval(text: str) -> tuple[int, int]:
    start, end = (_minutes(part) for part in text.split("-"))
    return (start, end) if end > start else (start, end + FULL_DAY)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    total = int(hour) * 60 + int(minute)
    if not 0 <= total <= FULL_DAY:
        raise ValueError(f"time {text!r} is not between 00:00 and 24:00")
    return total


def regular(week: Week, now: datetime) -> dict[str, Any]:
    """`regularOpeningHours` of the Places API (New); Sunday is day 0."""
    periods = [
        {"open": _weekly_point(day, start), "close": _weekly_point(day, end)}
        for day in (6, 0, 1, 2, 3, 4, 5)
        for start, end in week.days[day]
    ]
    return {
        "openNow": is_open(week, frozenset(), now),
        "periods": [ALWAYS_OPEN] if week.always else periods,
        "weekdayDescriptions": [_described(DAY_NAMES[day], week.days[day]) for day in range(7)],
    }


def current(week: Week, closed: frozenset[date], now: datetime) -> dict[str, Any]:
    """`currentOpeningHours`: the next seven days from the place's own today, exceptions included."""
    dates = [now.date() + timedelta(days=ahead) for ahead in range(7)]
    special = [day for day in dates if day in closed]
    open_on = {day: () if day in closed else week.on(day) for day in dates}
    answer: dict[str, Any] = {
        "openNow": is_open(week, closed, now),
        "periods": [
            {"open": _dated_point(day, start), "close": _dated_point(day, end)}
            for day in dates
            for start, end in open_on[day]
        ],
        "weekdayDescriptions": [
            _described(DAY_NAMES[day.weekday()], open_on[day]) for day in sorted(dates, key=date.weekday)
        ],
    }
    if week.always and not special:
        answer["periods"] = [_always_open_from(dates)]
    if special:
        answer["specialDays"] = [{"date": _date(day)} for day in special]
    return answer


def is_open(week: Week, closed: frozenset[date], now: datetime) -> bool:
    """Whether a place is open at a moment of its local time, intervals past midnight included."""
    minute = now.hour * 60 + now.minute
    for day, at in ((now.date(), minute), (now.date() - timedelta(days=1), minute + FULL_DAY)):
        if day not in closed and any(start <= at < end for start, end in week.on(day)):
            return True
    return False


def _weekly_point(day: int, minutes: int) -> dict[str, int]:
    day_of_week = (day + 1 + minutes // FULL_DAY) % 7
    return {"day": day_of_week, "hour": minutes % FULL_DAY // 60, "minute": minutes % 60}


def _dated_point(day: date, minutes: int) -> dict[str, Any]:
    falls_on = day + timedelta(days=minutes // FULL_DAY)
    return {**_weekly_point(day.weekday(), minutes), "date": _date(falls_on)}


def _always_open_from(dates: list[date]) -> dict[str, Any]:
    start = {**_dated_point(dates[0], 0), "truncated": True}
    end = {**_dated_point(dates[-1], FULL_DAY - 1), "truncated": True}
    return {"open": start, "close": end}


def _date(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _described(name: str, intervals: tuple[tuple[int, int], ...]) -> str:
    if not intervals:
        return f"{name}: Closed"
    if intervals == ((0, FULL_DAY),):
        return f"{name}: Open 24 hours"
    dash = f"{THIN_SPACE}{EN_DASH}{THIN_SPACE}"
    return f"{name}: " + ", ".join(f"{_clock(start)}{dash}{_clock(end)}" for start, end in intervals)


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes % FULL_DAY, 60)
    half = "AM" if hour < NOON else "PM"
    return f"{hour % NOON or NOON}:{minute:02}{NARROW_SPACE}{half}"

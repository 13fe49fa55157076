"""Functions of dates: texts of the form `2026-05-01T10:00:00.0000000Z`, counted in ticks of 100 ns.

Of `DateTimeDiff` years and months are differences of the calendar, smaller parts are boundaries crossed.
"""

import re
import time
from calendar import monthrange
from datetime import UTC, datetime, timedelta

from devstack.cosmos.sql.signatures import Signature, number_of, on_numbers
from devstack.cosmos.values import UNDEFINED, Value

_FORM = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 10_000_000  # ticks
_TICKS_PER_MS = _SECOND // 1000
_NS_PER_TICK = 100
_MONTHS_PER_YEAR = 12
_NAMES = {
    "year": "year", "yyyy": "year", "yy": "year", "month": "month", "mm": "month", "m": "month",
    "day": "day", "dd": "day", "d": "day", "hour": "hour", "hh": "hour", "minute": "minute", "mi": "minute",
    "n": "minute", "second": "second", "ss": "second", "s": "second", "millisecond": "millisecond",
    "ms": "millisecond", "microsecond": "microsecond", "mcs": "microsecond", "nanosecond": "nanosecond",
    "ns": "nanosecond",
}  # fmt: skip
_TICKS = {
    "day": 86_400 * _SECOND,
    "hour": 3_600 * _SECOND,
    "minute": 60 * _SECOND,
    "second": _SECOND,
    "millisecond": _TICKS_PER_MS,
    "microsecond": _SECOND // 1_000_000,
}


def _ticks(text: Value) -> int | None:
    """Ticks since 1970; None for what is no date of the form."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (moment - _EPOCH) // timedelta(seconds=1) * _SECOND + int((found[2] or "0").ljust(7, "0"))


def _moment(ticks: int) -> datetime:
    """The second that the ticks are in; OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(seconds=ticks // _SECOND)


def _text(ticks: int) -> Value:
    try:
        return f"{_moment(ticks).replace(tzinfo=None).isoformat()}.{ticks % _SECOND:07}Z"
    except OverflowError:
        return UNDEFINED


def _part_of(name: Value) -> str | None:
    return _NAMES.get(name.lower()) if isinstance(name, str) else None


def _add(name: Value, number: Value, date: Value) -> Value:
    part, count, ticks = _part_of(name), number_of(number), _ticks(date)
    if part is None or count is None or ticks is None or count != int(count):
        return UNDEFINED
    if part in {"year", "month"}:
        return _text_of_months(ticks, int(count) * (_MONTHS_PER_YEAR if part == "year" else 1))
    if part == "nanosecond":
        return _text(ticks + int(count) // _NS_PER_TICK)
    return _text(ticks + int(count) * _TICKS[part])


def _text_of_months(ticks: int, months: int) -> Value:
    """The same day some months on, or the last day of that month."""
    moment = _moment(ticks)
    year, month = divmod(moment.year * _MONTHS_PER_YEAR + moment.month - 1 + months, _MONTHS_PER_YEAR)
    try:
        day = min(moment.day, monthrange(year, month + 1)[1])
        moved = moment.replace(year=year, month=month + 1, day=day)
    except (ValueError, OverflowError):
        return UNDEFINED
    return _text((moved - _EPOCH) // timedelta(seconds=1) * _SECOND + ticks % _SECOND)


def _difference(name: Value, start: Value, end: Value) -> Value:
    part, first, last = _part_of(name), _ticks(start), _ticks(end)
    if part is None or first is None or last is None:
        return UNDEFINED
    begin, finish = _moment(first), _moment(last)
    if part == "year":
        return finish.year - begin.year
    if part == "month":
        return (finish.year - begin.year) * _MONTHS_PER_YEAR + finish.month - begin.month
    if part == "nanosecond":
        return (last - first) * _NS_PER_TICK
    return last // _TICKS[part] - first // _TICKS[part]


def _part(name: Value, date: Value) -> Value:
    part, ticks = _part_of(name), _ticks(date)
    if part is None or ticks is None:
        return UNDEFINED
    fraction = ticks % _SECOND
    if part == "nanosecond":
        return fraction * _NS_PER_TICK
    if part in {"millisecond", "microsecond"}:
        return fraction // _TICKS[part]
    return int(getattr(_moment(ticks), part))


def _to_timestamp(date: Value) -> Value:
    ticks = _ticks(date)
    return UNDEFINED if ticks is None else ticks // _TICKS_PER_MS


def _from_timestamp(value: Value) -> Value:
    milliseconds = number_of(value)
    return UNDEFINED if milliseconds is None else _text(int(milliseconds) * _TICKS_PER_MS)


def _now() -> int:
    return time.time_ns() // _NS_PER_TICK


DATES: dict[str, Signature] = {
    "DATETIMEADD": Signature(_add, 3, 3),
    "DATETIMEDIFF": Signature(_difference, 3, 3),
    "DATETIMEPART": Signature(_part, 2, 2),
    "DATETIMETOTIMESTAMP": Signature(_to_timestamp, 1, 1),
    "GETCURRENTDATETIME": Signature(lambda: _text(_now()), 0, 0),
    "GETCURRENTTICKS": Signature(on_numbers(_now), 0, 0),
    "GETCURRENTTIMESTAMP": Signature(on_numbers(lambda: _now() // _TICKS_PER_MS), 0, 0),
    "TIMESTAMPTODATETIME": Signature(_from_timestamp, 1, 1),
}

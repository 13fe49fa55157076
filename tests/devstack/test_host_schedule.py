"""NCRONTAB expressions and intervals: when a timer is due next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.host.errors import StartError
from devstack.host.schedule import parse_schedule

START = datetime(2026, 2, 27, 10, 30, 15, 500_000, tzinfo=UTC)  # a Friday


def next_due(text: str, after: datetime = START) -> str:
    return parse_schedule(text, function="f").after(after).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("* * * * * *", "2026-02-27 10:30:16"),
        ("*/10 * * * * *", "2026-02-27 10:30:20"),
        ("15 30 10 * * *", "2026-02-28 10:30:15"),
        ("16 30 10 * * *", "2026-02-27 10:30:16"),
        ("0 */5 * * * *", "2026-02-27 10:35:00"),
        ("0 0 * * * *", "2026-02-27 11:00:00"),
        ("0 0 9-17/4 * * *", "2026-02-27 13:00:00"),
        ("0 0 17-9 * * *", "2026-02-27 11:00:00"),
        ("0 50/3 * * * *", "2026-02-27 10:50:00"),
        ("0 15,45 * * * *", "2026-02-27 10:45:00"),
        ("0 30 9 * * mon-fri", "2026-03-02 09:30:00"),
        ("0 30 9 * * 0", "2026-03-01 09:30:00"),
        ("0 0 0 29 2 *", "2028-02-29 00:00:00"),
        ("0 0 0 1 JAN,July *", "2026-07-01 00:00:00"),
        ("0 0 0 13 * Friday", "2026-03-13 00:00:00"),
        ("0 0 0 13 * mon", "2026-04-13 00:00:00"),
        ("59 59 23 31 12 *", "2026-12-31 23:59:59"),
        ("*/15 * * * *", "2026-02-27 10:45:00"),
        ("00:00:30", "2026-02-27 10:30:45"),
        ("1.02:00:00", "2026-02-28 12:30:15"),
    ],
)
def test_next_due_moment(schedule: str, due: str) -> None:
    assert next_due(schedule) == due


def test_moments_are_utc_whatever_the_zone_of_the_question() -> None:
    east = START.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+09:00").tzinfo)
    assert next_due("0 0 11 * * *", east) == "2026-02-27 11:00:00"


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("* * * *", "4 fields"),
        ("60 * * * * *", "'60' is not between 0 and 59"),
        ("0 0 24 * * *", "'24' is not between 0 and 23"),
        ("0 0 0 0 * *", "'0' is not between 1 and 31"),
        ("0 0 0 * 13 *", "'13' is not between 1 and 12"),
        ("0 0 0 * * 7", "'7' is not between 0 and 6"),
        ("0 0 0 * foo *", "'foo' is not between"),
        ("*/0 * * * * *", "step of 0"),
        ("1- * * * * *", "'1-' is not a value"),
        ("0 0 0 30 2 *", "never comes due"),
        ("00:00:00", "longer than zero"),
    ],
)
def test_bad_schedule_is_refused_with_the_reason(schedule: str, words: str) -> None:
    with pytest.raises(StartError, match=words):
        parse_schedule(schedule, function="f")


@given(
    second=st.integers(0, 59),
    hour=st.integers(0, 23),
    day=st.integers(1, 28),
    after=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_due_moment_comes_later_fits_and_is_the_first(
    second: int, hour: int, day: int, after: datetime
) -> None:
    moment = after.replace(tzinfo=UTC)
    schedule = parse_schedule(f"{second} 7 {hour} {day} * *", function="f")
    due = schedule.after(moment)
    assert (due.second, due.minute, due.hour, due.day) == (second, 7, hour, day)
    assert moment < due <= moment + timedelta(days=32)
    assert schedule.after(due - timedelta(microseconds=1)) == due

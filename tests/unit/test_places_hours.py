"""Google's opening periods read as intervals: a table of cases, and a round trip of any week."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.places.hours import from_google
from shared.places.model import Hours, Interval

MONDAY = date(2026, 6, 1)
DAY = 1440
ALWAYS = {"periods": [{"open": {"day": 0, "hour": 0, "minute": 0}}]}
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def at(weekday: int, minutes: int) -> dict[str, int]:
    """A point of Google's week: Sunday is day 0, and zeros are left out as JSON of protocol buffers may."""
    day = (weekday + 1 + minutes // DAY) % 7
    point = {"day": day, "hour": minutes % DAY // 60, "minute": minutes % 60}
    return {name: value for name, value in point.items() if value or name == "day"}


def on(day: date, minutes: int, *, truncated: bool = False) -> dict[str, Any]:
    """A point of one of the next seven dates."""
    falls = day + timedelta(days=minutes // DAY)
    dated = {"date": {"year": falls.year, "month": falls.month, "day": falls.day}}
    return at(day.weekday(), minutes) | dated | ({"truncated": True} if truncated else {})


def period(weekday: int, start: int, end: int) -> dict[str, Any]:
    return {"open": at(weekday, start), "close": at(weekday, end)}


def weekly(*periods: Mapping[str, Any]) -> dict[str, Any]:
    return {"periods": list(periods)}


def read(
    regular: Mapping[str, Any], current: Mapping[str, Any] | None = None, closed: Sequence[date] = ()
) -> Hours:
    hours = from_google(regular, current, closed)
    assert hours is not None
    return hours


def opened(hours: Hours) -> dict[int, tuple[Interval, ...]]:
    return {day: intervals for day, intervals in enumerate(hours.weekly) if intervals}


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        pytest.param([period(MON, 540, 1020)], {MON: ((540, 1020),)}, id="one weekday, six closed"),
        pytest.param(
            [period(TUE, 1050, 1320), period(TUE, 690, 870)],
            {TUE: ((690, 870), (1050, 1320))},
            id="split for the afternoon",
        ),
        pytest.param([period(FRI, 1080, 1560)], {FRI: ((1080, 1560),)}, id="past midnight"),
        pytest.param([period(SAT, 1080, 1560)], {SAT: ((1080, 1560),)}, id="Saturday night into Sunday"),
        pytest.param([period(SUN, 1320, 1680)], {SUN: ((1320, 1680),)}, id="Sunday night into Monday"),
        pytest.param([period(WED, 0, DAY)], {WED: ((0, DAY),)}, id="all of one day"),
        pytest.param([period(WED, 1080, DAY)], {WED: ((1080, DAY),)}, id="until midnight"),
        pytest.param([period(WED, 1320, 1799)], {WED: ((1320, 1799),)}, id="until 29:59"),
        pytest.param(
            [period(WED, 1320, 1800)], {WED: ((1320, DAY),), THU: ((0, 360),)}, id="later is cut at midnight"
        ),
        pytest.param(
            [period(day, 360, 360 + DAY) for day in range(7)],
            dict.fromkeys(range(7), ((0, DAY),)),
            id="24 hours from six, every day",
        ),
        pytest.param(
            [period(MON, 540, 720), period(MON, 720, 1080)], {MON: ((540, 1080),)}, id="touching periods"
        ),
        pytest.param(
            [period(FRI, 600, 2 * DAY + 120)],
            {FRI: ((600, DAY),), SAT: ((0, DAY),), SUN: ((0, 120),)},
            id="through the weekend",
        ),
        pytest.param(
            [period(MON, 0, 5 * DAY)], dict.fromkeys((MON, TUE, WED, THU, FRI), ((0, DAY),)), id="five days"
        ),
        pytest.param(
            [period(SUN, 0, 7 * DAY)], dict.fromkeys(range(7), ((0, DAY),)), id="the week as one period"
        ),
    ],
)
def test_weekly_periods_become_intervals_by_weekday(
    periods: list[dict[str, Any]], expected: dict[int, tuple[Interval, ...]]
) -> None:
    assert opened(read(weekly(*periods))) == expected


def test_period_without_an_end_is_always_open() -> None:
    assert read(ALWAYS).weekly == (((0, DAY),),) * 7


@pytest.mark.parametrize("nothing", [None, {}, {"periods": []}])
def test_hours_nobody_tells_are_unknown_not_closed(nothing: dict[str, Any] | None) -> None:
    assert from_google(nothing, None, [MONDAY]) is None


def test_date_with_its_usual_hours_is_no_exception() -> None:
    regular = weekly(period(MON, 540, 1020), period(FRI, 1080, 1560))
    friday = MONDAY + timedelta(days=4)
    current = {
        "periods": [
            {"open": on(MONDAY, 540), "close": on(MONDAY, 1020)},
            {"open": on(friday, 1080), "close": on(friday, 1560)},
        ]
    }
    assert read(regular, current).exceptions == {}


def test_date_with_other_hours_is_an_exception_for_that_date_only() -> None:
    current = {"periods": [{"open": on(MONDAY, 600), "close": on(MONDAY, 780)}]}
    hours = read(weekly(period(MON, 540, 1020)), current)
    assert hours.exceptions == {MONDAY: ((600, 780),)}


def test_special_day_without_periods_is_closed() -> None:
    day = {"year": 2026, "month": 6, "day": 2}
    regular = weekly(period(MON, 540, 1020), period(TUE, 540, 1020))
    current = {
        "periods": [{"open": on(MONDAY, 540), "close": on(MONDAY, 1020)}],
        "specialDays": [{"date": day}],
    }
    assert read(regular, current).exceptions == {MONDAY + timedelta(days=1): ()}


def test_special_day_open_beyond_its_usual_hours_keeps_the_special_ones() -> None:
    day = {"year": 2026, "month": 6, "day": 1}
    current = {
        "periods": [{"open": on(MONDAY, 540), "close": on(MONDAY, 1380)}],
        "specialDays": [{"date": day}],
    }
    assert read(weekly(period(MON, 540, 1020)), current).exceptions == {MONDAY: ((540, 1380),)}


def test_always_open_place_cut_to_the_seven_dates_has_no_exceptions() -> None:
    last = MONDAY + timedelta(days=6)
    current = {"periods": [{"open": on(MONDAY, 0, truncated=True), "close": on(last, 1439, truncated=True)}]}
    assert read(ALWAYS, current).exceptions == {}


@pytest.mark.parametrize("end", [1560, 1799, 1800, 1080 + DAY])
def test_night_cut_off_at_either_end_of_the_seven_dates_is_no_exception(end: int) -> None:
    last = MONDAY + timedelta(days=6)
    regular = weekly(*(period(day, 1080, end) for day in range(7)))
    current = {
        "periods": [
            {"open": on(MONDAY, 0, truncated=True), "close": on(MONDAY, end - DAY)},
            *(
                {"open": on(day, 1080), "close": on(day, end)}
                for day in (MONDAY + timedelta(days=n) for n in range(6))
            ),
            {"open": on(last, 1080), "close": on(last, 1439, truncated=True)},
        ]
    }
    assert read(regular, current).exceptions == {}


def test_always_open_place_closed_on_a_holiday_is_closed_that_date_only() -> None:
    holiday, last = MONDAY + timedelta(days=3), MONDAY + timedelta(days=6)
    current = {
        "periods": [
            {"open": on(MONDAY, 0, truncated=True), "close": on(MONDAY, 3 * DAY)},
            {"open": on(holiday, DAY), "close": on(last, 1439, truncated=True)},
        ],
        "specialDays": [{"date": {"year": 2026, "month": 6, "day": 4}}],
    }
    assert read(ALWAYS, current).exceptions == {holiday: ()}


def test_closed_date_from_another_source_wins_over_googles_hours() -> None:
    current = {"periods": [{"open": on(MONDAY, 600), "close": on(MONDAY, 780)}]}
    hours = read(weekly(period(MON, 540, 1020)), current, [MONDAY])
    assert hours.exceptions == {MONDAY: ()}


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[Interval, ...], ...]:
    """Any week of disjoint intervals in whole minutes, each shorter than a day, the last maybe overnight."""
    days: list[tuple[Interval, ...]] = []
    for _ in range(7):
        points = sorted(draw(st.sets(st.integers(360, DAY - 1), max_size=6)))
        pairs = list(zip(points[::2], points[1::2], strict=False))
        overnight: bool = draw(st.booleans())
        if pairs and overnight:
            start = pairs[-1][0]
            pairs[-1] = (start, draw(st.integers(start + 1, DAY + 359)))
        days.append(tuple(pairs))
    return tuple(days)


@given(week=weeks(), order=st.randoms(use_true_random=False))
def test_any_week_survives_the_way_through_googles_form(
    week: tuple[tuple[Interval, ...], ...], order: Any
) -> None:
    periods = [period(day, start, end) for day, intervals in enumerate(week) for start, end in intervals]
    order.shuffle(periods)
    hours = from_google(weekly(*periods), None, [])
    if not any(week):
        assert hours is None
        return
    assert hours is not None
    assert hours.weekly == week
    assert Hours.model_validate_json(hours.model_dump_json(by_alias=True)) == hours


@given(week=weeks(), first=st.integers(0, 6))
def test_any_week_seen_as_seven_dates_has_no_exceptions(
    week: tuple[tuple[Interval, ...], ...], first: int
) -> None:
    periods = [period(day, start, end) for day, intervals in enumerate(week) for start, end in intervals]
    dates = [MONDAY + timedelta(days=first + n) for n in range(7)]
    current = [
        {"open": on(day, start), "close": on(day, end)} for day in dates for start, end in week[day.weekday()]
    ]
    hours = from_google(weekly(*periods), {"periods": current}, [])
    assert hours is None or hours.exceptions == {}

"""Open now, and from when to when: past midnight, all day, on exceptions, and in nights the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.places.model import Hours, Interval
from shared.places.opening import clock, is_open, spans

BERLIN, SEOUL, LORD_HOWE = "Europe/Berlin", "Asia/Seoul", "Australia/Lord_Howe"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
CLOSED: tuple[Interval, ...] = ()


def hours(*intervals: Interval, exceptions: dict[date, tuple[Interval, ...]] | None = None) -> Hours:
    """The same every day."""
    return Hours(weekly=(intervals,) * 7, exceptions=exceptions or {})


def local(day: date, text: str, *, zone: str = BERLIN, fold: int = 0) -> datetime:
    hour, minute = text.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), fold=fold, tzinfo=ZoneInfo(zone))


JUNE = date(2026, 6, 3)


@pytest.mark.parametrize(
    ("intervals", "at", "expected"),
    [
        pytest.param([(540, 1020)], "08:59", False, id="before"),
        pytest.param([(540, 1020)], "09:00", True, id="at opening"),
        pytest.param([(540, 1020)], "16:59", True, id="last minute"),
        pytest.param([(540, 1020)], "17:00", False, id="at closing"),
        pytest.param([(690, 870), (1050, 1320)], "15:00", False, id="in the break"),
        pytest.param([(690, 870), (1050, 1320)], "18:00", True, id="after the break"),
        pytest.param([(1080, 1560)], "01:59", True, id="last night is not over"),
        pytest.param([(1080, 1560)], "02:00", False, id="last night is over"),
        pytest.param([(0, 1440)], "00:00", True, id="all day, midnight"),
        pytest.param([(0, 1440)], "23:59", True, id="all day, late"),
        pytest.param([(1320, 1799)], "05:58", True, id="until 29:59"),
        pytest.param([], "12:00", False, id="closed"),
    ],
)
def test_open_now(intervals: list[Interval], at: str, *, expected: bool) -> None:
    assert is_open(hours(*intervals), local(JUNE, at), zone=BERLIN) is expected


def test_open_now_is_a_matter_of_the_places_own_clock() -> None:
    noon = datetime(2026, 6, 3, 12, tzinfo=UTC)
    assert is_open(hours((540, 1020)), noon, zone=BERLIN) is True
    assert is_open(hours((540, 1020)), noon, zone=SEOUL) is False


def test_unknown_hours_are_neither_open_nor_closed() -> None:
    assert is_open(None, local(JUNE, "12:00"), zone=BERLIN) is None


def test_an_exception_replaces_the_weekday_and_ends_with_its_own_night() -> None:
    told = hours((1080, 1560), exceptions={JUNE: CLOSED})
    assert is_open(told, local(JUNE, "01:00"), zone=BERLIN) is True, "the night before began as usual"
    assert is_open(told, local(JUNE, "19:00"), zone=BERLIN) is False
    assert is_open(told, local(JUNE + timedelta(days=1), "01:00"), zone=BERLIN) is False
    assert is_open(told, local(JUNE + timedelta(days=1), "19:00"), zone=BERLIN) is True


@pytest.mark.parametrize(
    ("day", "interval", "opens", "closes"),
    [
        pytest.param(SPRING, (60, 240), "01:00+01:00", "04:00+02:00", id="spring, over the gap"),
        pytest.param(SPRING, (150, 600), "03:00+02:00", "10:00+02:00", id="spring, opens in the gap"),
        pytest.param(SPRING, (0, 150), "00:00+01:00", "03:00+02:00", id="spring, closes in the gap"),
        pytest.param(AUTUMN, (150, 600), "02:30+01:00", "10:00+01:00", id="autumn, the later opening"),
        pytest.param(AUTUMN, (0, 150), "00:00+02:00", "02:30+02:00", id="autumn, the earlier closing"),
        pytest.param(
            AUTUMN - timedelta(days=1), (1200, 1590), "20:00+02:00", "02:30+02:00", id="the night into it"
        ),
    ],
)
def test_hours_in_a_night_the_clocks_change(day: date, interval: Interval, opens: str, closes: str) -> None:
    [(begins, ends)] = spans(day, (interval,), zone=BERLIN)
    assert begins.isoformat()[11:].replace(":00+", "+", 1) == opens
    assert ends.isoformat()[11:].replace(":00+", "+", 1) == closes


def test_hours_the_clocks_skip_as_a_whole_are_no_hours() -> None:
    assert list(spans(SPRING, ((120, 170),), zone=BERLIN)) == []


def test_a_bar_open_until_half_past_two_is_not_open_again_when_the_hour_repeats() -> None:
    bar, night = hours((1200, 1590)), AUTUMN
    assert is_open(bar, local(night, "02:15", fold=0), zone=BERLIN) is True
    assert is_open(bar, local(night, "02:15", fold=1), zone=BERLIN) is False


def test_all_day_is_open_at_every_moment_of_nights_the_clocks_change() -> None:
    for day in (SPRING, AUTUMN):
        start = local(day, "00:00") - timedelta(hours=2)
        for minutes in range(0, 30 * 60, 7):
            assert is_open(hours((0, 1440)), start + timedelta(minutes=minutes), zone=BERLIN) is True


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
zones = st.sampled_from((BERLIN, SEOUL, LORD_HOWE, "America/New_York", "Pacific/Apia"))


@given(day=days, zone=zones, start=st.integers(0, 1439), length=st.integers(1, 1439))
def test_every_moment_of_a_span_is_open_and_its_ends_are_not_beyond(
    day: date, zone: str, start: int, length: int
) -> None:
    told = Hours(weekly=(CLOSED,) * 7, exceptions={day: ((start, min(start + length, 1799)),)})
    for opens, closes in spans(day, told.exceptions[day], zone=zone):
        assert opens < closes
        at, end = opens.astimezone(UTC), closes.astimezone(UTC)
        assert is_open(told, at, zone=zone)
        assert is_open(told, at + (end - at) / 2, zone=zone)
        assert not is_open(told, end, zone=zone)
        assert not is_open(told, at - timedelta(minutes=1), zone=zone)


@given(minutes=st.integers(0, 1799))
def test_a_clock_goes_on_past_midnight(minutes: int) -> None:
    text = clock(minutes)
    assert len(text) == 5
    assert int(text[:2]) * 60 + int(text[3:]) == minutes

"""Dates chain along a route, and a trip's status follows the calendar."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.db import new_id
from shared.trips import Destination, Trip, view

FIRST = date(2027, 5, 1)
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def trip(*nights: int, start: date = FIRST) -> Trip:
    return Trip(
        id=new_id(),
        owner_id=new_id(),
        name="Alps",
        transport="public",
        start_date=start,
        arrival_time=None,
        departure_time=None,
        members=(),
        destinations=tuple(Destination(name=f"Stop {n}", nights=n) for n in nights),
        revision=1,
        created_at=NOW,
        updated_at=NOW,
    )


def spans(*nights: int, start: date = FIRST) -> list[tuple[str, str]]:
    shown = view(trip(*nights, start=start), now=NOW)
    return [(stop.start_date.isoformat(), stop.end_date.isoformat()) for stop in shown.destinations]


@pytest.mark.parametrize(
    ("nights", "dates"),
    [
        ((3, 2), [("2027-05-01", "2027-05-04"), ("2027-05-04", "2027-05-06")]),
        (
            (1, 0, 1),
            [("2027-05-01", "2027-05-02"), ("2027-05-02", "2027-05-02"), ("2027-05-02", "2027-05-03")],
        ),
        ((0,), [("2027-05-01", "2027-05-01")]),
        ((0, 0), [("2027-05-01", "2027-05-01")] * 2),
        ((), []),
    ],
)
def test_the_end_of_a_stop_is_the_start_of_the_next(
    nights: tuple[int, ...], dates: list[tuple[str, str]]
) -> None:
    assert spans(*nights) == dates


def test_a_route_runs_over_a_leap_day_and_a_new_year() -> None:
    assert spans(2, start=date(2028, 2, 28)) == [("2028-02-28", "2028-03-01")]
    assert spans(3, start=date(2027, 12, 30)) == [("2027-12-30", "2028-01-02")]


@given(
    nights=st.lists(st.integers(0, 30), max_size=20),
    start=st.dates(date(2000, 1, 1), date(2199, 12, 31)),
)
def test_no_route_has_a_gap_or_an_overlap(nights: list[int], start: date) -> None:
    shown = view(trip(*nights, start=start), now=NOW)
    stops = shown.destinations
    assert [(stop.end_date - stop.start_date).days for stop in stops] == nights
    assert all(before.end_date == after.start_date for before, after in pairwise(stops))
    assert (stops[0].start_date if stops else start) == start
    assert shown.end_date == start + timedelta(days=sum(nights))


@pytest.mark.parametrize(
    ("today", "status"),
    [
        ("2027-04-30", "planned"),
        ("2027-05-01", "ongoing"),
        ("2027-05-03", "ongoing"),
        ("2027-05-04", "ongoing"),
        ("2027-05-05", "past"),
    ],
)
def test_a_trip_is_planned_before_its_first_day_and_past_after_its_last(today: str, status: str) -> None:
    noon = datetime.combine(date.fromisoformat(today), time(12), tzinfo=UTC)
    assert view(trip(2, 1), now=noon).status == status


def test_the_owner_does_not_see_what_is_not_meant_for_a_reader() -> None:
    shown = view(trip(1), now=NOW).model_dump(by_alias=True)
    assert not {"ownerId", "revision"} & set(shown)

"""A journey that ends later than a day of a plan can show is refused in words for the traveller."""

from dataclasses import replace

import pytest

from shared.schedules.planning.brief import Brief, Transfer
from shared.schedules.planning.optimiser.words import LATEST, TooLate
from tests.unit.planning.optimiser_towns import plan_of, town, trip


def flying(*, hours: int) -> Brief:
    """A night here, a flight of so many hours, a night there."""
    brief = trip(town("Alba", 1), town("Berg", 1))
    return replace(brief, transfers=(Transfer("flight", hours * 60, 9_000_000),))


def test_a_flight_past_six_in_the_morning_is_refused_and_says_what_helps() -> None:
    far = replace(trip(town("Alba", 1), town("Berg", 1)), transfers=(Transfer("flight", 30 * 60, 9_000_000),))
    with pytest.raises(TooLate, match=r"30 h 00 min to .*Tuesday, 8 December .*Add a night before it"):
        plan_of(far)


def test_a_flight_that_ends_at_night_is_shown_past_midnight() -> None:
    far = replace(trip(town("Alba", 1), town("Berg", 1)), transfers=(Transfer("flight", 14 * 60, 9_000_000),))
    ends = [item.end for day in plan_of(far).days for item in day.items if item.mode == "flight"]
    assert len(ends) == 1
    assert "21:00" < ends[0] <= f"{LATEST // 60}:{LATEST % 60}"

"""What a departure changes in a request to Google's routes, and what the matrix makes of its elements."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.maps import TravelMode
from shared.maps.google.answers import matrix
from shared.maps.google.routes import timed

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(days=1)
EXISTS = {"condition": "ROUTE_EXISTS", "duration": "61s", "distanceMeters": 80}


@pytest.mark.parametrize(
    ("mode", "departure", "expected"),
    [
        ("walk", SOON, {"travelMode": "WALK"}),
        ("drive", None, {"travelMode": "DRIVE"}),
        ("drive", NOW, {"travelMode": "DRIVE"}),
        (
            "drive",
            SOON,
            {
                "travelMode": "DRIVE",
                "routingPreference": "TRAFFIC_AWARE",
                "departureTime": "2026-07-02T12:00:00Z",
            },
        ),
        (
            "transit",
            SOON.astimezone(timezone(timedelta(hours=9))),
            {"travelMode": "TRANSIT", "departureTime": "2026-07-02T12:00:00Z"},
        ),
    ],
)
def test_departure_counts_where_it_matters(
    mode: TravelMode, departure: datetime | None, expected: dict[str, str]
) -> None:
    assert timed(mode, departure, now=NOW) == expected


@given(days=st.integers(1, 800))
def test_timetable_beyond_reach_is_asked_for_the_same_weekday_and_hour(days: int) -> None:
    departure = NOW + timedelta(days=days)
    asked = datetime.fromisoformat(timed("transit", departure, now=NOW)["departureTime"])
    assert NOW < asked <= NOW + timedelta(days=95)
    assert (departure - asked) % timedelta(weeks=1) == timedelta()
    assert asked == departure or departure - NOW > timedelta(days=95)


def test_elements_are_put_in_order_and_no_way_is_none() -> None:
    answer: list[dict[str, Any]] = [
        {"destinationIndex": 2, **EXISTS},
        {"destinationIndex": 1, "condition": "ROUTE_NOT_FOUND"},
        EXISTS,  # index 0 is left out of the JSON, as protobuf does
    ]
    found = matrix(answer, 3, "walk")
    assert [way and (way.minutes, way.metres, way.walk_metres) for way in found] == [
        (2, 80, 80),
        None,
        (2, 80, 80),
    ]


@pytest.mark.parametrize(
    "answer",
    [[], [{**EXISTS, "destinationIndex": 1}], [{"status": {"code": 3}}], [{"condition": "ROUTE_EXISTS"}]],
)
def test_missing_or_failed_element_is_not_taken_for_no_way(answer: list[dict[str, Any]]) -> None:
    with pytest.raises(LookupError):
        matrix(answer, 1, "drive")

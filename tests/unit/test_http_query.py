"""Query strings as the place search reads them: a table of what hostile clients send."""

from typing import Any

import pytest
from pydantic import BaseModel

from shared.errors import InvalidRequest
from shared.http import read_query
from shared.places import ForTrip, KeywordPage, NearbyPage, OnDate, Sorted
from tests.unit.web_requests import request

NEARBY = {"lat": "48.137", "lng": "11.575", "minutes": "30", "mode": "walk"}
KEYWORD = {"q": "museum", "lat": "48.137", "lng": "11.575"}
NUMBERS = (
    "NaN",
    "nan",
    "inf",
    "-inf",
    "Infinity",
    "1e999",
    "",
    " ",
    "abc",
    "0x10",
    "48,1",
    "true",
    "null",
    "[]",
)


def refused(params: dict[str, str], model: type[BaseModel]) -> list[str]:
    with pytest.raises(InvalidRequest) as refusal:
        read_query(request(method="GET", params=params), model)
    assert refusal.value.detail
    assert all(error.detail for error in refusal.value.errors)
    return [error.pointer for error in refusal.value.errors]


def test_a_query_is_read_with_its_defaults() -> None:
    asked = read_query(request(method="GET", params=NEARBY), NearbyPage)
    assert (asked.lat, asked.minutes, asked.category, asked.sort, asked.limit) == (
        48.137,
        30,
        "all",
        "time",
        20,
    )


def test_camel_case_is_the_only_spelling() -> None:
    trip = "0193c7c0-0000-7000-8000-000000000000"
    assert str(read_query(request(method="GET", params={"tripId": trip}), ForTrip).trip_id) == trip
    assert set(refused({"trip_id": trip}, ForTrip)) == {"tripId", "trip_id"}


@pytest.mark.parametrize("name", ["lat", "lng", "minutes", "mode"])
def test_what_is_missing_is_named(name: str) -> None:
    assert refused({key: value for key, value in NEARBY.items() if key != name}, NearbyPage) == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((name, text) for name in ("lat", "lng") for text in NUMBERS),
        ("lat", "91"),
        ("lat", "-90.0001"),
        ("lng", "180.5"),
        ("lng", "-181"),
        *(("minutes", text) for text in ("15", "0", "-10", "10.0", "1e1", "30 ", "٣٠", "thirty", "", "NaN")),
        *(("mode", text) for text in ("fly", "WALK", "", "walk,car", "transit")),
        *(("category", text) for text in ("casino", "Food", "cafe", "all,food", "' OR 1=1;--")),
        *(("sort", text) for text in ("price", "-time", "TIME")),
        *(("limit", text) for text in ("0", "101", "-1", "1.5", "NaN", "9" * 40)),
        ("colour", "red"),
        ("__proto__", "x"),
        ("cursor", "x" * 1_025),
        ("cursor", "\x00"),
        ("cursor", "a\nb"),
    ],
)
def test_a_wrong_parameter_of_nearby_is_named_with_the_fix(name: str, text: str) -> None:
    assert refused(NEARBY | {name: text}, NearbyPage) == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q", ""),
        ("q", "   "),
        ("q", "?!"),
        ("q", "🏔"),
        ("q", "x" * 81),
        ("q", "x" * 10_240),
        ("q", "a\x00b"),
        ("q", "a\u2028b"),
        ("q", "\ud800"),
        ("radius", "99"),
        ("radius", "50001"),
        ("radius", "NaN"),
        ("radius", "1e4"),
        ("lat", "91"),
        ("minutes", "10"),
    ],
)
def test_a_wrong_parameter_of_a_keyword_search_is_named(name: str, text: str) -> None:
    assert refused(KEYWORD | {name: text}, KeywordPage) == [name]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "tomorrow", "1999-12-31", "2200-01-01", "20260101", "2026-1-1", "0", "NaN"]
)
def test_a_date_that_is_none_is_refused(text: str) -> None:
    assert refused({"date": text}, OnDate) == ["date"]


@pytest.mark.parametrize("text", ["", "7", "not-a-uuid", "0193c7c0-0000-7000-8000-00000000000", "{}"])
def test_a_trip_id_that_is_none_is_refused(text: str) -> None:
    assert refused({"tripId": text}, ForTrip) == ["tripId"]


def test_every_wrong_parameter_is_named_at_once() -> None:
    assert set(refused({"limit": "0", "sort": "x", "y": "z"}, Sorted)) == {"limit", "sort", "y"}


def test_a_refusal_repeats_no_value() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_query(request(method="GET", params=KEYWORD | {"q": "secret-" * 20}), KeywordPage)
    said: list[Any] = [refusal.value.detail, *refusal.value.errors, repr(refusal.value.__cause__)]
    assert "secret" not in str(said)

"""The bundled catalogue is well formed and lets a fortnight in one city pass without repeating a place."""

import json
import re
from collections import Counter
from datetime import date
from functools import cache
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devstack.googlemaps.vocabulary import PLACE_TYPES

FOLDER = Path(__file__).parents[2] / "devstack" / "googlemaps" / "catalogue"
CITIES = sorted(path.stem for path in FOLDER.glob("*.json"))
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VISITABLE = ("sightseeing", "culture", "nature", "shopping", "sports", "rest")
SERVICES = ("food", "cafe", "laundry", "parking", "lodging", "transport")
EARTH_KM = 6371.0
REGION_KM = 45.0
AIRPORT_KM = 60.0  # Incheon lies 48 km from the centre of Seoul
LUNCH = (11 * 60 + 30, 14 * 60)
DINNER = (17 * 60 + 30, 20 * 60)
CITY_FIELDS = ["id", "names", "country", "countryName", "point", "zone", "currency", "centre"]
PLACE_FIELDS = [
    *("id", "name", "localName", "category", "types", "point", "address", "hours", "closed"),
    *("visitMinutes", "minVisitMinutes", "indoor", "stepFree", "strenuous"),
    *("rating", "ratings", "priceLevel", "ticket"),
]
LEAST = {"visitable": 70, "laundry": 4}
LEAST_IN = {"salzburg": {"visitable": 60, "laundry": 3}}  # a small city with few of either

type Place = dict[str, Any]
type Interval = tuple[int, int]


@cache
def document(city: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{city}.json").read_text(encoding="utf-8"))
    return loaded


def places(city: str) -> list[Place]:
    rows: list[Place] = document(city)["places"]
    return rows


def visitable(city: str) -> list[Place]:
    return [place for place in places(city) if place["category"] in VISITABLE]


def of(city: str, category: str) -> list[Place]:
    return [place for place in places(city) if place["category"] == category]


def step_free(rows: list[Place]) -> list[Place]:
    return [place for place in rows if place["stepFree"] == "yes"]


def kilometres(a: list[float], b: list[float]) -> float:
    """Great-circle distance of two (latitude, longitude) points in degrees (haversine)."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    height = sin(radians(lat_b - lat_a) / 2) ** 2
    width = cos(radians(lat_a)) * cos(radians(lat_b)) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(height + width))


def weekdays(key: str) -> list[str]:
    """The days a key of `hours` names: one day, an inclusive range `a-b`, or `daily`."""
    if key == "daily":
        return list(WEEK)
    first, _, last = key.partition("-")
    return list(WEEK[WEEK.index(first) : WEEK.index(last or first) + 1])


def minutes(text: str) -> Interval:
    """Minutes after midnight of `HH:MM-HH:MM`; an end at or before the start is on the next day."""
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", text)
    assert match, f"{text!r} is not HH:MM-HH:MM"
    hour, minute, end_hour, end_minute = (int(part) for part in match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    return start, end if end > start else end + 24 * 60


def week(place: Place) -> dict[str, list[Interval]]:
    """Opening intervals per weekday; unknown hours count as never open."""
    hours = place["hours"] or {}
    if hours == "24h":
        return {day: [(0, 24 * 60)] for day in WEEK}
    days: dict[str, list[Interval]] = {day: [] for day in WEEK}
    for key, intervals in hours.items():
        for day in weekdays(key):
            days[day] = [minutes(text) for text in intervals]
    return days


def serves(place: Place, window: Interval) -> bool:
    """Whether a place is open during the whole window on at least six weekdays."""
    opens, closes = window
    days = [any(start <= opens and closes <= end for start, end in day) for day in week(place).values()]
    return sum(days) >= 6


def is_money(value: Any) -> bool:
    return isinstance(value, dict) and list(value) == ["amount", "currency"] and value["amount"] > 0


def test_the_three_first_cities_are_present() -> None:
    assert {"munich", "salzburg", "seoul"} <= set(CITIES)


@pytest.mark.parametrize("city", CITIES)
def test_city_head_is_complete(city: str) -> None:
    head = document(city)["city"]
    assert list(head) == CITY_FIELDS
    assert head["id"] == city
    assert head["names"][0].casefold() == city
    assert re.fullmatch("[A-Z]{2}", head["country"])
    assert re.fullmatch("[A-Z]{3}", head["currency"])
    assert ZoneInfo(head["zone"])


@pytest.mark.parametrize("city", CITIES)
def test_every_place_stands_on_its_own_line(city: str) -> None:
    lines = (FOLDER / f"{city}.json").read_text(encoding="utf-8").splitlines()
    rows = [line.removesuffix(",") for line in lines if line.startswith('{"id"')]
    assert [json.loads(row) for row in rows] == places(city)


@pytest.mark.parametrize("city", CITIES)
def test_every_place_has_all_fields_in_order_and_of_their_kind(city: str) -> None:
    for place in places(city):
        assert list(place) == PLACE_FIELDS, place
        assert re.fullmatch(rf"{city}(-[a-z0-9]+)+", place["id"]), place["id"]
        assert place["category"] in VISITABLE + SERVICES, place
        assert place["stepFree"] in ("yes", "no", "unknown"), place
        assert isinstance(place["indoor"], bool), place
        assert isinstance(place["strenuous"], bool), place
        assert all(place[text].strip() for text in ("name", "localName", "address")), place
        assert place["types"], place
        assert set(place["types"]) <= PLACE_TYPES, place


@pytest.mark.parametrize("city", CITIES)
def test_numbers_are_in_their_ranges(city: str) -> None:
    currency = document(city)["city"]["currency"]
    for place in places(city):
        assert 5 <= place["minVisitMinutes"] <= place["visitMinutes"] <= 300, place
        assert place["rating"] is None or 1 <= place["rating"] <= 5, place
        assert place["ratings"] is None or place["ratings"] > 0, place
        assert place["priceLevel"] in (None, 1, 2, 3, 4), place
        ticket = place["ticket"]
        assert ticket in (0, None) or is_money(ticket), place
        assert not ticket or ticket["currency"] == currency, place


@pytest.mark.parametrize("city", CITIES)
def test_hours_follow_the_grammar_and_do_not_overlap(city: str) -> None:
    for place in places(city):
        for day, intervals in week(place).items():
            assert intervals == sorted(intervals), (place["id"], day)
            assert all(a[1] <= b[0] for a, b in pairwise(intervals)), (place["id"], day)
        days = [date.fromisoformat(day) for day in place["closed"]]
        assert days == sorted(set(days)), place["id"]


@pytest.mark.parametrize("city", CITIES)
def test_hours_are_unknown_for_few_places(city: str) -> None:
    assert sum(place["hours"] is None for place in places(city)) <= 3
    assert all(place["hours"] is None or any(week(place).values()) for place in places(city))


@pytest.mark.parametrize("city", CITIES)
def test_places_lie_in_the_region_of_their_city(city: str) -> None:
    centre = document(city)["city"]["point"]
    for place in places(city):
        limit = AIRPORT_KM if place["category"] == "transport" else REGION_KM
        assert kilometres(centre, place["point"]) <= limit, place["id"]


def test_ids_are_unique_over_all_cities() -> None:
    assert not repeated([place["id"] for city in CITIES for place in places(city)])


@pytest.mark.parametrize("city", CITIES)
def test_no_two_places_share_a_name_or_a_point(city: str) -> None:
    for field in ("name", "localName", "point"):
        assert not repeated([str(place[field]) for place in places(city)]), field


def test_the_primary_type_decides_the_category() -> None:
    pairs = {(place["types"][0], place["category"]) for city in CITIES for place in places(city)}
    assert not repeated([primary for primary, _ in pairs])


@pytest.mark.parametrize("city", CITIES)
def test_a_fortnight_of_visits_is_possible(city: str) -> None:
    assert len(visitable(city)) >= least(city, "visitable")
    assert all(len(of(city, category)) >= 5 for category in VISITABLE)
    assert sum(place["indoor"] for place in visitable(city)) >= 25


@pytest.mark.parametrize("city", CITIES)
def test_a_fortnight_of_step_free_visits_is_possible(city: str) -> None:
    gentle = [place for place in step_free(visitable(city)) if not place["strenuous"]]
    assert len(gentle) >= 30
    assert len({place["category"] for place in gentle}) >= 5


@pytest.mark.parametrize("city", CITIES)
def test_a_fortnight_of_meals_is_possible(city: str) -> None:
    food = of(city, "food")
    lunch = {place["id"] for place in food if serves(place, LUNCH)}
    dinner = {place["id"] for place in food if serves(place, DINNER)}
    assert len(food) >= 40
    assert len(lunch | dinner) >= 34
    assert len(lunch & dinner) >= 28
    assert len(step_free(food)) >= 22


@pytest.mark.parametrize("city", CITIES)
def test_services_are_at_hand(city: str) -> None:
    assert len(of(city, "cafe")) >= 14
    assert len(step_free(of(city, "cafe"))) >= 9
    assert len(of(city, "laundry")) >= least(city, "laundry")
    assert len(of(city, "parking")) >= 14
    assert len(of(city, "lodging")) >= 6
    kinds = {kind for place in of(city, "transport") for kind in place["types"]}
    assert {"train_station", "airport"} <= kinds


def least(city: str, what: str) -> int:
    return (LEAST | LEAST_IN.get(city, {}))[what]


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]

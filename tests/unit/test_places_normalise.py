"""One place out of what several sources tell: whose word counts for what."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.maps import FoundPlace, PlaceFacts
from shared.places import Place, normalise

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def found(*types: str, **details: Any) -> FoundPlace:
    told: dict[str, Any] = {
        "id": "p1",
        "name": "Somewhere",
        "lat": 48.1,
        "lng": 11.5,
        "types": types,
        "rating": None,
        "ratings": 0,
        "price_level": None,
        "wheelchair_entrance": None,
        "weekly_hours": None,
        "current_hours": None,
    }
    return FoundPlace(**told | details)


def facts(**details: Any) -> PlaceFacts:
    told: dict[str, Any] = {
        "visit_minutes": None,
        "min_visit_minutes": None,
        "indoor": None,
        "strenuous": None,
        "step_free": "unknown",
        "category": None,
        "ticket": None,
        "closed_dates": (),
        "source": "Place facts",
    }
    return PlaceFacts(**told | details)


def place(one: FoundPlace, known: PlaceFacts | None = None) -> Place:
    category = normalise.category_of(one, known)
    assert category is not None
    return normalise.place(one, known, region="at:48.10,11.50", category=category, at=NOW)


@pytest.mark.parametrize(
    ("types", "category"),
    [
        (("museum", "tourist_attraction"), "culture"),
        (("tourist_attraction", "museum"), "sightseeing"),
        (("korean_restaurant", "restaurant", "food"), "food"),
        (("korean_restaurant",), "food"),
        (("point_of_interest", "park"), "nature"),
        (("coffee_shop", "store"), "cafe"),
        (("establishment", "point_of_interest"), None),
        ((), None),
    ],
)
def test_first_type_we_know_decides_the_category(types: tuple[str, ...], category: str | None) -> None:
    assert normalise.category_of(found(*types), None) == category


def test_fact_decides_the_category_unless_it_is_one_we_do_not_have() -> None:
    assert normalise.category_of(found("tourist_attraction"), facts(category="nature")) == "nature"
    assert normalise.category_of(found("tourist_attraction"), facts(category="nightlife")) == "sightseeing"


@pytest.mark.parametrize(
    ("fact", "entrance", "expected"),
    [
        ("yes", False, "yes"),
        ("no", True, "no"),
        ("unknown", True, "yes"),
        ("unknown", False, "no"),
        ("unknown", None, "unknown"),
        ("maybe", None, "unknown"),
        (None, True, "yes"),
        (None, None, "unknown"),
    ],
)
def test_step_free_is_the_facts_word_then_googles_and_never_guessed(
    fact: str | None, *, entrance: bool | None, expected: str
) -> None:
    known = facts(step_free=fact) if fact is not None else None
    assert place(found("museum", wheelchair_entrance=entrance), known).step_free == expected


def test_facts_replace_what_is_usual_for_the_kind() -> None:
    known = facts(
        visit_minutes=200, min_visit_minutes=120, indoor=False, strenuous=True, ticket=(15.0, "EUR")
    )
    one = place(found("museum"), known)
    assert (one.visit_minutes, one.min_visit_minutes, one.indoor, one.strenuous) == (200, 120, False, True)
    assert one.ticket is not None
    assert (one.ticket.amount, one.ticket.currency) == (15.0, "EUR")
    assert one.source == "Google, Place facts"


def test_without_facts_the_kind_tells_minutes_and_the_price_stays_unknown() -> None:
    one = place(found("hiking_area"))
    assert (one.visit_minutes, one.min_visit_minutes, one.strenuous) == (150, 60, True)
    assert (one.ticket, one.source) == (None, "Google")


def test_shortest_visit_is_never_longer_than_the_usual_one() -> None:
    one = place(found("zoo"), facts(visit_minutes=60))
    assert (one.visit_minutes, one.min_visit_minutes) == (60, 60)


def test_closed_dates_among_the_facts_become_exceptions() -> None:
    hours = {"periods": [{"open": {"day": 1, "hour": 9}, "close": {"day": 1, "hour": 17}}]}
    one = place(found("museum", weekly_hours=hours), facts(closed_dates=("2026-12-24",)))
    assert one.hours is not None
    assert [day.isoformat() for day in one.hours.exceptions] == ["2026-12-24"]


def test_place_reads_back_from_its_document_as_it_was() -> None:
    hours = {"periods": [{"open": {"day": 5, "hour": 18}, "close": {"day": 6, "hour": 2}}]}
    one = place(found("bar", "restaurant", weekly_hours=hours), facts(closed_dates=("2026-12-24",)))
    document = one.model_dump(mode="json", by_alias=True)
    assert Place.model_validate(document | {"ttl": 60, "kind": "place", "_etag": "x"}) == one

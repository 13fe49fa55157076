"""Which places a plan is made from: enough of everything, usable, near, and always the same ones."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.places import Need, Place, choose
from shared.places.candidates import FEWEST_DAYS, PER_DAY
from shared.places.model import Hours
from shared.places.typical import TABLES, VISITS
from tests.unit.places_made import place

CENTRE = (48.137, 11.575)
MONDAY = date(2026, 6, 1)
DATES = [MONDAY + timedelta(days=n) for n in range(3)]
KINDS = [*sorted(VISITS), *sorted(TABLES), "parking", "laundry", "transport"]


def city(count: int = 400, *, seed: int = 1) -> list[Place]:
    """Places of all kinds, most of them near the centre, some far out."""
    dice = Random(seed)  # noqa: S311 - a made-up city guards nothing
    return [
        place(
            f"p{number:03}",
            category=KINDS[number % len(KINDS)],
            lat=CENTRE[0] + dice.gauss(0, 0.03),
            lng=CENTRE[1] + dice.gauss(0, 0.05),
            rating=round(dice.uniform(3.0, 4.9), 1),
            ratings=dice.randrange(5, 20_000),
            step_free=dice.choice(("yes", "no", "unknown")),
            strenuous=dice.random() < 0.1,
        )
        for number in range(count)
    ]


def need(**changes: Any) -> Need:
    told: dict[str, Any] = {"dates": DATES, "around": [CENTRE]}
    return Need(**told | changes)


def kinds(chosen: tuple[Place, ...]) -> Counter[str]:
    return Counter("visit" if one.category in VISITS else str(one.category) for one in chosen)


@pytest.mark.parametrize("by_car", [True, False])
def test_each_day_has_about_thirty_of_all_that_is_needed(*, by_car: bool) -> None:
    counted = kinds(choose(city(1_200), need(by_car=by_car)))
    assert counted == {
        kind: count * len(DATES) for kind, count in PER_DAY.items() if by_car or kind != "parking"
    }


def test_a_short_trip_still_has_a_choice() -> None:
    counted = kinds(choose(city(1_200), need(dates=DATES[:1])))
    assert counted["visit"] == PER_DAY["visit"] * FEWEST_DAYS


def test_every_kind_of_visit_is_among_the_choice() -> None:
    chosen = choose(city(1_200), need())
    assert {one.category for one in chosen} >= VISITS | TABLES


def test_what_the_party_likes_is_there_more_often() -> None:
    plain = Counter(one.category for one in choose(city(1_200), need()))
    liking = Counter(
        one.category for one in choose(city(1_200), need(likes={"nature": 1.0, "shopping": 0.0}))
    )
    assert liking["nature"] > plain["nature"]
    assert liking["shopping"] < plain["shopping"]


def test_a_cuisine_that_few_offer_is_among_the_choice() -> None:
    """In a town full of good inns there is something else for the evening."""
    inns = [
        place(f"inn{n}", category="food", types=("german_restaurant", "restaurant"), rating=4.6, ratings=900)
        for n in range(60)
    ]
    others = [
        place(f"{kind}{n}", category="food", types=(f"{kind}_restaurant",), rating=4.3, ratings=300)
        for kind in ("thai", "italian")
        for n in range(3)
    ]
    chosen = {one.id for one in choose([*inns, *others], need())}
    assert {"thai", "italian"} <= {one.rstrip("0123456789") for one in chosen}
    assert sum(one.startswith("inn") for one in chosen) >= PER_DAY["food"] * len(DATES) // 2


@given(seed=st.integers(0, 2**32))
def test_the_same_places_in_any_order_give_the_same_choice(seed: int) -> None:
    known, mixed = city(120), city(120)
    Random(seed).shuffle(mixed)  # noqa: S311
    asked = need(by_car=True, wished={"p007", "p090"})
    assert choose(known, asked) == choose(mixed, asked)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"hours": None}, {}),
        ({"hours": Hours(weekly=((),) * 7)}, {}),
        ({"hours": Hours(weekly=((),) * 6 + (((540, 1020),),))}, {}),
        ({"step_free": "unknown"}, {"step_free": True}),
        ({"step_free": "no"}, {"step_free": True}),
        ({"strenuous": True}, {"gentle": True}),
        ({"category": "shopping"}, {"excluded": ("shopping",)}),
        ({"types": ("church",)}, {"excluded": ("church",)}),
        ({"category": "laundry"}, {}),
        ({"category": "transport"}, {}),
        ({"category": "parking"}, {}),
    ],
)
def test_what_the_party_cannot_use_is_left_out(change: dict[str, Any], asked: dict[str, Any]) -> None:
    fine, useless = place("fine", step_free="yes"), place("useless", **{"step_free": "yes"} | change)
    assert [one.id for one in choose([fine, useless], need(**asked))] == ["fine"]


def test_a_place_open_on_one_of_the_dates_only_is_in() -> None:
    told = Hours(weekly=((),) * 7, exceptions={DATES[2]: ((540, 1020),)})
    assert choose([place("market", hours=told)], need()) != ()


def test_a_wished_place_is_in_whatever_speaks_against_it() -> None:
    wished = place("wished", hours=None, strenuous=True, lat=49.0, rating=1.0, ratings=3)
    chosen = choose([*city(1_200), wished], need(gentle=True, wished={"wished"}))
    assert wished in chosen


def test_near_places_win_over_far_ones_that_are_as_good() -> None:
    near = [place(f"near{n}", lat=48.137 + n / 10_000) for n in range(40)]
    far = [place(f"far{n}", lat=48.437 + n / 10_000) for n in range(40)]
    chosen = choose([*far, *near], need(dates=DATES[:2]))
    assert {one.id for one in chosen} <= {one.id for one in near}


def test_places_near_each_other_win_over_scattered_ones() -> None:
    cluster = [place(f"c{n}", lat=48.16 + n / 10_000) for n in range(30)]
    scattered = [place(f"s{n:02}", lat=48.137 + 0.025 * (-1) ** n, lng=11.1 + n / 20) for n in range(30)]
    chosen = choose([*scattered, *cluster], need(dates=DATES[:2]))
    assert sum(one.id.startswith("c") for one in chosen) > len(chosen) * 3 / 4


def test_the_car_park_of_a_wished_place_is_in_however_far_out() -> None:
    parks = [place(f"park{n:02}", category="parking", lat=48.137 + n / 5_000) for n in range(40)]
    wished, lot = place("wished", lat=48.6), place("lot", category="parking", lat=48.601)
    chosen = choose([*parks, wished, lot], need(by_car=True, wished={"wished"}))
    assert lot in chosen


def test_nothing_known_is_nothing_chosen() -> None:
    assert choose([], need(by_car=True, wished={"gone"})) == ()

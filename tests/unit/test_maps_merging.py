"""One place out of two accounts: by name and distance, in any order the same, facts with their source."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.maps import FoundPlace, PlaceDetails
from shared.maps.merging import combined, merged

PALACE = (37.5796, 126.977)
HOURS = {"periods": [{"open": {"day": 2, "hour": 9}}]}
STEP = 0.0005
"""Degrees of latitude: about 56 m."""


def place(name: str, key: str, *, north: int = 0, **facts: Any) -> FoundPlace:
    source = "Kakao" if key.startswith("kakao:") else "Google"
    told: dict[str, Any] = {
        "rating": None,
        "ratings": 0,
        "price_level": None,
        "wheelchair_entrance": None,
        "weekly_hours": None,
        "current_hours": None,
    }
    return FoundPlace(
        id=key,
        name=name,
        lat=PALACE[0] + north * STEP,
        lng=PALACE[1],
        types=(source.lower(),),
        sources=dict.fromkeys(("name", *facts), source),
        **told | facts,
    )


def same_as(ours: list[FoundPlace], others: list[FoundPlace]) -> list[str | None]:
    return [found.same_as for found in merged(ours, others)]


def test_same_place_keeps_its_identity_and_gains_facts_with_their_source() -> None:
    ours = place("경복궁", "kakao:1")
    other = place("경복궁", "g1", rating=4.6, ratings=9, weekly_hours=HOURS, wheelchair_entrance=False)
    [found] = merged([ours], [other])
    assert (found.id, found.name, found.same_as) == ("kakao:1", "경복궁", "g1")
    assert (found.rating, found.ratings, found.weekly_hours) == (4.6, 9, HOURS)
    assert found.wheelchair_entrance is False, "no is a fact as well"
    assert found.types == ("google", "kakao")
    assert (found.sources["name"], found.sources["rating"]) == ("Kakao", "Google")
    assert "price_level" not in found.sources


def test_fact_of_our_own_is_not_replaced() -> None:
    [found] = merged([place("궁", "kakao:1", rating=3.0)], [place("궁", "g1", rating=5.0)])
    assert (found.rating, found.sources["rating"]) == (3.0, "Kakao")


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("경복궁", "경복궁", True),
        ("국립 중앙 박물관", "국립중앙박물관", True),
        ("Café  Onion", "café onion", True),
        ("롯데월드타워", "롯데월드타워 (잠실)", True),
        ("스타벅스 광화문점", "스타벅스 광화문", True),
        ("국립중앙박물관 카페테리아", "국립중앙박물관", False),
        ("경복궁", "경복궁역", False),
        ("경복궁", "창덕궁", False),
        ("", "경복궁", False),
        ("()", "[]", False),
    ],
)
def test_names_are_the_same_without_spaces_case_and_brackets(*, name: str, other: str, same: bool) -> None:
    assert same_as([place(name, "kakao:1")], [place(other, "g1")]) == ["g1" if same else None]


@pytest.mark.parametrize(("steps", "same"), [(0, True), (1, True), (2, False), (40, False)])
def test_same_name_farther_than_a_hundred_metres_is_another_place(*, steps: int, same: bool) -> None:
    assert same_as([place("편의점", "kakao:1")], [place("편의점", "g1", north=steps)]) == [
        "g1" if same else None
    ]


def test_best_pair_comes_first_and_no_place_is_used_twice() -> None:
    ours = [place("궁", "kakao:far", north=1), place("궁", "kakao:near"), place("궁", "kakao:none", north=1)]
    assert same_as(ours, [place("궁", "g1")]) == [None, "g1", None]
    exact, part = place("서울 큰식당", "kakao:1", north=1), place("서울 큰식당점", "kakao:2")
    assert same_as([part, exact], [place("서울큰식당", "g1")]) == [None, "g1"], "the name before the distance"


names = st.sampled_from(["경복궁", "경복궁역", "카페", "카페 하나", "공원"])
spots = st.lists(st.tuples(names, st.integers(0, 3)), max_size=6)


@given(ours=spots, others=spots, seed=st.randoms(use_true_random=False))
def test_result_does_not_depend_on_the_order_of_either(
    ours: list[tuple[str, int]], others: list[tuple[str, int]], seed: Any
) -> None:
    mine = [place(name, f"kakao:{n}", north=north) for n, (name, north) in enumerate(ours)]
    theirs = [place(name, f"g{n}", north=north) for n, (name, north) in enumerate(others)]
    first = {found.id: found.same_as for found in merged(mine, theirs)}
    shuffled, others_shuffled = list(mine), list(theirs)
    seed.shuffle(shuffled)
    seed.shuffle(others_shuffled)
    again = merged(shuffled, others_shuffled)
    assert [found.id for found in again] == [one.id for one in shuffled]
    assert {found.id: found.same_as for found in again} == first
    twins = [twin for twin in first.values() if twin]
    assert len(set(twins)) == len(twins)


def test_details_are_joined_fact_by_fact() -> None:
    def details(found: FoundPlace, **told: Any) -> PlaceDetails:
        usual: dict[str, Any] = {
            "address": "",
            "phone": None,
            "website": None,
            "summary": None,
            "reviews": (),
        }
        source = found.sources["name"]
        sources = {**found.sources, **dict.fromkeys(told, source)}
        return PlaceDetails(found=found, sources=sources, **usual | told)

    ours = details(place("궁", "kakao:1"), address="서울", phone="02")
    theirs = details(place("궁", "g1", rating=4.0), address="Seoul", website="https://palace.example")
    both = combined(ours, theirs)
    assert (both.address, both.phone, both.website) == ("서울", "02", "https://palace.example")
    assert both.found.rating == 4.0
    assert {fact: both.sources[fact] for fact in ("address", "phone", "website", "rating")} == {
        "address": "Kakao",
        "phone": "Kakao",
        "website": "Google",
        "rating": "Google",
    }

"""Differences between two versions: what they say, and that the newer follows from the older."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.schedules.planning.diff import applied, differences
from shared.schedules.planning.diff_words import in_words
from shared.schedules.planning.edit import edited
from shared.schedules.planning.inputs import Inputs, remake
from shared.schedules.planning.rearrange import Rearrangement
from tests.unit.planning.optimiser_towns import NOW, town, trip

type Json = dict[str, Any]

BRIEF = trip(town("Alba", 2))
PLAN = remake(Inputs(BRIEF), seed=1, version=1, generated_at=NOW)
LONGER = remake(Inputs(trip(town("Alba", 3))), seed=2, version=2, generated_at=NOW)
VISITS = [item.place.id for item in PLAN.days[1].items if item.kind == "visit" and item.place]


def wire(plan: Any, **changes: object) -> Json:
    document: Json = plan.model_dump(mode="json", by_alias=True)
    return document | changes


scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.floats(0, 2) | st.sampled_from(["a", "b/~"])
places = st.fixed_dictionaries({"id": st.sampled_from("abc"), "name": st.just("N"), "indoor": scalars})
items = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["visit", "meal", "rest", "leg", "free"]),
        "start": st.sampled_from(["09:00", "10:00"]),
        "end": st.sampled_from(["10:00", "11:00"]),
    },
    optional={"place": places, "meal": st.just("lunch"), "locked": st.booleans(), "x/y~z": scalars},
)
days = st.fixed_dictionaries(
    {"date": st.sampled_from(["2027-05-01", "2027-05-02"]), "items": st.lists(items, max_size=7)},
    optional={"weather": st.fixed_dictionaries({}, optional={"minC": scalars, "summary": scalars})},
)
plans = st.fixed_dictionaries(
    {"version": st.integers(1, 9), "days": st.lists(days, max_size=3)},
    optional={"party": st.lists(scalars, max_size=2), "request": places, "unmet": st.lists(scalars)},
)


@settings(deadline=None)
@given(older=plans, newer=plans)
def test_the_newer_plan_follows_from_the_older_and_the_difference(*, older: Json, newer: Json) -> None:
    diff = differences(older, newer)
    again = type(diff).model_validate_json(diff.model_dump_json(by_alias=True))
    assert wire_text(applied(older, again)) == wire_text(newer)


@given(plan=plans, version=st.integers(1, 9))
def test_a_plan_does_not_differ_from_itself_under_another_number(*, plan: Json, version: int) -> None:
    diff = differences(plan, plan | {"version": version})
    assert (diff.same, diff.days, diff.fields) == (True, (), ())


@settings(deadline=None)
@given(older=plans, newer=plans)
def test_every_difference_can_be_said(*, older: Json, newer: Json) -> None:
    diff = in_words(differences(older, newer), older)
    assert diff.same == (diff.words == ("The two versions are the same.",))
    assert all(day.words for day in diff.days)


def wire_text(document: Json) -> str:
    return json.dumps(document, sort_keys=True)


def said(change: Rearrangement) -> list[str]:
    after = edited(PLAN, BRIEF, 1, change)
    diff = in_words(differences(wire(PLAN), wire(after, version=2)), wire(PLAN))
    return [word for day in diff.days for word in day.words]


def test_words_name_what_is_gone_new_moved_and_locked() -> None:
    assert any(word.endswith("is gone") for word in said(Rearrangement(remove=(VISITS[0],))))
    assert any("moves from" in word for word in said(Rearrangement(order=tuple(VISITS[::-1]))))
    assert [word for word in said(Rearrangement(lock=(VISITS[0],))) if word.endswith("is locked")]


def test_days_that_came_are_told_as_such() -> None:
    diff = in_words(differences(wire(PLAN), wire(LONGER)), wire(PLAN))
    assert "Day 4 (10 December) is new." in diff.words
    assert "The wishes or the route are others." in diff.words
    assert applied(wire(PLAN), diff) == wire(LONGER)
    back = in_words(differences(wire(LONGER), wire(PLAN)), wire(LONGER))
    assert "Day 4 (10 December) is gone." in back.words


@pytest.mark.parametrize("seed", [2, 3])
def test_two_real_plans_follow_from_each_other(seed: int) -> None:
    other = wire(remake(Inputs(BRIEF), seed=seed, version=2, generated_at=NOW))
    assert applied(wire(PLAN), differences(wire(PLAN), other)) == other

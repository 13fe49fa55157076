"""The language model reads special requests; without it, or with a bad one, the plan still comes."""

from collections.abc import Iterator

import pytest

from devstack.stack import Stack, Wish, open_stack
from tests.acceptance.conftest import Trouble
from tests.acceptance.traveller import Json, Traveller, completed_once

REQUESTS = "I must see Deutsches Museum, no shopping please"


def visits(plan: Json) -> list[Json]:
    return [item for day in plan["days"] for item in day["items"] if item["kind"] == "visit"]


def visited(plan: Json) -> list[Json]:
    return [item["place"] for item in visits(plan)]


def test_special_requests_are_read_and_followed(ines: Traveller) -> None:
    trip_id = ines.new_trip()
    job = ines.wait_for(ines.ask(trip_id, specialRequests=REQUESTS))
    assert completed_once(job)
    plan = ines.plan(trip_id)
    assert plan["model"] == "gpt-sim", plan["unmet"]
    assert "Deutsches Museum" in [place["name"] for place in visited(plan)]
    assert "shopping" not in {place["category"] for place in visited(plan)}
    assert plan["request"]["excludedCategories"] == ["shopping"]


def test_reasons_and_tips_of_the_plan_rest_on_facts(ines: Traveller) -> None:
    """Figures of a sentence are in the document; a tip is one of the sentences a plan may say."""
    trip_id = ines.new_trip()
    ines.wait_for(ines.ask(trip_id, specialRequests=REQUESTS))
    plan = ines.plan(trip_id)
    assert any(item.get("tips") for item in visits(plan))
    wished = {wish["placeId"] for wish in plan["request"]["mustSee"]}
    for item in visits(plan):
        place = item["place"]
        hours = " and ".join(f"from {start} to {end}" for start, end in place["hoursToday"] or [])
        for said in [item["why"], *item.get("tips", [])]:
            assert "asked to see" not in said or place["id"] in wished
            assert "is open" not in said or hours in said
            assert "is step-free" not in said or place["stepFree"] == "yes"
            assert "place for" not in said or place["category"] in said
            assert "indoors" not in said or place["indoor"] is True
            assert "outdoors" not in said or place["indoor"] is False


def test_an_ungrounded_model_leaves_no_trace_in_reasons_and_tips(trouble: Trouble, ines: Traveller) -> None:
    trouble.fault("openai", mode="ungrounded")
    trip_id = ines.new_trip()
    assert completed_once(ines.wait_for(ines.ask(trip_id, specialRequests=REQUESTS)))
    plan = ines.plan(trip_id)
    assert plan["model"] == "gpt-sim"
    assert all("dragon" not in item["why"] and "tips" not in item for item in visits(plan))


def test_a_budget_in_words_does_not_cost_the_other_requests(ines: Traveller) -> None:
    trip_id = ines.new_trip()
    ines.wait_for(ines.ask(trip_id, specialRequests="no shopping, budget 900 EUR"))
    plan = ines.plan(trip_id)
    assert plan["request"]["excludedCategories"] == ["shopping"]
    assert plan["request"]["budget"] == {"amount": 900, "currency": "EUR"}
    assert "shopping" not in {place["category"] for place in visited(plan)}


@pytest.mark.parametrize("mode", ["slow", "garbage", "mismatch", "refusal", "length", "down", "error"])
def test_a_bad_model_costs_the_requests_not_the_plan(trouble: Trouble, ines: Traveller, *, mode: str) -> None:
    trouble.fault("openai", mode=mode, latencyMs=20_000)
    trip_id = ines.new_trip()
    assert completed_once(ines.wait_for(ines.ask(trip_id, specialRequests=REQUESTS)))
    plan = ines.plan(trip_id)
    assert plan["model"] is None
    assert [(unmet["wish"], "could not read" in unmet["reason"]) for unmet in plan["unmet"]] == [
        (REQUESTS, True)
    ]


def test_an_ungrounded_model_does_not_put_words_into_the_travellers_mouth(
    trouble: Trouble, ines: Traveller
) -> None:
    trouble.fault("openai", mode="ungrounded")
    trip_id = ines.new_trip()
    ines.wait_for(ines.ask(trip_id, specialRequests="I want to see Marienplatz"))
    wishes = [wish["wish"] for wish in ines.plan(trip_id)["request"]["mustSee"]]
    assert set(wishes) <= {"Marienplatz"}


@pytest.fixture(scope="module")
def without_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    state = tmp_path_factory.mktemp("no-model")
    with open_stack("test", wish=Wish(settings={"OPENAI_MODEL": ""}), state_root=state) as running:
        yield running


def test_without_a_model_the_plan_comes_and_says_what_was_not_read(without_model: Stack) -> None:
    with Traveller(without_model.web) as traveller:
        trip_id = traveller.new_trip()
        assert completed_once(traveller.wait_for(traveller.ask(trip_id, specialRequests=REQUESTS)))
        plan = traveller.plan(trip_id)
        assert plan["model"] is None
        assert [unmet["wish"] for unmet in plan["unmet"]] == [REQUESTS]

"""What of a model's answer is believed: only what the traveller's own text supports."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ai.constraints import LONGEST_LIST, LONGEST_WISH, Answer, Constraints, believed

EMPTY: dict[str, Any] = {
    "mustSee": [],
    "excludedCategories": [],
    "budget": None,
    "startTime": None,
    "notUnderstood": [],
}
REFUSED_IN_STRICT_MODE = {"pattern", "format", "minLength", "maxLength", "minimum", "maximum", "default"}


def read(text: str, **told: Any) -> Constraints:
    return believed(Answer.model_validate(EMPTY | told), text)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("We must see the Deutsches Museum!", "Deutsches Museum"),
        ("DEUTSCHES MUSEUM please", "deutsches museum"),
        ("das Café Frischhut, bitte", "Cafe Frischhut"),
        ("경복궁을 꼭 보고 싶어요", "경복궁"),
        ("the museum the Germans call Deutsches", "Deutsches Museum"),
    ],
)
def test_wish_in_the_travellers_words_is_believed(text: str, wish: str) -> None:
    assert read(text, mustSee=[wish]).must_see == (wish,)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("We love museums", "The Crystal Palace of Atlantis"),
        ("We must see the Deutsches Museum", "Deutsches Theater"),
        ("no wishes", ""),
        ("no wishes", "  ?! "),
        ("경복궁을 꼭 보고 싶어요", "창덕궁"),
        ("Something smart", "art"),
    ],
)
def test_wish_nobody_uttered_is_dropped(text: str, wish: str) -> None:
    assert read(text, mustSee=[wish]).must_see == ()


def test_repeated_and_endless_wishes_are_cut() -> None:
    names = [f"Sight{n}" for n in range(30)]
    wishes = read(" ".join(names), mustSee=["Sight1", " Sight1 ", *names]).must_see
    assert wishes[0] == "Sight1"
    assert len(wishes) == len(set(wishes)) == LONGEST_LIST
    [long] = read("word " * 100, mustSee=["word " * 100]).must_see
    assert len(long) <= LONGEST_WISH


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("at most 1200 euros", 1200, "EUR"),
        ("at most 1,200 euros", 1200, "EUR"),
        ("höchstens 1.200 €", 1200, "EUR"),
        ("1 200 € maximum", 1200, "EUR"),
        ("1.2k dollars", 1200, "USD"),
        ("예산은 50만원", 500_000, "KRW"),
        ("no more than 99.50 pounds for 4 people", 99.5, "GBP"),
    ],
)
def test_budget_whose_figures_are_in_the_text_is_believed(text: str, amount: float, currency: str) -> None:
    budget = read(text, budget={"amount": amount, "currency": currency}).budget
    assert budget is not None
    assert (budget.amount, budget.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("text", "amount", "currency", "shown"),
    [
        ("we love museums", 700, "EUR", "budget 700 EUR"),
        ("two hundred euros", 200, "EUR", "budget 200 EUR"),
        ("3 nights, 2 kids", 700, "EUR", "budget 700 EUR"),
        ("100 somethings", 100, "eurodollars", "budget 100 eurodollars"),
        ("-100 EUR", -100, "EUR", "budget -100 EUR"),
        ("0 EUR", 0, "EUR", "budget 0 EUR"),
    ],
)
def test_budget_that_cannot_be_right_is_told_back_as_not_understood(
    text: str, amount: float, currency: str, shown: str
) -> None:
    found = read(text, budget={"amount": amount, "currency": currency})
    assert (found.budget, found.not_understood) == (None, (shown,))


@pytest.mark.parametrize(
    ("told", "start"),
    [
        ("09:00", "09:00"),
        ("9:30", "09:30"),
        ("08:15", "08:20"),
        ("07:59", "08:00"),
        ("20:00", "20:00"),
        (None, None),
    ],
)
def test_start_time_is_rounded_up_to_ten_minutes(told: str | None, start: str | None) -> None:
    found = read("start early", startTime=told)
    assert (found.start_time, found.not_understood) == (start, ())


@pytest.mark.parametrize("told", ["20:01", "23:50", "24:00", "noon", "9", "09:60"])
def test_start_no_day_can_have_is_told_back_as_not_understood(told: str) -> None:
    found = read("start then", startTime=told)
    assert (found.start_time, found.not_understood) == (None, (f"start {told}",))


def test_what_the_model_puts_into_the_travellers_mouth_is_not_repeated_to_them() -> None:
    told = ["vegan food", "You have been hacked, call +1 555 0100"]
    assert read("vegan food only", notUnderstood=told).not_understood == ("vegan food",)


@settings(max_examples=50)
@given(text=st.text(max_size=500), told=st.lists(st.text(max_size=100), max_size=20))
def test_any_answer_to_any_text_is_within_bounds(text: str, told: list[str]) -> None:
    found = read(text, mustSee=told, notUnderstood=told, startTime=text)
    assert len(found.must_see) <= LONGEST_LIST
    assert all(0 < len(wish) <= LONGEST_WISH for wish in found.must_see + found.not_understood)
    assert Constraints.model_validate_json(found.model_dump_json(by_alias=True)) == found


def test_schema_uses_nothing_that_a_strict_service_refuses() -> None:
    """OpenAI and Azure OpenAI: all fields required, no others allowed, no keywords on values."""
    schema = Answer.model_json_schema(by_alias=True)
    parts = [part for part in (schema, *schema["$defs"].values()) if part["type"] == "object"]
    assert len(parts) == 2
    for part in parts:
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])
    assert not REFUSED_IN_STRICT_MODE & set(_keywords(schema))
    assert json.loads(json.dumps(schema)) == schema


def _keywords(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [word for part in schema for word in _keywords(part)]
    if not isinstance(schema, dict):
        return []
    return [word for name, part in schema.items() for word in (name, *_keywords(part))]

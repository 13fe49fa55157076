"""What the simulated model understands of free text, and how it fills any strict schema."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from devstack.openai.errors import Refused
from devstack.openai.schemas import Instance, check_sound, check_strict
from devstack.openai.wishes import read_wishes


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("must see Neuschwanstein Castle", ["Neuschwanstein Castle"]),
        ("Must-see: Gyeongbokgung Palace, N Seoul Tower", ["Gyeongbokgung Palace", "N Seoul Tower"]),
        ("I want to see the Residenz and BMW Welt please", ["Residenz", "BMW Welt"]),
        ("don't miss the Viktualienmarkt!", ["Viktualienmarkt"]),
        (
            'We would love to visit "Haus der Kunst" and "Museum und Garten"',
            ["Haus der Kunst", "Museum und Garten"],
        ),
        ("Visit Schloss Nymphenburg on the first day", ["Schloss Nymphenburg"]),
        ("see Marienplatz, no museums", ["Marienplatz"]),
        ("no museums", []),
        ("I do not want to see churches", []),
    ],
)
def test_must_sees_are_found_without_the_words_around_them(text: str, names: list[str]) -> None:
    assert read_wishes(text).must_see == names


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("no museums", ["culture"]),
        ("no museums or shopping", ["shopping", "culture"]),
        ("avoid hiking, and no spa", ["sports", "rest"]),
        ("We don't like parks", ["nature"]),
        ("I don’t like shopping", ["shopping"]),
        ("we love museums", []),
        ("no museums on Mondays", []),
    ],
)
def test_excluded_categories_come_from_negated_words(text: str, categories: list[str]) -> None:
    assert read_wishes(text).excluded == categories


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("under 500 EUR", (500, "EUR")),
        ("budget of €1,200 in total", (1200, "EUR")),
        ("no more than 300000 won", (300000, "KRW")),
        ("500 euros max", (500, "EUR")),
        ("spend at most $99.50", (99.5, "USD")),
        ("under 50 euros per person", None),
        ("500 steps", None),
    ],
)
def test_a_budget_has_an_amount_and_a_currency(text: str, budget: tuple[float, str] | None) -> None:
    expected = None if budget is None else {"amount": budget[0], "currency": budget[1]}
    assert read_wishes(text).budget == expected


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("start at 10", "10:00"),
        ("please start each day at 10:30", "10:30"),
        ("not before 9:30", "09:30"),
        ("begin at 8am", "08:00"),
        ("start at 1 pm", "13:00"),
        ("start at 25", None),
    ],
)
def test_a_start_time_is_a_clock_time(text: str, time: str | None) -> None:
    assert read_wishes(text).start_time == time


def test_a_pace_the_schema_cannot_carry_was_not_understood() -> None:
    found = read_wishes("a relaxed pace, please")
    assert found.as_answer(with_pace=True)["pace"] == "relaxed"
    assert found.as_answer(with_pace=True)["notUnderstood"] == []
    assert found.as_answer(with_pace=False)["notUnderstood"] == ["a relaxed pace, please"]


def test_what_no_rule_reads_is_kept_word_for_word() -> None:
    found = read_wishes("My mother is vegetarian. See Marienplatz. We have twins!")
    assert found.not_understood == ["My mother is vegetarian", "We have twins"]


def obj(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMAS = [
    obj(),
    obj(name={"type": "string"}, count={"type": "integer", "minimum": 3}),
    obj(
        kind={"enum": ["a", "b"]},
        fixed={"const": 7},
        maybe={"anyOf": [{"type": "integer"}, {"type": "null"}]},
    ),
    obj(day={"type": "string", "format": "date"}, clock={"type": "string", "pattern": r"^\d{2}:\d{2}$"}),
    obj(items={"type": "array", "items": obj(x={"type": "number", "exclusiveMinimum": 0}), "minItems": 2}),
    obj(
        either={"anyOf": [obj(a={"type": "boolean"}), {"type": "string"}]}, flag={"type": ["string", "null"]}
    ),
    obj(steps={"type": "number", "multipleOf": 5, "minimum": 12, "maximum": 20}),
    {
        **obj(node={"$ref": "#/$defs/Node"}),
        "$defs": {"Node": obj(below={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]})},
    },
    {**obj(tree={"$ref": "#"}), "properties": {"tree": {"type": "array", "items": {"$ref": "#"}}}},
]


@pytest.mark.parametrize("invent", [False, True])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_instance_is_valid_against_its_schema(schema: dict[str, Any], *, invent: bool) -> None:
    check_strict("any", schema)
    Draft202012Validator(schema).validate(Instance(schema, invent).make())


@pytest.mark.parametrize(
    "schema", [{"type": 7}, {"type": "object", "properties": [1]}, obj(a={"$ref": "#/$defs/Missing"})]
)
def test_what_is_no_schema_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="Invalid schema for response_format 'x'"):
        check_sound("x", schema)


def test_known_values_are_used_only_where_the_schema_allows_them() -> None:
    schema = obj(city={"enum": ["Munich"]}, note={"type": "string"})
    made = Instance(schema).make({"city": "Atlantis", "note": "hi", "more": 1})
    assert made == {"city": "Munich", "note": "hi"}


@pytest.mark.parametrize(
    ("name", "schema", "message"),
    [
        ("no spaces", obj(), "does not match"),
        ("x", {"type": "array", "items": obj()}, "got 'type: \"array\"'"),
        ("x", {**obj(), "additionalProperties": True}, "In context=(), 'additionalProperties'"),
        ("x", {**obj(a={"type": "string"}), "required": []}, "Missing 'a'"),
        ("x", obj(a={"type": "array", "items": {"type": "object"}}), "('properties', 'a', 'items')"),
    ],
)
def test_strict_mode_refuses_loose_schemas(name: str, schema: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as caught:
        check_strict(name, schema)
    assert message in str(caught.value)

"""The contracts of the queues: what is accepted, what is refused and how, and what is published about it."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError

from shared.db import new_id
from shared.errors import Poison
from shared.messaging import (
    CONTRACTS,
    EraseInbox,
    ExportAccount,
    GenerateSchedule,
    Message,
    NotifyUser,
    SearchNearby,
    SearchPlaces,
    contract_of,
    read,
    schema,
)
from shared.messaging.__main__ import file_name, main, published
from tests.launch import ROOT

PUBLISHED = ROOT / "docs" / "messages"
A, B, C = (new_id() for _ in range(3))
EXAMPLES: tuple[Message, ...] = (
    GenerateSchedule(job_id=A),
    SearchPlaces(
        region="at:48.14,11.58", category="food", lat=48.137, lng=11.575, zone="Europe/Berlin", job_id=A
    ),
    SearchPlaces(region="at:-0.50,0.00", category="cafe", lat=-0.5, lng=0, zone="UTC"),
    NotifyUser(notification_id=A, user_id=B, kind="schedule-ready", trip_id=C, subject="Alps 🏔"),
    SearchNearby(search_id=A),
    EraseInbox(user_id=B),
    ExportAccount(export_id=A),
)


def wire(message: Message, **changes: object) -> dict[str, Any]:
    """The body as the outbox writes it, then changed; None takes a field away."""
    body = json.loads(message.model_dump_json(by_alias=True, exclude_none=True)) | changes
    return {name: value for name, value in body.items() if value is not None}


def refusal(body: object, model: type[Message]) -> str:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    with pytest.raises(Poison) as poison:
        read(raw, model)
    return poison.value.detail


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: message.type)
def test_a_message_comes_back_as_it_was_written(message: Message) -> None:
    assert read(orjson.dumps(wire(message)), type(message)) == message


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: message.type)
def test_every_field_that_is_wrong_is_named(message: Message) -> None:
    for name in wire(message):
        assert f" {name}: " in refusal(wire(message, **{name: ["nonsense"]}), type(message))
        if name != "jobId" or isinstance(message, GenerateSchedule):
            assert f" {name}: Field required." in refusal(wire(message, **{name: None}), type(message))


@pytest.mark.parametrize(
    ("message", "changes", "named"),
    [
        (EXAMPLES[0], {"version": 2}, "version"),
        (EXAMPLES[0], {"version": "1"}, "version"),
        (EXAMPLES[0], {"type": "NotifyUser"}, "type"),
        (EXAMPLES[0], {"priority": 9}, "priority"),
        (EXAMPLES[0], {"jobId": "7"}, "jobId"),
        (EXAMPLES[0], {"jobId": None, "job_id": str(A)}, "jobId"),
        (EXAMPLES[1], {"region": "48/11"}, "region"),
        (EXAMPLES[1], {"region": "x" * 65}, "region"),
        (EXAMPLES[1], {"category": "casino"}, "category"),
        (EXAMPLES[1], {"lat": 90.5}, "lat"),
        (EXAMPLES[1], {"lng": -181}, "lng"),
        (EXAMPLES[1], {"lat": "48.1"}, "lat"),
        (EXAMPLES[1], {"lat": True}, "lat"),
        (EXAMPLES[1], {"zone": "z" * 65}, "zone"),
        (EXAMPLES[3], {"kind": "advert"}, "kind"),
        (EXAMPLES[4], {"searchId": "7"}, "searchId"),
        (EXAMPLES[4], {"jobId": str(A)}, "jobId"),
        (EXAMPLES[3], {"subject": "s" * 257}, "subject"),
    ],
)
def test_a_message_that_breaks_its_contract_is_poison_by_the_field(
    message: Message, changes: dict[str, object], named: str
) -> None:
    broken = wire(message, **changes)
    assert f"Not a {message.type} message: {named}: " in refusal(broken, type(message))
    with pytest.raises(SchemaError):
        Draft202012Validator(
            schema(type(message)), format_checker=Draft202012Validator.FORMAT_CHECKER
        ).validate(broken)


@pytest.mark.parametrize("body", [b"", b"not json", b"{", b"\xff\xfe", b"<a/>"])
def test_what_is_not_json_is_poison(body: bytes) -> None:
    assert "the body: Invalid JSON" in refusal(body, GenerateSchedule)


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_json_that_is_no_object_is_poison(body: object) -> None:
    assert "the body: Input should be an object" in refusal(body, GenerateSchedule)


def test_a_body_over_8_kib_is_poison_unread() -> None:
    assert "at most 8192 bytes, this one has 8193" in refusal(b" " * 8193, NotifyUser)


def test_every_message_stays_far_under_the_limit() -> None:
    longest = NotifyUser(notification_id=A, user_id=B, kind="schedule-failed", trip_id=C, subject="🏔" * 256)
    assert len(longest.model_dump_json(by_alias=True).encode()) < 2048


def test_a_refusal_repeats_nothing_of_the_message() -> None:
    with pytest.raises(Poison) as poison:
        read(orjson.dumps(wire(EXAMPLES[3], kind="secret trip of Ada")), NotifyUser)
    assert "Ada" not in f"{poison.value!r} {poison.value.__cause__!r} {poison.value.__cause__}"


@pytest.mark.parametrize("model", CONTRACTS, ids=lambda model: model.__name__)
def test_the_published_schema_is_the_one_the_code_checks(model: type[Message]) -> None:
    stored = PUBLISHED / file_name(model)
    assert stored.exists(), "run: python -m shared.messaging docs/messages"
    assert stored.read_bytes() == published(model), "run: python -m shared.messaging docs/messages"


def test_nothing_is_published_that_is_no_contract() -> None:
    names = {path.name for path in PUBLISHED.glob("*.json")}
    assert names == {file_name(model) for model in CONTRACTS}


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: message.type)
def test_a_message_matches_its_published_schema(message: Message) -> None:
    validator = Draft202012Validator(json.loads((PUBLISHED / file_name(type(message))).read_bytes()))
    validator.validate(wire(message))


def test_the_schemas_are_written_where_asked(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {file_name(model) for model in CONTRACTS}


@pytest.mark.parametrize("arguments", [[], ["nowhere/at/all"], ["a", "b"]])
def test_without_a_folder_the_command_says_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "Usage: python -m shared.messaging FOLDER" in capsys.readouterr().err


def test_the_guide_names_every_message_its_queue_and_its_schema() -> None:
    guide = (PUBLISHED / "README.md").read_text()
    for model in CONTRACTS:
        assert f"`{model.__name__}`" in guide
        assert f"`{model.queue}`" in guide
        assert f"]({file_name(model)})" in guide


def test_the_example_bodies_of_the_guide_match_their_contracts() -> None:
    bodies = re.findall(r"```json\n(.*?)```", (PUBLISHED / "README.md").read_text(), re.DOTALL)
    models = {model.__name__: model for model in CONTRACTS}
    read_back = [read(body.encode(), models[json.loads(body)["type"]]) for body in bodies]
    assert {message.type for message in read_back} == set(models)


def test_ids_sort_by_the_time_they_were_made_and_are_version_7() -> None:
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {(each.version, each.variant) for each in made} == {(7, UUID(int=A.int).variant)}
    stamps = [each.int >> 80 for each in made]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (orjson.dumps(wire(EXAMPLES[1])), SearchPlaces),
        (orjson.dumps(wire(EXAMPLES[4])), SearchNearby),
        (orjson.dumps(wire(EXAMPLES[0])), SearchPlaces),
        (b'{"type": ["SearchNearby"]}', SearchPlaces),
        (b"[]", SearchPlaces),
        (b"not json", SearchPlaces),
        (b"", SearchPlaces),
        (b"\xff", SearchPlaces),
        (b'{"type": "SearchNearby"}' + b" " * 8192, SearchPlaces),
    ],
    ids=["first", "second", "of another queue", "a list", "no object", "no JSON", "empty", "no text", "long"],
)
def test_of_two_contracts_on_a_queue_the_body_names_its_own(body: bytes, expected: type[Message]) -> None:
    assert contract_of(body, (SearchPlaces, SearchNearby)) is expected

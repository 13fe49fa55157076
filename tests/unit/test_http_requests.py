"""Reading requests: every refusal names the field and the fix."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.db import cursor_after
from shared.errors import InvalidRequest, MalformedRequest, NotFound, PreconditionFailed, TooLarge
from shared.http import (
    caller_address,
    read_body,
    read_choice,
    read_id,
    read_if_match,
    read_ordinal,
    read_page,
    read_replay,
    read_tag,
)
from tests.unit.web_requests import URL, refusals, request

OWNER = UUID("01a207fa-f82b-74b9-a592-91a9ed5021cd")


def no_zeros(count: int) -> int:
    if count == 0:
        raise ValueError("A count is not zero.")
    return count


class Member(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    name: str
    age: int = Field(default=1, ge=0, le=120)
    bag_count: Annotated[int, AfterValidator(no_zeros)] = 1


class Party(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    members: tuple[Member, ...] = ()
    tags: dict[str, int] = {}


def party(*members: object) -> dict[str, object]:
    return {"members": members}


def test_a_body_becomes_its_model() -> None:
    read = read_body(request(party({"name": "Ada", "bagCount": 2})), Party)
    assert read == Party(members=(Member(name="Ada", bag_count=2),))


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (
            party(*[{"name": "x"}] * 3, {"name": "x", "age": 121}),
            {"/members/3/age": "less than or equal to 120"},
        ),
        (party({"name": "x", "age": "7"}), {"/members/0/age": "valid integer"}),
        (party({"name": "x", "age": 7.0}), {"/members/0/age": "valid integer"}),
        (party({"name": "x", "age": True}), {"/members/0/age": "valid integer"}),
        (party({"name": "x", "age": None}), {"/members/0/age": "valid integer"}),
        (party({"name": 5}), {"/members/0/name": "valid string"}),
        (party({}), {"/members/0/name": "This field is required."}),
        (party("Ada"), {"/members/0": "object"}),
        ({"members": {}}, {"/members": "array"}),
        ({"nmae": 1}, {"/nmae": "This field is not known here. Remove it."}),
        ({"a/b~c": 1}, {"/a~1b~0c": "not known"}),
        (party({"name": "x", "bag_count": 2}), {"/members/0/bag_count": "not known"}),
        (party({"name": "x", "bagCount": 0}), {"/members/0/bagCount": "A count is not zero."}),
        ({"tags": {"a/b": "x"}}, {"/tags/a~1b": "valid integer"}),
        ([], {"": "object"}),
        ("text", {"": "object"}),
        (None, {"": "object"}),
        (
            party({"name": "x", "age": -1}, {"age": 1}),
            {"/members/0/age": "greater than or equal to 0", "/members/1/name": "required"},
        ),
    ],
)
def test_each_wrong_field_is_named_by_its_json_pointer(body: object, wrong: dict[str, str]) -> None:
    named = refusals(body, Party)
    assert set(named) == set(wrong)
    assert all(wrong[pointer] in detail for pointer, detail in named.items())


def test_the_detail_of_a_refusal_is_its_first_field() -> None:
    with pytest.raises(InvalidRequest, match=r"^/members/0/name: This field is required.$"):
        read_body(request(party({"age": 500})), Party)
    with pytest.raises(InvalidRequest, match=r"^The body: "):
        read_body(request([]), Party)


@pytest.mark.parametrize(
    "body",
    [b"{", b"members=1", b"{'a': 1}", b'{"tags": {"a": 1}} x', b"\xff\xfe", b'"\\ud800"', b"[" * 60_000],
)
def test_a_body_that_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequest, match="not JSON"):
        read_body(request(body), Party)


def test_an_empty_body_is_malformed_and_says_what_to_send() -> None:
    with pytest.raises(MalformedRequest, match="empty"):
        read_body(request(b""), Party)


def test_a_body_over_64_kib_is_too_large_and_one_just_under_is_read() -> None:
    assert read_body(request(b"{}".ljust(65_536)), Party) == Party()
    with pytest.raises(TooLarge, match="at most 65536 bytes, this one has 65537"):
        read_body(request(b"{}".ljust(65_537)), Party)


@pytest.mark.parametrize("text", [str(OWNER), str(OWNER).upper()])
def test_an_id_in_the_route_is_a_uuid(text: str) -> None:
    assert read_id(request(route={"trip_id": text}), "trip_id") == OWNER


@pytest.mark.parametrize("text", ["", "7", "me", f"{OWNER}0", "../users"])
def test_an_id_that_is_no_uuid_names_nothing(text: str) -> None:
    with pytest.raises(NotFound, match="No trip has the id"):
        read_id(request(route={"trip_id": text}), "trip_id")


@pytest.mark.parametrize(("text", "number"), [(None, 20), ("", 20), ("1", 1), ("100", 100), ("007", 7)])
def test_a_number_in_the_query_is_whole_and_in_its_range(text: str | None, number: int) -> None:
    params = {} if text is None else {"limit": text}
    assert read_page(request(params=params)).limit == number


@pytest.mark.parametrize("text", ["0", "101", "-1", "1.5", "1e1", "9" * 40, "many", "\u0661"])
def test_any_other_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_page(request(params={"limit": text}))
    assert refused.value.errors[0].pointer == "limit"


def test_one_of_several_parameters_is_read_with_its_name() -> None:
    assert read_choice(request(params={"email": "a@b.org"}), ("username", "email")) == ("email", "a@b.org")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"username": ""},
        {"phone": "1"},
        {"username": "ada99", "email": "a@b.org"},
        {"username": "a" * 257},
        {"username": "ada\x00"},
    ],
)
def test_none_both_or_an_unreadable_one_is_refused(params: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest, match="username"):
        read_choice(request(params=params), ("username", "email"))


def test_a_page_is_twenty_rows_from_the_start_unless_asked_otherwise() -> None:
    page = read_page(request())
    assert (page.limit, page.after) == (20, None)


def test_a_cursor_comes_back_as_the_row_it_names() -> None:
    at = datetime(2027, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
    page = read_page(request(params={"cursor": cursor_after(at, OWNER), "limit": "3"}))
    assert (page.limit, page.after) == (3, (at, OWNER))


@pytest.mark.parametrize(
    "cursor", ["x", "ü", "AAAA", cursor_after(datetime(2027, 5, 1, tzinfo=UTC), OWNER)[:-9], "=" * 9]
)
def test_a_cursor_we_never_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="nextCursor") as refused:
        read_page(request(params={"cursor": cursor}))
    assert refused.value.errors[0].pointer == "cursor"


@pytest.mark.parametrize(("header", "seen"), [(None, None), ("*", None), ('"1"', 1), (' "42" ', 42)])
def test_if_match_names_the_revision_the_caller_saw(header: str | None, seen: int | None) -> None:
    headers = {} if header is None else {"If-Match": header}
    assert read_if_match(request(headers=headers)) == seen


@pytest.mark.parametrize("header", ["", "1", 'W/"1"', '"one"', '"1', '"-1"', '"' + "9" * 40 + '"'])
def test_an_etag_that_is_not_ours_matches_nothing(header: str) -> None:
    with pytest.raises(PreconditionFailed):
        read_if_match(request(headers={"If-Match": header}))


def digest(body: object = None, *, method: str = "POST", url: str = URL) -> str:
    replay = read_replay(request(body, method=method, url=url, headers={"Idempotency-Key": "k"}), owner=OWNER)
    assert replay is not None
    return replay.digest


def test_a_key_is_tied_to_method_address_and_body_of_its_request() -> None:
    assert digest({"a": 1}) == digest({"a": 1})
    assert digest({"a": 1}) == digest({"a": 1}, url="https://tripgen.example/api/v1/trips?x=1")
    others = [digest({"a": 2}), digest({"a": 1}, method="PUT"), digest({"a": 1}, url=URL + "/7")]
    assert digest({"a": 1}) not in others


def test_without_a_key_nothing_is_replayed() -> None:
    assert read_replay(request(), owner=OWNER) is None


@pytest.mark.parametrize("key", ["", "two words", "k" * 129, "ключ", "tab\t"])
def test_a_key_that_is_not_visible_ascii_is_malformed(key: str) -> None:
    with pytest.raises(MalformedRequest, match="1 to 128 visible ASCII"):
        read_replay(request(headers={"Idempotency-Key": key}), owner=OWNER)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (None, "local"),
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:49152", "203.0.113.7"),
        ("203.0.113.7, 10.0.0.1", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443, 10.0.0.1", "2001:db8::1"),
        ("x" * 500, "x" * 64),
    ],
)
def test_a_caller_is_known_by_the_first_hop_without_its_port(header: str | None, address: str) -> None:
    headers = {} if header is None else {"X-Forwarded-For": header}
    assert caller_address(request(headers=headers)) == address


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("42", 42), ("999999999", 999_999_999)])
def test_an_ordinal_in_the_route_is_a_number_from_one(text: str, number: int) -> None:
    assert read_ordinal(request(route={"day": text}), "day") == number


@pytest.mark.parametrize("text", ["0", "-1", "01", "1.0", "x", "", "٣", "1234567890"])
def test_what_is_no_ordinal_names_nothing(text: str) -> None:
    with pytest.raises(NotFound):
        read_ordinal(request(route={"day": text}), "day")


@pytest.mark.parametrize(
    ("header", "seen"),
    [(None, None), ("*", None), ('"3-final"', "3-final"), (' "3-draft" ', "3-draft"), ('W/"3"', 'W/"3')],
)
def test_a_tag_is_compared_as_it_was_given(header: str | None, seen: str | None) -> None:
    assert read_tag(request(headers={"If-Match": header} if header else {})) == seen

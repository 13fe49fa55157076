"""The built-in functions, each as a table of claims, and through the SDK."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.cosmos import CosmosClient
from hypothesis import given
from hypothesis import strategies as st

from devstack.cosmos.errors import Refused
from devstack.cosmos.sql import evaluate, parse
from tests.devstack.cosmos_client import KEY
from tests.launch import server

WHEN = "'2024-02-29T03:04:05.6789123Z'"
UNDEFINED: list[Any] = []


def run(expression: str, **document: Any) -> list[Any]:
    return evaluate(parse(f"SELECT VALUE {expression} FROM c", {}), [document])  # noqa: S608


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("ROUND(2.4)", 2),
        ("ROUND(2.5)", 3),
        ("ROUND(-2.5)", -3),
        ("ROUND(0.49999999999999994)", 0),
        ("SQRT(9)", 3.0),
        ("POWER(2, 10)", 1024.0),
        ("TRUNC(-2.9)", -2),
        ("SIGN(-0.5)", -1),
        ("SIGN(0)", 0),
        ("EXP(0)", 1.0),
        ("LOG(8, 2)", 3.0),
        ("LOG10(1000)", 3.0),
        ("SQUARE(3)", 9),
        ("FLOOR(PI())", 3),
    ],
)
def test_functions_of_numbers(expression: str, value: Any) -> None:
    assert run(expression) == [value]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("LEFT('Salzburg', 4)", "Salz"),
        ("RIGHT('Salzburg', 4)", "burg"),
        ("RIGHT('abc', 9)", "abc"),
        ("LEFT('abc', -1)", ""),
        ("RIGHT('abc', 0)", ""),
        ("REPLACE('a-b-c', '-', '+')", "a+b+c"),
        ("REPLACE('abc', '', 'x')", "abc"),
        ("REVERSE('abc')", "cba"),
        ("LTRIM('  a ')", "a "),
        ("RTRIM('  a ')", "  a"),
        ("TRIM('xxaxx', 'x')", "a"),
        ("TOSTRING(1.0)", "1"),
        ("TOSTRING(1.5)", "1.5"),
        ("TOSTRING(true)", "true"),
        ("TOSTRING([1, 'a'])", '[1,"a"]'),
        ("TOSTRING('a')", "a"),
        ("STRINGTONUMBER('-1.5')", -1.5),
        ("STRINGTOBOOLEAN('true')", True),
        ("STRINGTOARRAY('[1]')", [1]),
        ("STRINGTOOBJECT('{\"a\":1}')", {"a": 1}),
        ("STRINGTONULL('null')", None),
        ("RegexMatch('Salzburg', '^salz', 'i')", True),
        ("RegexMatch('Salzburg', '^burg')", False),
    ],
)
def test_functions_of_texts(expression: str, value: Any) -> None:
    assert run(expression) == [value]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("ARRAY_CONCAT([1], [2, 3], [])", [1, 2, 3]),
        ("ARRAY_SLICE([1, 2, 3, 4], 1)", [2, 3, 4]),
        ("ARRAY_SLICE([1, 2, 3, 4], -2, 1)", [3]),
        ("ARRAY_SLICE([1, 2], -9)", [1, 2]),
        ("ARRAY_SLICE([1, 2], 0, -1)", []),
        ("SETUNION([1, 2, 2], [2, 3])", [1, 2, 3]),
        ("SETINTERSECT([1, 2, 2, true], [2, 1.0])", [1, 2]),
        ("SETDIFFERENCE([1, 2, 3], [2])", [1, 3]),
        ("ARRAY_CONTAINS_ANY([1, 2], 3, 2)", True),
        ("ARRAY_CONTAINS_ALL([1, 2], 1, 3)", False),
    ],
)
def test_functions_of_arrays(expression: str, value: Any) -> None:
    assert run(expression) == [value]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (f"DateTimeAdd('yyyy', 1, {WHEN})", "2025-02-28T03:04:05.6789123Z"),
        (f"DateTimeAdd('mm', -2, {WHEN})", "2023-12-29T03:04:05.6789123Z"),
        (f"DateTimeAdd('dd', 1, {WHEN})", "2024-03-01T03:04:05.6789123Z"),
        (f"DateTimeAdd('ns', 200, {WHEN})", "2024-02-29T03:04:05.6789125Z"),
        ("DateTimeAdd('hh', 1, '0001-01-01T00:00:00Z')", "0001-01-01T01:00:00.0000000Z"),
        (f"DateTimePart('year', {WHEN})", 2024),
        (f"DateTimePart('m', {WHEN})", 2),
        (f"DateTimePart('n', {WHEN})", 4),
        (f"DateTimePart('ms', {WHEN})", 678),
        (f"DateTimePart('mcs', {WHEN})", 678912),
        (f"DateTimePart('ns', {WHEN})", 678912300),
        ("DateTimeDiff('year', '2028-01-01T00:00:00Z', '2020-01-03T00:00:00Z')", -8),
        ("DateTimeDiff('month', '2020-01-31T00:00:00Z', '2021-02-01T00:00:00Z')", 13),
        ("DateTimeDiff('hh', '2020-01-01T00:00:00Z', '2020-01-02T01:00:00Z')", 25),
        ("DateTimeDiff('s', '2020-01-01T00:00:00.5Z', '2020-01-01T00:00:02.5Z')", 2),
        ("DateTimeToTimestamp('1970-01-01T00:00:01.5Z')", 1500),
        ("TimestampToDateTime(1500)", "1970-01-01T00:00:01.5000000Z"),
    ],
)
def test_functions_of_dates(expression: str, value: Any) -> None:
    assert run(expression) == [value]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("IS_INTEGER(1.0)", True),
        ("IS_INTEGER(1.5)", False),
        ("IS_INTEGER(true)", False),
        ("IS_PRIMITIVE(null)", True),
        ("IS_PRIMITIVE([1])", False),
        ("IS_PRIMITIVE(c.absent)", False),
        ("IIF(c.n > 1, 'many', 'few')", "many"),
        ("IIF('no boolean', 1, 2)", 2),
        ("c.n > 5 ? 'many' : c.n > 1 ? 'some' : 'few'", "some"),
        ("{a: c.n = 2 ? 1 : 0, b: c.absent ?? 3}", {"a": 1, "b": 3}),
    ],
)
def test_types_and_conditions(expression: str, value: Any) -> None:
    assert run(expression, n=2) == [value]


@pytest.mark.parametrize(
    ("expression", "is_met"),
    [
        ("EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t.k = 'a' AND t.w > c.n)", True),
        ("EXISTS(SELECT * FROM t IN c.tags WHERE t.w = 1)", True),
        ("EXISTS(SELECT t.k, t.w FROM t IN c.tags)", True),
        ("EXISTS(SELECT VALUE t.absent FROM t IN c.tags)", False),
        ("EXISTS(SELECT VALUE t FROM t IN c.absent)", False),
        ("NOT EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t.w > 9)", True),
        ("EXISTS(SELECT VALUE t FROM t IN c.tags WHERE EXISTS(SELECT VALUE p FROM p IN t.parts))", True),
    ],
)
def test_exists_asks_for_a_row_of_its_own(expression: str, *, is_met: bool) -> None:
    tags = [{"k": "a", "w": 3, "parts": [1]}, {"k": "b", "w": 1}]
    assert run(expression, n=2, tags=tags) == [is_met]


@pytest.mark.parametrize(
    "expression",
    [
        "SQRT(-1)", "LOG(0)", "EXP(1000)", "POWER(10, 400)", "ROUND('a')", "LEFT(1, 1)", "REVERSE(1)",
        "TOSTRING(c.absent)", "STRINGTONUMBER('x')", "STRINGTONUMBER('true')", "ARRAY_SLICE('a', 1)",
        "SETUNION([1], 2)", "DateTimeAdd('era', 1, '2020-01-01T00:00:00Z')", "DateTimePart('dd', 'today')",
        "DateTimeAdd('dd', 1.5, '2020-01-01T00:00:00Z')", "DateTimeAdd('yyyy', 9000, '2020-01-01T00:00:00Z')",
        "DateTimeAdd('dd', 1e300, '2020-01-01T00:00:00Z')", "DateTimePart('dd', '2020-02-30T00:00:00Z')",
        "TimestampToDateTime(1e300)", "ARRAY_CONTAINS_ANY(1, 2)",
    ],
)  # fmt: skip
def test_argument_that_a_function_does_not_take_gives_no_result(expression: str) -> None:
    assert run(expression) == UNDEFINED


@pytest.mark.parametrize("expression", ["RegexMatch('a', '(')", "RegexMatch('a', 'a', 'q')", "LEFT('a')"])
def test_wrong_use_of_a_function_is_refused(expression: str) -> None:
    with pytest.raises(Refused) as caught:
        run(expression)
    assert caught.value.status == 400


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)),  # noqa: DTZ001 - dates of a query name no zone
    st.sampled_from(["dd", "hh", "mi", "ss", "ms", "mcs"]),
    st.integers(-700_000, 300_000),  # days that stay between the years 1 and 9999
)
def test_what_was_added_to_a_date_is_the_difference(start: datetime, part: str, count: int) -> None:
    text = start.isoformat(timespec="microseconds") + "Z"
    added = f"DateTimeAdd('{part}', {count}, '{text}')"
    assert run(f"DateTimeDiff('{part}', '{text}', {added})") == [count]


def test_sdk_sorts_out_what_is_past() -> None:
    with server("devstack.cosmos") as url, CosmosClient(url, KEY) as client:
        container = client.get_database_client("tripgen").get_container_client("schedules")
        for name, date in (
            ("past", "2001-01-01T00:00:00.0000000Z"),
            ("future", "2999-01-01T00:00:00.0000000Z"),
        ):
            container.create_item({"id": name, "tripId": "t", "date": date})
        before = time.time() * 1000
        sql = "SELECT VALUE {id: c.id, at: GetCurrentTimestamp()} FROM c WHERE c.date < GetCurrentDateTime()"
        [found] = container.query_items(sql, partition_key="t")
    assert found["id"] == "past"
    assert before - 1 <= found["at"] <= time.time() * 1000
    assert datetime.fromtimestamp(found["at"] / 1000, UTC).year >= 2024

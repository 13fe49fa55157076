"""The query language on its own, as tables of claims."""

from typing import Any

import pytest

from devstack.cosmos.errors import Refused
from devstack.cosmos.sql import evaluate, parse
from devstack.cosmos.values import Document, Json

CAFE: Document = {
    "id": "cafe",
    "n": 7,
    "half": 0.5,
    "open": True,
    "closed": None,
    "name": "Café Tomaselli",
    "tags": ["coffee", 1, {"k": "v", "w": 1}],
    "geo": {"lat": 47.8, "list": [[1, 2], [3]]},
    "order": {"value": 3},
    "quote": 'it\'s "good" \\ 100%',
}


def run(sql: str, *documents: Document, **values: Json) -> list[Any]:
    return evaluate(parse(sql, {f"@{name}": value for name, value in values.items()}), documents or [CAFE])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("c.n", 7),
        ("c['n']", 7),
        ("c.geo.list[0][1]", 2),
        ("c.tags[2].k", "v"),
        ("c.order['value']", 3),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-c.n + 10", 3),
        ("7 / 2", 3.5),
        ("8 / 2", 4),
        ("7 % 4", 3),
        ("1.5e2", 150.0),
        ("'a' || 'b'", "ab"),
        ("'it\\'s'", "it's"),
        ('"\\u00fc\\n"', "ü\n"),
        ("c.absent ?? 'default'", "default"),
        ("c.closed ?? 'default'", None),
        ("[1, c.absent, 'x']", [1, "x"]),
        ("{a: c.n, 'b': c.absent}", {"a": 7}),
        ("LOWER(c.name)", "café tomaselli"),
        ("UPPER('ß')", "SS"),
        ("LENGTH(c.name)", 14),
        ("ARRAY_LENGTH(c.tags)", 3),
        ("ABS(-2)", 2),
        ("FLOOR(-0.5)", -1),
        ("CEILING(0.5)", 1),
        ("CONCAT('a', 'b', 'c')", "abc"),
        ("SUBSTRING(c.name, 5, 4)", "Toma"),
        ("INDEX_OF(c.name, 'T')", 5),
        ("TRIM('  x ')", "x"),
    ],
)
def test_expression_has_the_value(expression: str, value: Json) -> None:
    assert run(f"SELECT VALUE {expression} FROM c") == [value]  # noqa: S608


@pytest.mark.parametrize(
    "condition",
    [
        "c.n = 7 AND c.open",
        "c.n <> 8",
        "c.n = 7.0",
        "c.closed = null",
        "NOT c.n = 8",
        "NOT (c.n < 7 OR c.n > 7)",
        "c.absent = 1 OR c.n = 7",
        "c.n IN (1, 7)",
        "c.n NOT IN (1, 2)",
        "c.n BETWEEN 7 AND 8",
        "c.n NOT BETWEEN 8 AND 9",
        "c.name LIKE 'Caf_ %'",
        "c.name NOT LIKE 'caf%'",
        "c.quote LIKE '%100\\%'",
        "STARTSWITH(c.name, 'Caf')",
        "STARTSWITH(c.name, 'CAF', true)",
        "ENDSWITH(c.name, 'selli')",
        "CONTAINS(c.name, 'tom', true)",
        "STRINGEQUALS(c.id, 'CAFE', true)",
        "ARRAY_CONTAINS(c.tags, 'coffee')",
        "ARRAY_CONTAINS(c.tags, {k: 'v'}, true)",
        "IS_DEFINED(c.closed) AND NOT IS_DEFINED(c.absent)",
        "IS_NULL(c.closed)",
        "IS_NUMBER(c.n) AND IS_STRING(c.id) AND IS_BOOL(c.open) AND IS_ARRAY(c.tags) AND IS_OBJECT(c.geo)",
        "c.geo = {lat: 47.8, list: [[1, 2], [3]]}",
        "c.quote = 'it\\'s \"good\" \\\\ 100%'",
        "c.open != 1",
    ],
)
def test_condition_keeps_the_document(condition: str) -> None:
    assert run(f"SELECT VALUE c.id FROM c WHERE {condition}") == ["cafe"]  # noqa: S608


@pytest.mark.parametrize(
    "condition",
    [
        "c.absent = 1",
        "c.absent != 1",
        "NOT c.absent",
        "c.absent NOT IN (1)",
        "c.n",
        "c.n < '8'",
        "c.open = 1",
        "c.id = 'CAFE'",
        "c.closed < 1",
        "c.name LIKE 'Caf'",
        "ARRAY_CONTAINS(c.tags, {k: 'v'})",
        "ARRAY_CONTAINS(c.tags, true)",
        "ARRAY_CONTAINS(c.id, 'c')",
        "IS_NULL(c.absent)",
        "c.tags[9] = 1",
        "c.tags[0.5] = 1",
        "LENGTH(c.tags) = 3",
        "c.n / 0 = 1",
    ],
)
def test_condition_drops_the_document(condition: str) -> None:
    assert run(f"SELECT VALUE c.id FROM c WHERE {condition}") == []  # noqa: S608


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT", "FROM"),
        ("SELECT * FROM c WHERE", "end of the query"),
        ("SELECT * FROM c WHERE c.n = = 1", "near '=' at 28"),
        ("SELECT * FROM c WHERE c.n ~ 1", "near '~ 1'"),
        ("SELECT * FROM c WHERE d.n = 1", "'d' could not be resolved"),
        ("SELECT * FROM c WHERE c.n = @x", "@x: add it"),
        ("SELECT * FROM c WHERE SOUNDEX(c.id)", "SOUNDEX"),
        ("SELECT * FROM c WHERE ABS()", "ABS takes 1 to 1"),
        ("SELECT * FROM c WHERE COUNT(1) > 1", "WHERE"),
        ("SELECT * FROM c WHERE c.id LIKE '[ab]%'", "LIKE"),
        ("SELECT * FROM c WHERE (SELECT VALUE t FROM t IN c.tags) = 1", "EXISTS"),
        ("SELECT VALUE ARRAY(SELECT VALUE t FROM t IN c.tags) FROM c", "EXISTS"),
        ("SELECT * FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags) AND t = 1", "'t'"),
        ("SELECT * FROM c WHERE EXISTS(SELECT VALUE t FROM c.tags)", "expected IN"),
        ("SELECT * FROM c JOIN t IN c.tags", "JOIN"),
        ("SELECT c.id, COUNT(1) FROM c", "GROUP BY"),
        ("SELECT c.id FROM c GROUP BY c.id", "GROUP BY"),
        ("SELECT * FROM c ORDER BY c.n + 1", "ORDER BY"),
        ("SELECT * FROM c OFFSET 0.5 LIMIT 2", "OFFSET"),
        ("SELECT TOP 'x' * FROM c", "TOP"),
        ("SELECT * FROM c OFFSET -1 LIMIT 2", "near '-'"),
        ("SELECT * FROM c LIMIT 3 4", "near"),
        ("SELECT * FROM c WHERE " + "(" * 9999, "nested too deeply"),
    ],
)
def test_wrong_query_is_refused_with_a_reason(sql: str, message: str) -> None:
    with pytest.raises(Refused) as caught:
        run(sql)
    assert caught.value.status == 400
    assert message in caught.value.message


def test_columns_are_named_by_alias_property_or_number() -> None:
    row = run("SELECT c.id, c.geo.lat AS latitude, c.n + 1, c['name'], c.tags[0], c.absent FROM c")
    assert row == [{"id": "cafe", "latitude": 47.8, "$1": 8, "name": CAFE["name"], "$2": "coffee"}]


def test_keywords_have_no_case_and_root_may_be_renamed() -> None:
    assert run("select value p.n from places p where p.N = 1 or p.n = 7 order by p.n asc") == [7]
    assert run("SELECT VALUE c.order['value'] FROM root AS c WHERE c.order['value'] = 3") == [3]


def test_join_gives_a_row_per_element() -> None:
    assert run("SELECT c.id, t AS tag FROM c JOIN t IN c.tags WHERE IS_STRING(t) OR t = 1") == [
        {"id": "cafe", "tag": "coffee"},
        {"id": "cafe", "tag": 1},
    ]


def test_order_by_ranks_types_and_is_stable() -> None:
    values: list[Json] = [{"a": 1}, [1], "b", "a", 2, 1.5, True, False, None]
    documents: list[Document] = [{"v": value, "i": i} for i, value in enumerate(values)] + [
        {"i": 9},
        {"i": 10},
    ]
    order = [9, 10, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert run("SELECT VALUE c.i FROM c ORDER BY c.v", *documents) == order
    descending = [*reversed(order[2:]), 9, 10]
    assert run("SELECT VALUE c.i FROM c ORDER BY c.v DESC", *documents) == descending


def test_distinct_and_top_take_rows_in_order() -> None:
    documents: list[Document] = [{"k": n % 3, "n": n} for n in range(9)]
    assert run("SELECT DISTINCT VALUE c.k FROM c ORDER BY c.n DESC", *documents) == [2, 1, 0]
    assert run("SELECT TOP @few VALUE c.n FROM c", *documents, few=2) == [0, 1]


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("COUNT(1)", 4),
        ("COUNT(c.n)", 3),
        ("SUM(c.n)", 6),
        ("AVG(c.n)", 2.0),
        ("MIN(c.n)", 1),
        ("MAX(c.n) - MIN(c.n)", 2),
        ("{least: MIN(c.n), all: COUNT(1)}", {"least": 1, "all": 4}),
    ],
)
def test_aggregate_skips_what_is_undefined(aggregate: str, value: Json) -> None:
    documents: list[Document] = [{"n": 1}, {"n": 2}, {"n": 3}, {}]
    assert run(f"SELECT VALUE {aggregate} FROM c", *documents) == [value]  # noqa: S608


def test_aggregates_of_nothing() -> None:
    empty = "FROM c WHERE false"
    assert run(f"SELECT VALUE COUNT(1) {empty}") == [0]
    assert run(f"SELECT VALUE SUM(c.n) {empty}") == [0]
    assert run(f"SELECT VALUE MAX(c.n) {empty}") == []
    assert run(f"SELECT COUNT(1) AS n, MIN(c.n) AS least {empty}") == [{"n": 0}]

"""Random sorted, cut and projected queries, and their pages, against a naive evaluation in plain Python."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cmp_to_key
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devstack.cosmos.sql import evaluate, parse
from devstack.cosmos.store import Catalogue, Container, Items, open_database
from devstack.cosmos.store.feed import Feed, Window
from devstack.cosmos.store.rules import partition_key

P = partition_key(["p"])
TYPES = [type(None), bool, float, str]
INDEXES: Any = {
    "compositeIndexes": [
        [{"path": "/x", "order": first}, {"path": "/y", "order": second}]
        for first in ("ascending", "descending")
        for second in ("ascending", "descending")
    ]
}
scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 3).map(float), st.sampled_from(["", "a", "B"]))
documents = st.lists(
    st.fixed_dictionaries({}, optional={"x": scalars, "y": scalars, "z": scalars}), max_size=9
)


def compared(left: Any, right: Any) -> int:
    """Absent before null, booleans, numbers and texts; of one type by value."""
    ranks = [-1 if value == "absent" else TYPES.index(type(value)) for value in (left, right)]
    if ranks[0] != ranks[1]:
        return ranks[0] - ranks[1]
    return 0 if left == right or left is None else -1 if left < right else 1


def sorted_by(rows: list[dict[str, Any]], orders: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    """By the first path, where that is equal by the second; equal rows stay in their order."""

    def order(left: dict[str, Any], right: dict[str, Any]) -> int:
        for name, descends in orders:
            found = compared(left.get(name, "absent"), right.get(name, "absent"))
            if found:
                return -found if descends else found
        return 0

    return sorted(rows, key=cmp_to_key(order))


@contextmanager
def filled(rows: list[dict[str, Any]]) -> Iterator[Feed]:
    connection = open_database(None)
    try:
        catalogue, items = Catalogue(connection, lambda: 1.0), Items(connection, lambda: 1.0)
        catalogue.create_database("d")
        definition: Any = {"id": "c", "partitionKey": {"paths": ["/p"]}, "indexingPolicy": INDEXES}
        container: Container = catalogue.create_container("d", definition)
        for number, row in enumerate(rows):
            items.create(container, P, {"id": str(number), "p": "p", **row})
        yield Feed(items, container, P)
    finally:
        connection.close()


def all_pages(feed: Feed, body: Any, size: int) -> list[Any]:
    found: list[Any] = []
    token: str | None = None
    while True:
        page = feed.query(body, Window(size, token))
        found += page.results
        token = page.continuation
        assert len(page.results) == size or token is None
        if token is None:
            return found


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, Callable[[list[dict[str, Any]]], list[Any]]]:
    """A query text, and what it means."""
    wanted = draw(st.none() | scalars)
    orders = draw(st.sampled_from([[], ["x"], ["y"], ["x", "y"]]))
    pairs = [(name, draw(st.booleans())) for name in orders]
    cut = draw(st.none() | st.tuples(st.integers(0, 4), st.integers(0, 4)))
    text = "SELECT VALUE c.id FROM c"
    if wanted is not None:
        text += f" WHERE c.z = {json.dumps(wanted)}"
    if pairs:
        text += " ORDER BY " + ", ".join(f"c.{name}{' DESC' * descends}" for name, descends in pairs)
    if cut:
        text += f" OFFSET {cut[0]} LIMIT {cut[1]}"

    def meaning(rows: list[dict[str, Any]]) -> list[Any]:
        kept = [
            row
            for row in rows
            if wanted is None or (type(row.get("z")) is type(wanted) and row["z"] == wanted)
        ]
        found = [row["id"] for row in sorted_by(kept, pairs)]
        return found[cut[0] : sum(cut)] if cut else found

    return text, meaning


@given(queries(), documents, st.integers(1, 4))
def test_pages_together_are_what_the_query_means(
    query: tuple[str, Callable[[list[dict[str, Any]]], list[Any]]], rows: list[dict[str, Any]], size: int
) -> None:
    text, meaning = query
    named = [{**row, "id": str(number)} for number, row in enumerate(rows)]
    with filled(rows) as feed:
        assert all_pages(feed, {"query": text}, size) == meaning(named)


@given(documents, st.integers(1, 4), st.data())
def test_writes_between_pages_repeat_and_skip_nothing_else(
    rows: list[dict[str, Any]], size: int, data: st.DataObject
) -> None:
    with filled(rows) as feed:
        first = feed.query({"query": "SELECT VALUE c.id FROM c"}, Window(size))
        names = [str(number) for number in range(len(rows))]
        gone = data.draw(st.sets(st.sampled_from(names))) if names else set()
        for name in gone:
            feed.items.delete(feed.container, P, name)
        feed.items.create(feed.container, P, {"id": "new", "p": "p"})
        found = list(first.results)
        token = first.continuation
        while token is not None:
            page = feed.query({"query": "SELECT VALUE c.id FROM c"}, Window(size, token))
            found, token = found + page.results, page.continuation
    assert [name for name in found if name != "new" and name not in gone] == sorted(
        set(names) - gone, key=int
    )
    assert len(found) == len(set(map(str, found)))


texts = st.text("abAB ", max_size=6)
MEANINGS: dict[str, Callable[..., Any]] = {
    "CONTAINS": lambda text, part: part in text,
    "STARTSWITH": str.startswith,
    "ENDSWITH": str.endswith,
    "INDEX_OF": str.find,
    "CONCAT": lambda text, part: text + part,
    "STRINGEQUALS": lambda text, part: text == part,
}


@given(st.sampled_from(sorted(MEANINGS)), texts, texts)
def test_functions_of_two_texts_mean_what_they_say(name: str, text: str, part: str) -> None:
    query = parse(f"SELECT VALUE {name}(c.text, @part) FROM c", {"@part": part})  # noqa: S608
    assert evaluate(query, [{"text": text}]) == [MEANINGS[name](text, part)]
    assert evaluate(query, [{}, {"text": 1}]) == []


@given(st.text("ab\n", max_size=8), st.text("ab_%", max_size=6))
def test_like_means_what_its_wildcards_say(text: str, pattern: str) -> None:
    query = parse("SELECT VALUE c.text LIKE @pattern FROM c", {"@pattern": pattern})
    naive = pattern.replace("%", ".*").replace("_", ".")
    assert evaluate(query, [{"text": text}]) == [re.fullmatch(naive, text, re.DOTALL) is not None]


def test_like_with_many_wildcards_ends_on_a_long_text() -> None:
    query = parse("SELECT VALUE c.text LIKE @pattern FROM c", {"@pattern": "%a" * 40 + "%b"})
    assert evaluate(query, [{"text": "a" * 5000}]) == [False]

"""Random filters of the query language against what they mean in plain Python."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devstack.cosmos.sql import evaluate, parse
from devstack.cosmos.values import Document

# A random filter is a text and, beside it, what it means in plain Python: True, False or None for undefined.
type Truth = bool | None
type Meaning = Callable[[dict[str, Any]], Truth]
type Filter = tuple[str, Meaning]

ABSENT = object()
scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "a", "ab", "b"]))
names = st.sampled_from(["x", "y", "z"])
things = st.dictionaries(names, scalars)


def literal(value: Any) -> str:
    return json.dumps(value)


def same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def compared(name: str, operator: str, wanted: Any) -> Filter:
    def meaning(thing: dict[str, Any]) -> Truth:
        value = thing.get(name, ABSENT)
        if value is ABSENT:
            return None
        if operator in {"=", "!="}:
            return same(value, wanted) is (operator == "=")
        if type(value) is not type(wanted) or value is None:
            return None
        return bool(
            {"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}[operator]
        )

    return f"c.{name} {operator} {literal(wanted)}", meaning


def one_of(name: str, choices: list[Any]) -> Filter:
    def meaning(thing: dict[str, Any]) -> Truth:
        value = thing.get(name, ABSENT)
        return None if value is ABSENT else any(same(value, choice) for choice in choices)

    return f"c.{name} IN ({', '.join(map(literal, choices))})", meaning


def starts(name: str, prefix: str) -> Filter:
    def meaning(thing: dict[str, Any]) -> Truth:
        value = thing.get(name)
        return value.startswith(prefix) if isinstance(value, str) else None

    return f"STARTSWITH(c.{name}, {prefix!r})", meaning


def negated(inner: Filter) -> Filter:
    text, meaning = inner

    def opposite(thing: dict[str, Any]) -> Truth:
        truth = meaning(thing)
        return None if truth is None else not truth

    return f"NOT ({text})", opposite


def joined(left: Filter, right: Filter, word: str) -> Filter:
    decisive = word == "OR"

    def meaning(thing: dict[str, Any]) -> Truth:
        truths = [left[1](thing), right[1](thing)]
        if decisive in truths:
            return decisive
        return None if None in truths else not decisive

    return f"({left[0]} {word} {right[0]})", meaning


conditions = st.one_of(
    st.builds(compared, names, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), scalars),
    st.builds(one_of, names, st.lists(scalars, min_size=1, max_size=3)),
    st.builds(starts, names, st.sampled_from(["", "a", "b"])),
    st.builds(lambda name: (f"IS_DEFINED(c.{name})", lambda thing: name in thing), names),
)
filters = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds(negated, inner), st.builds(joined, inner, inner, st.sampled_from(["AND", "OR"]))
    ),
    max_leaves=6,
)


@given(filters, st.lists(things, max_size=8))
def test_filter_keeps_what_its_plain_reading_keeps(
    condition: Filter, documents: list[dict[str, Any]]
) -> None:
    text, meaning = condition
    kept = evaluate(parse(f"SELECT * FROM c WHERE {text}", {}), documents)  # noqa: S608
    assert kept == [document for document in documents if meaning(document) is True]


@given(st.lists(st.tuples(st.integers(-3, 3), st.sampled_from("abc"))))
def test_sorting_by_two_paths_is_sorting_by_pairs(pairs: list[tuple[int, str]]) -> None:
    documents: list[Document] = [{"n": n, "k": k} for n, k in pairs]
    rows = evaluate(parse("SELECT VALUE [c.n, c.k] FROM c ORDER BY c.n DESC, c.k", {}), documents)
    assert rows == [[n, k] for n, k in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))]

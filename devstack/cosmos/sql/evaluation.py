"""Run a parsed query over documents held in memory."""

from collections.abc import Iterable

import orjson

from devstack.cosmos.sql.expressions import Row
from devstack.cosmos.sql.query import Ordering, Query
from devstack.cosmos.values import Document, Json, Undefined, Value, sort_key


def evaluate(query: Query, documents: Iterable[Document]) -> list[Json]:
    """All results in their order; results that are undefined as a whole are left out."""
    rows = [row for document in documents for row in rows_of(query, document)]
    for ordering in reversed(query.orderings):
        _sort(rows, ordering)
    if query.aggregated:
        rows = [Row(rows[0].names if rows else {query.root: {}}, group=rows)]
    results = [value for row in rows if not isinstance(value := project(query, row), Undefined)]
    return _window(query, _distinct(results) if query.distinct else results)


def matches(query: Query, document: Document) -> bool:
    """Whether the document gives at least one row."""
    return bool(rows_of(query, document))


def rows_of(query: Query, document: Document) -> list[Row]:
    """The rows that one document gives: joined with its own arrays, then filtered."""
    rows = [Row({query.root: document})]
    for join in query.joins:
        rows = [
            Row({**row.names, join.name: element})
            for row in rows
            if isinstance(elements := join.source.of(row), list)
            for element in elements
        ]
    if query.where is None:
        return rows
    return [row for row in rows if query.where.of(row) is True]


def project(query: Query, row: Row) -> Value:
    """What SELECT makes of one row."""
    if query.columns is None:
        return row.names[query.root]
    if query.bare_value:
        return query.columns[0].expression.of(row)
    values = ((column.name, column.expression.of(row)) for column in query.columns)
    return {name: value for name, value in values if not isinstance(value, Undefined)}


def _sort(rows: list[Row], ordering: Ordering) -> None:
    rows.sort(key=lambda row: sort_key(ordering.expression.of(row)), reverse=ordering.descending)


def _distinct(results: list[Json]) -> list[Json]:
    unique = {orjson.dumps(result, option=orjson.OPT_SORT_KEYS): result for result in reversed(results)}
    return list(reversed(unique.values()))


def _window(query: Query, results: list[Json]) -> list[Json]:
    if query.top is not None:
        return results[: query.top]
    if query.limit is not None:
        return results[query.offset : query.offset + query.limit]
    return results

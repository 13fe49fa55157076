"""Read a query text: recursive descent over the tokens, one method per clause."""

from collections.abc import Mapping
from dataclasses import replace

from devstack.cosmos.errors import bad_request
from devstack.cosmos.sql.expressions import Constant, Expression, Member, Name
from devstack.cosmos.sql.grammar import ExpressionParser
from devstack.cosmos.sql.query import Column, Join, Ordering, Query
from devstack.cosmos.values import Json

_CLAUSES = {"FROM", "JOIN", "WHERE", "GROUP", "ORDER", "OFFSET", "IN", "AS"}


def parse(sql: str, parameters: Mapping[str, Json]) -> Query:
    """The query behind the text, with the values of its `@parameters` in place.

    Raises `Refused` 400 for a syntax error, an unknown function, alias or parameter, for subqueries, and for
    GROUP BY, which the Python SDK does not announce to the real service either.
    """
    try:
        return _QueryParser(sql, parameters).query()
    except RecursionError as error:
        raise bad_request("The query is nested too deeply: simplify its brackets.") from error


class _QueryParser(ExpressionParser):
    def query(self) -> Query:
        self.expect_word("SELECT")
        distinct = self.take_word("DISTINCT")
        top = self._count("TOP") if self.take_word("TOP") else None
        selection = self.cursor
        self.skip_to_from()
        query = self._from(Query(root="", distinct=distinct, top=top))
        query = self._tail(query)
        end, self.cursor = self.cursor, selection
        query = self._select(query)
        self.expect_word("FROM")
        self.cursor = end
        return replace(query, aggregated=self.aggregated)

    def _from(self, query: Query) -> Query:
        root = self._source_name()
        if self.at_word("IN"):
            raise bad_request("FROM ... IN is not supported: use JOIN ... IN.")
        self.names.add(root)
        joins: list[Join] = []
        while self.take_word("JOIN"):
            name = self.expect_kind("word")
            self.expect_word("IN")
            joins.append(Join(name, self.primary()))
            self.names.add(name)
        return replace(query, root=root, joins=tuple(joins))

    def _source_name(self) -> str:
        name = self.expect_kind("word")
        return self._alias() or name

    def _alias(self) -> str:
        if self.take_word("AS"):
            return self.expect_kind("word")
        if self.current.kind == "word" and self.current.text.upper() not in _CLAUSES:
            return self.expect_kind("word")
        return ""

    def _tail(self, query: Query) -> Query:
        if self.take_word("WHERE"):
            query = replace(query, where=self.expression())
            if self.aggregated:
                raise bad_request("Aggregates are not allowed in WHERE.")
        if self.at_word("GROUP"):
            raise bad_request(
                "GROUP BY is not supported by the Python SDK: aggregate each group by its own query."
            )
        if self.take_word("ORDER"):
            self.expect_word("BY")
            query = replace(query, orderings=tuple(self.separated(self._ordering)))
        if self.take_word("OFFSET"):
            offset = self._count("OFFSET")
            self.expect_word("LIMIT")
            query = replace(query, offset=offset, limit=self._count("LIMIT"))
        if self.current.kind != "end":
            raise self.syntax_error()
        return query

    def _ordering(self) -> Ordering:
        expression = self.expression()
        descending = self.take_word("DESC")
        if not descending:
            self.take_word("ASC")
        ordering = Ordering(expression, descending=descending)
        if not ordering.path:
            raise bad_request("ORDER BY takes property paths only, such as c.when.")
        return ordering

    def _count(self, clause: str) -> int:
        value = self.primary()
        if isinstance(value, Constant) and type(value.value) is int and value.value >= 0:
            return value.value
        raise bad_request(f"{clause} takes a whole number that is not negative.")

    def _select(self, query: Query) -> Query:
        if self.take_operator("*"):
            if query.joins:
                raise bad_request("'SELECT *' is not valid with JOIN: name the aliases to select.")
            return query
        self.loose_names = False
        bare_value = self.take_word("VALUE")
        columns = (Column("", self.expression()),) if bare_value else tuple(self._columns())
        if self.aggregated and self.loose_names:
            raise bad_request("SELECT mixes an aggregate with a property outside it: that needs GROUP BY.")
        return replace(query, bare_value=bare_value, columns=columns)

    def _columns(self) -> list[Column]:
        columns = self.separated(self._column)
        unnamed = iter(range(1, len(columns) + 1))
        return [column if column.name else replace(column, name=f"${next(unnamed)}") for column in columns]

    def _column(self) -> Column:
        expression = self.expression()
        return Column(self._alias() or _own_name(expression), expression)


def _own_name(expression: Expression) -> str:
    match expression:
        case Member(key=Constant(value=str(name))) | Name(name):
            return name
        case _:
            return ""

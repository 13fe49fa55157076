"""A parsed query, and what its shape demands of whoever serves it."""

from dataclasses import dataclass

from devstack.cosmos.sql.expressions import Constant, Expression, Member, Name


@dataclass(frozen=True, slots=True)
class Column:
    """One projected expression and the property it becomes."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of ORDER BY."""

    expression: Expression
    descending: bool

    @property
    def path(self) -> str:
        """The indexed path, such as `/geo/lat`; empty for anything but a property path."""
        steps: list[str] = []
        node = self.expression
        while isinstance(node, Member) and isinstance(node.key, Constant) and isinstance(node.key.value, str):
            steps.append(node.key.value)
            node = node.owner
        return "".join(f"/{step}" for step in reversed(steps)) if isinstance(node, Name) else ""


@dataclass(frozen=True, slots=True)
class Join:
    """`JOIN name IN source`: one row per element of an array inside the document."""

    name: str
    source: Expression


@dataclass(frozen=True, slots=True)
class Query:
    """A query; `columns` is None for `SELECT *`."""

    root: str
    columns: tuple[Column, ...] | None = None
    bare_value: bool = False
    distinct: bool = False
    aggregated: bool = False
    joins: tuple[Join, ...] = ()
    where: Expression | None = None
    orderings: tuple[Ordering, ...] = ()
    top: int | None = None
    offset: int = 0
    limit: int | None = None

    @property
    def merging_clause(self) -> str:
        """The first clause that needs all rows together; empty if every row stands alone.

        The real gateway does not serve such a query across partitions: it hands the client a query plan.
        """
        clauses = {
            "DISTINCT": self.distinct,
            "TOP": self.top is not None,
            "an aggregate": self.aggregated,
            "ORDER BY": bool(self.orderings),
            "OFFSET LIMIT": self.limit is not None,
        }
        return next((name for name, present in clauses.items() if present), "")

    @property
    def streams(self) -> bool:
        """Whether each document gives at most one result, whatever the others are."""
        return not self.merging_clause and not self.joins

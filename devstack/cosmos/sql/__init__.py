"""The query language of Cosmos DB: `parse` a text, `evaluate` it over documents. Pure, but for the clock."""

from devstack.cosmos.sql.evaluation import evaluate, matches, rows_of
from devstack.cosmos.sql.parser import parse
from devstack.cosmos.sql.query import Query

__all__ = ["Query", "evaluate", "matches", "parse", "rows_of"]

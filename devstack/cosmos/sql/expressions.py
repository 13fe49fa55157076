"""The expressions of the query language; each knows its value in a row.

Absent properties are `undefined` and spread: a comparison with one is itself undefined, and AND and OR follow
the three-valued tables of the Cosmos DB documentation ("Logical operators in Azure Cosmos DB").
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

from devstack.cosmos.values import (
    BOOLEAN_RANK,
    NUMBER_RANK,
    STRING_RANK,
    UNDEFINED,
    Undefined,
    Value,
    equal,
    rank,
)

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True, slots=True)
class Row:
    """What the names of FROM and JOIN stand for, and, for aggregates, all rows of the result."""

    names: Mapping[str, Value]
    group: Sequence["Row"] = ()


class Expression(ABC):
    """Anything that has a value in a row."""

    __slots__ = ()

    @abstractmethod
    def of(self, row: Row) -> Value:
        """The value in this row, `UNDEFINED` where there is none."""


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A literal, or a parameter whose value is known."""

    value: Value

    def of(self, row: Row) -> Value:
        """The constant."""
        return self.value


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """The alias of a source, such as `c`."""

    name: str

    def of(self, row: Row) -> Value:
        """The document or array element that the alias stands for."""
        return row.names[self.name]


@dataclass(frozen=True, slots=True)
class Member(Expression):
    """`owner.key`, `owner["key"]` or `owner[index]`."""

    owner: Expression
    key: Expression

    def of(self, row: Row) -> Value:
        """The property or element; undefined when the owner has none such."""
        owner, key = self.owner.of(row), self.key.of(row)
        if isinstance(owner, dict) and isinstance(key, str):
            return owner.get(key, UNDEFINED)
        if isinstance(owner, list) and rank(key) == NUMBER_RANK and key in range(len(owner)):
            return owner[int(key)]  # type: ignore[arg-type]  # a whole number, as the range says
        return UNDEFINED


@dataclass(frozen=True, slots=True)
class ArrayOf(Expression):
    """`[a, b]`; undefined elements are left out."""

    elements: tuple[Expression, ...]

    def of(self, row: Row) -> Value:
        """The array."""
        values = (element.of(row) for element in self.elements)
        return [value for value in values if not isinstance(value, Undefined)]


@dataclass(frozen=True, slots=True)
class ObjectOf(Expression):
    """`{name: a}`; undefined properties are left out."""

    members: tuple[tuple[str, Expression], ...]

    def of(self, row: Row) -> Value:
        """The object."""
        values = ((name, member.of(row)) for name, member in self.members)
        return {name: value for name, value in values if not isinstance(value, Undefined)}


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """`NOT operand`."""

    operand: Expression

    def of(self, row: Row) -> Value:
        """The opposite boolean; undefined for anything else."""
        value = self.operand.of(row)
        return not value if isinstance(value, bool) else UNDEFINED


@dataclass(frozen=True, slots=True)
class Logical(Expression):
    """AND (decided by the first false) or OR (decided by the first true)."""

    decisive: bool
    operands: tuple[Expression, ...]

    def of(self, row: Row) -> Value:
        """The decisive value if any operand has it, else undefined if any operand is no boolean."""
        outcome: Value = not self.decisive
        for operand in self.operands:
            value = operand.of(row)
            if value is self.decisive:
                return value
            if not isinstance(value, bool):
                outcome = UNDEFINED
        return outcome


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    """`left operator right` with one of = != < <= > >=."""

    operator: str
    left: Expression
    right: Expression

    def of(self, row: Row) -> Value:
        """A boolean; undefined if an operand is, or if values of two types are ordered."""
        left, right = self.left.of(row), self.right.of(row)
        if left is UNDEFINED or right is UNDEFINED:
            return UNDEFINED
        if self.operator in {"=", "!="}:
            return equal(left, right) is (self.operator == "=")
        if rank(left) != rank(right) or rank(left) not in {BOOLEAN_RANK, NUMBER_RANK, STRING_RANK}:
            return UNDEFINED
        return _ORDERINGS[self.operator](left, right)


@dataclass(frozen=True, slots=True)
class Like(Expression):
    """`text LIKE 'pattern'` where % stands for any characters and _ for one."""

    text: Expression
    pattern: re.Pattern[str]

    def of(self, row: Row) -> Value:
        """Whether the whole text fits; undefined if it is no string."""
        text = self.text.of(row)
        return self.pattern.fullmatch(text) is not None if isinstance(text, str) else UNDEFINED


@dataclass(frozen=True, slots=True)
class Coalesce(Expression):
    """`first ?? second`."""

    first: Expression
    second: Expression

    def of(self, row: Row) -> Value:
        """The first value, or the second where the first is undefined."""
        value = self.first.of(row)
        return self.second.of(row) if value is UNDEFINED else value


@dataclass(frozen=True, slots=True)
class Exists(Expression):
    """`EXISTS (SELECT VALUE selected FROM name IN source WHERE condition)`."""

    name: str
    source: Expression
    condition: Expression
    selected: Expression

    def of(self, row: Row) -> Value:
        """Whether any element of the array fits."""
        elements = self.source.of(row)
        rows = (
            (Row({**row.names, self.name: element}) for element in elements or ())
            if isinstance(elements, list)
            else ()
        )
        return any(
            self.condition.of(inner) is True and self.selected.of(inner) is not UNDEFINED for inner in rows
        )


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A built-in function or operator applied to its arguments."""

    function: Callable[..., Value]
    arguments: tuple[Expression, ...]

    def of(self, row: Row) -> Value:
        """What the function makes of the argument values."""
        return self.function(*(argument.of(row) for argument in self.arguments))


@dataclass(frozen=True, slots=True)
class Aggregate(Expression):
    """COUNT, SUM, MIN, MAX or AVG over all rows of the result."""

    function: Callable[[list[Value]], Value]
    argument: Expression

    def of(self, row: Row) -> Value:
        """What the function makes of the values that are defined."""
        values = [self.argument.of(member) for member in row.group]
        return self.function([value for value in values if value is not UNDEFINED])

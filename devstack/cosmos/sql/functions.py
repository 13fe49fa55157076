"""All built-in functions, operators and aggregates of the query language.

Each gives `undefined` for arguments of a type it does not take, as the service does.
"""

import math
from collections.abc import Callable

from devstack.cosmos.sql.array_functions import ARRAYS
from devstack.cosmos.sql.date_functions import DATES
from devstack.cosmos.sql.number_functions import NUMBERS
from devstack.cosmos.sql.signatures import Function, Number, Signature, number_of, on_numbers, on_strings
from devstack.cosmos.sql.text_functions import TEXTS
from devstack.cosmos.values import (
    ARRAY_RANK,
    BOOLEAN_RANK,
    NULL_RANK,
    NUMBER_RANK,
    OBJECT_RANK,
    STRING_RANK,
    UNDEFINED,
    Value,
    double,
    rank,
    sort_key,
)


def _has_rank(least: int, most: int) -> Function:
    return lambda value: least <= rank(value) <= most


def _is_integer(value: Value) -> Value:
    number = number_of(value)
    return number is not None and number == int(number)


def if_else(condition: Value, met: Value, otherwise: Value) -> Value:
    """The second value where the condition is true, else the third."""
    return met if condition is True else otherwise


def _remainder(left: Number, right: Number) -> Number:
    result = math.fmod(left, right)
    return int(result) if isinstance(left, int) and isinstance(right, int) else result


def _quotient(left: Number, right: Number) -> Number:
    result = left / right
    return int(result) if result.is_integer() else result


FUNCTIONS: dict[str, Signature] = {
    **ARRAYS,
    **DATES,
    **NUMBERS,
    **TEXTS,
    "IIF": Signature(if_else, 3, 3),
    "IS_ARRAY": Signature(_has_rank(ARRAY_RANK, ARRAY_RANK), 1, 1),
    "IS_BOOL": Signature(_has_rank(BOOLEAN_RANK, BOOLEAN_RANK), 1, 1),
    "IS_DEFINED": Signature(lambda value: value is not UNDEFINED, 1, 1),
    "IS_INTEGER": Signature(_is_integer, 1, 1),
    "IS_NULL": Signature(lambda value: value is None, 1, 1),
    "IS_NUMBER": Signature(_has_rank(NUMBER_RANK, NUMBER_RANK), 1, 1),
    "IS_OBJECT": Signature(_has_rank(OBJECT_RANK, OBJECT_RANK), 1, 1),
    "IS_PRIMITIVE": Signature(_has_rank(NULL_RANK, STRING_RANK), 1, 1),
    "IS_STRING": Signature(_has_rank(STRING_RANK, STRING_RANK), 1, 1),
}

OPERATORS: dict[str, Function] = {
    "+": on_numbers(lambda left, right: left + right),
    "-": on_numbers(lambda left, right: left - right),
    "*": on_numbers(lambda left, right: left * right),
    "/": on_numbers(_quotient),
    "%": on_numbers(_remainder),
    "||": on_strings(lambda left, right: left + right),
}


def _sum(values: list[Value]) -> Value:
    numbers = [number for value in values if (number := number_of(value)) is not None]
    return double(sum(numbers)) if len(numbers) == len(values) else UNDEFINED


def _average(values: list[Value]) -> Value:
    total = _sum(values)
    return total / len(values) if isinstance(total, int | float) and values else UNDEFINED


def _extreme(pick: Callable[..., Value]) -> Callable[[list[Value]], Value]:
    def aggregate(values: list[Value]) -> Value:
        if not values or any(rank(value) > NUMBER_RANK + 1 for value in values):
            return UNDEFINED
        return pick(values, key=sort_key)

    return aggregate


AGGREGATES: dict[str, Callable[[list[Value]], Value]] = {
    "AVG": _average,
    "COUNT": len,
    "MAX": _extreme(max),
    "MIN": _extreme(min),
    "SUM": _sum,
}

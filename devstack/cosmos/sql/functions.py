"""The built-in functions, operators and aggregates of the query language.

Each gives `undefined` for arguments of a type it does not take, as the service does.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from devstack.cosmos.values import NUMBER_RANK, UNDEFINED, Undefined, Value, double, equal, rank, sort_key

type Function = Callable[..., Value]
type Number = int | float


@dataclass(frozen=True, slots=True)
class Signature:
    """A function and how many arguments it takes."""

    function: Function
    least: int
    most: int


def _number(value: Value) -> Number | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def on_numbers(function: Callable[..., Number]) -> Function:
    """Let the function see numbers only; no result where it has none, as for a division by zero."""

    def checked(*values: Value) -> Value:
        if any(_number(value) is None for value in values):
            return UNDEFINED
        try:
            result = function(*values)
        except (ArithmeticError, ValueError):
            return UNDEFINED
        return double(result)

    return checked


def on_strings(function: Callable[..., Value]) -> Function:
    """Let the function see strings only."""

    def checked(*values: Value) -> Value:
        return function(*values) if all(isinstance(value, str) for value in values) else UNDEFINED

    return checked


def _perhaps_ignoring_case(function: Callable[[str, str], bool]) -> Function:
    def checked(text: Value, part: Value, ignore_case: Value = False) -> Value:  # noqa: FBT002 - as in SQL
        if not (isinstance(text, str) and isinstance(part, str) and isinstance(ignore_case, bool)):
            return UNDEFINED
        return function(text.lower(), part.lower()) if ignore_case else function(text, part)

    return checked


def _array_contains(array: Value, wanted: Value, partial: Value = False) -> Value:  # noqa: FBT002 - as in SQL
    if not isinstance(array, list) or isinstance(wanted, Undefined):
        return UNDEFINED
    return any(equal(member, wanted) or (partial is True and _includes(member, wanted)) for member in array)


def _includes(member: Value, wanted: Value) -> bool:
    if not (isinstance(member, dict) and isinstance(wanted, dict)):
        return False
    return all(equal(member.get(key, UNDEFINED), value) for key, value in wanted.items())


def _array_length(array: Value) -> Value:
    return len(array) if isinstance(array, list) else UNDEFINED


def _substring(text: Value, start: Value, length: Value) -> Value:
    first, count = _number(start), _number(length)
    if not isinstance(text, str) or first is None or count is None:
        return UNDEFINED
    begin = max(int(first), 0)
    return text[begin : begin + max(int(count), 0)]


def _has_rank(wanted: int) -> Function:
    return lambda value: rank(value) == wanted


def _remainder(left: Number, right: Number) -> Number:
    result = math.fmod(left, right)
    return int(result) if isinstance(left, int) and isinstance(right, int) else result


def _quotient(left: Number, right: Number) -> Number:
    result = left / right
    return int(result) if result.is_integer() else result


FUNCTIONS: dict[str, Signature] = {
    "ABS": Signature(on_numbers(abs), 1, 1),
    "ARRAY_CONTAINS": Signature(_array_contains, 2, 3),
    "ARRAY_LENGTH": Signature(_array_length, 1, 1),
    "CEILING": Signature(on_numbers(math.ceil), 1, 1),
    "CONCAT": Signature(on_strings(lambda *parts: "".join(parts)), 2, 200),
    "CONTAINS": Signature(_perhaps_ignoring_case(lambda text, part: part in text), 2, 3),
    "ENDSWITH": Signature(_perhaps_ignoring_case(str.endswith), 2, 3),
    "FLOOR": Signature(on_numbers(math.floor), 1, 1),
    "INDEX_OF": Signature(on_strings(str.find), 2, 2),
    "IS_ARRAY": Signature(_has_rank(5), 1, 1),
    "IS_BOOL": Signature(_has_rank(2), 1, 1),
    "IS_DEFINED": Signature(lambda value: value is not UNDEFINED, 1, 1),
    "IS_NULL": Signature(lambda value: value is None, 1, 1),
    "IS_NUMBER": Signature(_has_rank(3), 1, 1),
    "IS_OBJECT": Signature(_has_rank(6), 1, 1),
    "IS_STRING": Signature(_has_rank(4), 1, 1),
    "LENGTH": Signature(on_strings(len), 1, 1),
    "LOWER": Signature(on_strings(str.lower), 1, 1),
    "STARTSWITH": Signature(_perhaps_ignoring_case(str.startswith), 2, 3),
    "STRINGEQUALS": Signature(_perhaps_ignoring_case(str.__eq__), 2, 3),
    "SUBSTRING": Signature(_substring, 3, 3),
    "TRIM": Signature(on_strings(str.strip), 1, 1),
    "UPPER": Signature(on_strings(str.upper), 1, 1),
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
    numbers = [number for value in values if (number := _number(value)) is not None]
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

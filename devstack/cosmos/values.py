"""JSON values as the query language sees them: six ordered types, and `undefined` for what is absent."""

import math
from enum import Enum

import orjson

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Document = dict[str, Json]


class Undefined(Enum):
    """The type of `UNDEFINED`."""

    UNDEFINED = "undefined"


UNDEFINED = Undefined.UNDEFINED
type Value = Json | Undefined

NULL_RANK, BOOLEAN_RANK, NUMBER_RANK, STRING_RANK, ARRAY_RANK, OBJECT_RANK = range(1, 7)
_RANKS: dict[type, int] = {
    Undefined: 0,
    type(None): NULL_RANK,
    bool: BOOLEAN_RANK,
    int: NUMBER_RANK,
    float: NUMBER_RANK,
    str: STRING_RANK,
    list: ARRAY_RANK,
    dict: OBJECT_RANK,
}

_WORD_BITS = 64


def rank(value: Value) -> int:
    """The place of the value's type in ORDER BY: undefined, null, boolean, number, string, array, object."""
    return _RANKS[type(value)]


def equal(left: Value, right: Value) -> bool:
    """Deep equality that, unlike Python's, keeps booleans apart from numbers."""
    if rank(left) != rank(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return left == right


def double(number: float) -> Value:
    """The number as JSON can hold it: a whole one beyond 64 bits becomes a double; undefined if infinite."""
    if isinstance(number, int) and number.bit_length() < _WORD_BITS:
        return number
    try:
        found = float(number)
    except OverflowError:
        return UNDEFINED
    return found if math.isfinite(found) else UNDEFINED


def whole_number(text: str, *, below: int = 2**63) -> int | None:
    """The number that the decimal digits say; None for any other text and for a number out of range."""
    is_short = text.isascii() and text.isdecimal() and len(text) <= len(str(below))
    return int(text) if is_short and int(text) < below else None


def sort_key(value: Value) -> tuple[int, float, str]:
    """A key that orders any two values: by type, then by value; arrays and objects by their JSON text."""
    match value:
        case bool() | int() | float():
            return rank(value), value, ""
        case str():
            return rank(value), 0, value
        case list() | dict():
            return rank(value), 0, orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
        case _:
            return rank(value), 0, ""

"""Functions of texts. Positions count code points."""

import re
from collections.abc import Callable

import orjson

from devstack.cosmos.errors import bad_request
from devstack.cosmos.sql.signatures import Function, Signature, number_of, on_strings
from devstack.cosmos.values import (
    ARRAY_RANK,
    BOOLEAN_RANK,
    NULL_RANK,
    NUMBER_RANK,
    OBJECT_RANK,
    UNDEFINED,
    Undefined,
    Value,
    rank,
)

_MODIFIERS = {"m": re.MULTILINE, "s": re.DOTALL, "i": re.IGNORECASE, "x": re.VERBOSE}


def _perhaps_ignoring_case(function: Callable[[str, str], bool]) -> Function:
    def checked(text: Value, part: Value, ignore_case: Value = False) -> Value:  # noqa: FBT002 - as in SQL
        if not (isinstance(text, str) and isinstance(part, str) and isinstance(ignore_case, bool)):
            return UNDEFINED
        return function(text.lower(), part.lower()) if ignore_case else function(text, part)

    return checked


def _substring(text: Value, start: Value, length: Value) -> Value:
    first, count = number_of(start), number_of(length)
    if not isinstance(text, str) or first is None or count is None:
        return UNDEFINED
    begin = max(int(first), 0)
    return text[begin : begin + max(int(count), 0)]


def _left(text: Value, length: Value) -> Value:
    return _substring(text, 0, length)


def _right(text: Value, length: Value) -> Value:
    count = number_of(length)
    if not isinstance(text, str) or count is None:
        return UNDEFINED
    return text[max(len(text) - max(int(count), 0), 0) :]


def _replace(text: str, part: str, other: str) -> str:
    return text.replace(part, other) if part else text


def _regex_match(text: str, pattern: str, modifiers: str = "") -> Value:
    if set(modifiers) - set(_MODIFIERS):
        raise bad_request(f"RegexMatch knows the modifiers m, s, i and x, not {modifiers!r}.")
    flags = sum(_MODIFIERS[modifier] for modifier in set(modifiers))
    try:
        return re.search(pattern, text, flags) is not None
    except (re.error, OverflowError) as error:
        raise bad_request(f"The pattern {pattern!r} of RegexMatch is invalid: {error}.") from error


def _to_string(value: Value) -> Value:
    if isinstance(value, str | Undefined):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return orjson.dumps(value).decode()


def _from_string(wanted: int) -> Function:
    """Read a text as JSON; undefined unless it is a value of the wanted type."""

    def read(text: str) -> Value:
        try:
            value: Value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return UNDEFINED
        return value if rank(value) == wanted else UNDEFINED

    return on_strings(read)


TEXTS: dict[str, Signature] = {
    "CONCAT": Signature(on_strings(lambda *parts: "".join(parts)), 2, 200),
    "CONTAINS": Signature(_perhaps_ignoring_case(lambda text, part: part in text), 2, 3),
    "ENDSWITH": Signature(_perhaps_ignoring_case(str.endswith), 2, 3),
    "INDEX_OF": Signature(on_strings(str.find), 2, 2),
    "LEFT": Signature(_left, 2, 2),
    "LENGTH": Signature(on_strings(len), 1, 1),
    "LOWER": Signature(on_strings(str.lower), 1, 1),
    "LTRIM": Signature(on_strings(str.lstrip), 1, 2),
    "REGEXMATCH": Signature(on_strings(_regex_match), 2, 3),
    "REPLACE": Signature(on_strings(_replace), 3, 3),
    "REVERSE": Signature(on_strings(lambda text: text[::-1]), 1, 1),
    "RIGHT": Signature(_right, 2, 2),
    "RTRIM": Signature(on_strings(str.rstrip), 1, 2),
    "STARTSWITH": Signature(_perhaps_ignoring_case(str.startswith), 2, 3),
    "STRINGEQUALS": Signature(_perhaps_ignoring_case(str.__eq__), 2, 3),
    "STRINGTOARRAY": Signature(_from_string(ARRAY_RANK), 1, 1),
    "STRINGTOBOOLEAN": Signature(_from_string(BOOLEAN_RANK), 1, 1),
    "STRINGTONULL": Signature(_from_string(NULL_RANK), 1, 1),
    "STRINGTONUMBER": Signature(_from_string(NUMBER_RANK), 1, 1),
    "STRINGTOOBJECT": Signature(_from_string(OBJECT_RANK), 1, 1),
    "SUBSTRING": Signature(_substring, 3, 3),
    "TOSTRING": Signature(_to_string, 1, 1),
    "TRIM": Signature(on_strings(str.strip), 1, 2),
    "UPPER": Signature(on_strings(str.upper), 1, 1),
}

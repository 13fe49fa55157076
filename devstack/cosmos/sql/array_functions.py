"""Functions of arrays and sets."""

from devstack.cosmos.sql.signatures import Signature, number_of, on_arrays
from devstack.cosmos.values import UNDEFINED, Json, Undefined, Value, equal


def _contains(array: Value, wanted: Value, partial: Value = False) -> Value:  # noqa: FBT002 - as in SQL
    if not isinstance(array, list) or isinstance(wanted, Undefined):
        return UNDEFINED
    return any(equal(member, wanted) or (partial is True and _includes(member, wanted)) for member in array)


def _includes(member: Value, wanted: Value) -> bool:
    if not (isinstance(member, dict) and isinstance(wanted, dict)):
        return False
    return all(equal(member.get(key, UNDEFINED), value) for key, value in wanted.items())


def _contains_any(array: Value, *wanted: Value) -> Value:
    return any(_has(array, value) for value in wanted) if isinstance(array, list) else UNDEFINED


def _contains_all(array: Value, *wanted: Value) -> Value:
    return all(_has(array, value) for value in wanted) if isinstance(array, list) else UNDEFINED


def _has(array: list[Json], wanted: Value) -> bool:
    return any(equal(member, wanted) for member in array)


def _slice(array: Value, start: Value, length: Value = 2**31) -> Value:
    """From `start` on, which counts from the end if negative."""
    first, count = number_of(start), number_of(length)
    if not isinstance(array, list) or first is None or count is None:
        return UNDEFINED
    begin = max(int(first) + (len(array) if first < 0 else 0), 0)
    return array[begin : begin + max(int(count), 0)]


def _distinct(array: list[Json]) -> list[Json]:
    found: list[Json] = []
    for member in array:
        if not _has(found, member):
            found.append(member)
    return found


def _union(one: list[Json], other: list[Json]) -> Value:
    return _distinct(one + other)


def _intersection(one: list[Json], other: list[Json]) -> Value:
    return [member for member in _distinct(one) if _has(other, member)]


def _difference(one: list[Json], other: list[Json]) -> Value:
    return [member for member in _distinct(one) if not _has(other, member)]


ARRAYS: dict[str, Signature] = {
    "ARRAY_CONCAT": Signature(
        on_arrays(lambda *arrays: [member for array in arrays for member in array]), 2, 200
    ),
    "ARRAY_CONTAINS": Signature(_contains, 2, 3),
    "ARRAY_CONTAINS_ALL": Signature(_contains_all, 2, 200),
    "ARRAY_CONTAINS_ANY": Signature(_contains_any, 2, 200),
    "ARRAY_LENGTH": Signature(on_arrays(len), 1, 1),
    "ARRAY_SLICE": Signature(_slice, 2, 3),
    "SETDIFFERENCE": Signature(on_arrays(_difference), 2, 2),
    "SETINTERSECT": Signature(on_arrays(_intersection), 2, 2),
    "SETUNION": Signature(on_arrays(_union), 2, 2),
}

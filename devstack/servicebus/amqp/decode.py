"""Bytes to AMQP 1.0 values; whatever the bytes are, the outcome is a value or a DecodeError.

Decoded numbers and timestamps are plain `int` or `float`, symbols are Symbol, arrays are lists, decimals keep
their octets. Codes are those of AMQP 1.0 part 1, section 1.6.
"""

import struct
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from devstack.servicebus.amqp.types import DecodeError, Described, Symbol

MAX_DEPTH = 32  # nesting of compound values
MAX_COUNT = 65_536  # elements of one compound value; zero-width elements would else cost nothing to claim

type _Reader = Callable[[bytes, int, int], tuple[object, int]]

_KEY_TYPES = (str, int, float, bytes, UUID, type(None))
_DESCRIBED = 0x00
_FIXED_WIDTHS = {0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16}
_NARROW = (0xA, 0xC, 0xE)  # one-octet sizes; the next sub-category has four
_WIDE = (0xB, 0xD, 0xF)


def decode(data: bytes, at: int = 0) -> tuple[object, int]:
    """Read the value that starts at `at`; returns it and the position after it."""
    try:
        return _value(data, at, 0)
    except (struct.error, IndexError) as error:
        raise DecodeError("An AMQP value ends before its last octet.") from error
    except ValueError as error:  # text that is no UTF-8 or no ASCII
        raise DecodeError(f"An AMQP value holds invalid text: {error}.") from error


def skip(data: bytes, at: int) -> int:
    """The position after the value that starts at `at`, without building the value."""
    try:
        end = _skip(data, at, 0)
    except IndexError as error:
        raise DecodeError("An AMQP value ends before its last octet.") from error
    if end > len(data):
        raise DecodeError("An AMQP value ends before its last octet.")
    return end


def _skip(data: bytes, at: int, depth: int) -> int:
    code = data[at]
    if code == _DESCRIBED:
        if depth > MAX_DEPTH:
            raise DecodeError("AMQP values are nested too deeply.")
        return _skip(data, _skip(data, at + 1, depth + 1), depth + 1)
    category = code >> 4
    if category in _FIXED_WIDTHS:
        return at + 1 + _FIXED_WIDTHS[category]
    if category in _NARROW:
        return at + 2 + data[at + 1]
    if category in _WIDE:
        return at + 5 + int.from_bytes(data[at + 1 : at + 5], "big")
    raise DecodeError(f"0x{code:02x} is no AMQP constructor.")


class Span(NamedTuple):
    """Where one encoded value lies."""

    start: int
    end: int


def elements(data: bytes, at: int) -> list[Span]:
    """Where the elements of the list or map at `at` lie; a map's keys and values take turns."""
    end = skip(data, at)
    category = data[at] >> 4
    if data[at] == 0x45:  # noqa: PLR2004 - the empty list
        return []
    if category not in (0xC, 0xD):
        raise DecodeError(f"Expected a list or a map, not constructor 0x{data[at]:02x}.")
    width = 1 if category == 0xC else 4  # noqa: PLR2004
    at += 1 + width
    count = int.from_bytes(data[at : at + width], "big")
    at += width
    spans = []
    for _ in range(_checked(count)):
        after = skip(data, at)
        spans.append(Span(at, after))
        at = after
    if at != end:
        raise DecodeError("A compound value's size does not match its elements.")
    return spans


def _checked(count: int) -> int:
    if count > MAX_COUNT:
        raise DecodeError(f"A compound value claims {count} elements, more than {MAX_COUNT}.")
    return count


def _value(data: bytes, at: int, depth: int) -> tuple[object, int]:
    code = data[at]
    if code == _DESCRIBED:
        if depth > MAX_DEPTH:
            raise DecodeError("AMQP values are nested too deeply.")
        descriptor, at = _value(data, at + 1, depth + 1)
        value, at = _value(data, at, depth + 1)
        return Described(descriptor, value), at
    return _reader(code)(data, at + 1, depth)


def _reader(code: int) -> _Reader:
    reader = _READERS.get(code)
    if reader is None:
        raise DecodeError(f"0x{code:02x} is no AMQP constructor.")
    return reader


def _constant(value: object) -> _Reader:
    return lambda _data, at, _depth: (value, at)


def _fixed(layout: str) -> _Reader:
    form = struct.Struct(layout)

    def read(data: bytes, at: int, _depth: int) -> tuple[object, int]:
        return form.unpack_from(data, at)[0], at + form.size

    return read


def _octets(width: int, convert: Callable[[bytes], object]) -> _Reader:
    def read(data: bytes, at: int, _depth: int) -> tuple[object, int]:
        return convert(_slice(data, at, at + width)), at + width

    return read


def _variable(width: int, convert: Callable[[bytes], object]) -> _Reader:
    def read(data: bytes, at: int, _depth: int) -> tuple[object, int]:
        start = at + width
        end = start + int.from_bytes(_slice(data, at, start), "big")
        return convert(_slice(data, start, end)), end

    return read


def _slice(data: bytes, start: int, end: int) -> bytes:
    if end > len(data):
        raise IndexError(end)
    return bytes(data[start:end])


def _items(data: bytes, at: int, width: int, depth: int) -> tuple[list[object], int]:
    if depth > MAX_DEPTH:
        raise DecodeError("AMQP values are nested too deeply.")
    end = at + width + int.from_bytes(_slice(data, at, at + width), "big")
    at += width
    count = _checked(int.from_bytes(_slice(data, at, at + width), "big"))
    at += width
    items = []
    for _ in range(count):
        item, at = _value(data, at, depth + 1)
        items.append(item)
    if at != end:
        raise DecodeError("A compound value's size does not match its elements.")
    return items, end


def _list(width: int) -> _Reader:
    return lambda data, at, depth: _items(data, at, width, depth)


def _map(width: int) -> _Reader:
    def read(data: bytes, at: int, depth: int) -> tuple[object, int]:
        items, end = _items(data, at, width, depth)
        if len(items) % 2:
            raise DecodeError("A map has a key without a value.")
        keys = items[::2]
        if not all(type(key) is str or isinstance(key, _KEY_TYPES) for key in keys):
            raise DecodeError("A map has a key that is no primitive value.")
        return dict(zip(keys, items[1::2], strict=True)), end

    return read


def _array(width: int) -> _Reader:
    def read(data: bytes, at: int, depth: int) -> tuple[object, int]:
        if depth > MAX_DEPTH:
            raise DecodeError("AMQP values are nested too deeply.")
        end = at + width + int.from_bytes(_slice(data, at, at + width), "big")
        at += width
        count = _checked(int.from_bytes(_slice(data, at, at + width), "big"))
        items, at = _array_items(data, at + width, count, depth + 1)
        if at != end:
            raise DecodeError("An array's size does not match its elements.")
        return items, end

    return read


def _array_items(data: bytes, at: int, count: int, depth: int) -> tuple[list[object], int]:
    descriptor = None
    is_described = data[at] == _DESCRIBED
    if is_described:
        descriptor, at = _value(data, at + 1, depth + 1)
    read = _reader(data[at])
    at += 1
    items: list[object] = []
    for _ in range(count):
        item, at = read(data, at, depth)
        items.append(Described(descriptor, item) if is_described else item)
    return items, at


def _text(octets: bytes) -> str:
    return octets.decode()


def _character(octets: bytes) -> str:
    return octets.decode("utf-32-be")


def _symbol(octets: bytes) -> Symbol:
    return Symbol(octets.decode("ascii"))


def _uuid(octets: bytes) -> UUID:
    return UUID(bytes=octets)


_READERS: dict[int, _Reader] = {
    0x40: _constant(None),
    0x41: _constant(True),  # noqa: FBT003
    0x42: _constant(False),  # noqa: FBT003
    0x43: _constant(0),
    0x44: _constant(0),
    0x45: lambda _data, at, _depth: ([], at),
    0x50: _fixed(">B"),
    0x51: _fixed(">b"),
    0x52: _fixed(">B"),
    0x53: _fixed(">B"),
    0x54: _fixed(">b"),
    0x55: _fixed(">b"),
    0x56: _fixed(">?"),
    0x60: _fixed(">H"),
    0x61: _fixed(">h"),
    0x70: _fixed(">I"),
    0x71: _fixed(">i"),
    0x72: _fixed(">f"),
    0x73: _octets(4, _character),
    0x74: _octets(4, bytes),
    0x80: _fixed(">Q"),
    0x81: _fixed(">q"),
    0x82: _fixed(">d"),
    0x83: _fixed(">q"),
    0x84: _octets(8, bytes),
    0x94: _octets(16, bytes),
    0x98: _octets(16, _uuid),
    0xA0: _variable(1, bytes),
    0xA1: _variable(1, _text),
    0xA3: _variable(1, _symbol),
    0xB0: _variable(4, bytes),
    0xB1: _variable(4, _text),
    0xB3: _variable(4, _symbol),
    0xC0: _list(1),
    0xC1: _map(1),
    0xD0: _list(4),
    0xD1: _map(4),
    0xE0: _array(1),
    0xF0: _array(4),
}

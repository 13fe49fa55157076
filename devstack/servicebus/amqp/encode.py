"""AMQP 1.0 values to bytes: each function returns one complete encoding, constructor byte included.

Encodings and their codes are those of AMQP 1.0 part 1, section 1.6; the shortest form is chosen.
"""

import struct
from collections.abc import Iterable
from uuid import UUID

from devstack.servicebus.amqp.types import AmqpError

NULL = b"\x40"
TRUE = b"\x41"
FALSE = b"\x42"
EMPTY_LIST = b"\x45"

_SMALL = 256
_pack_u16 = struct.Struct(">H").pack
_pack_u32 = struct.Struct(">I").pack
_pack_u64 = struct.Struct(">Q").pack
_pack_i32 = struct.Struct(">i").pack
_pack_i64 = struct.Struct(">q").pack
_ELEMENT_LONG = 0x81
_ELEMENT_TIMESTAMP = 0x83
_ELEMENT_SYMBOL = 0xA3
_ELEMENT_STRING = 0xB1


def boolean(value: bool) -> bytes:  # noqa: FBT001 - the value itself
    """A boolean."""
    return TRUE if value else FALSE


def ubyte(value: int) -> bytes:
    """An unsigned integer of 8 bits."""
    return b"\x50" + bytes((value,))


def ushort(value: int) -> bytes:
    """An unsigned integer of 16 bits."""
    return b"\x60" + _pack_u16(value)


def uint(value: int) -> bytes:
    """An unsigned integer of 32 bits."""
    if value == 0:
        return b"\x43"
    return b"\x52" + bytes((value,)) if value < _SMALL else b"\x70" + _pack_u32(value)


def ulong(value: int) -> bytes:
    """An unsigned integer of 64 bits."""
    if value == 0:
        return b"\x44"
    return b"\x53" + bytes((value,)) if value < _SMALL else b"\x80" + _pack_u64(value)


def int32(value: int) -> bytes:
    """A signed integer of 32 bits."""
    return b"\x71" + _pack_i32(value)


def long(value: int) -> bytes:
    """A signed integer of 64 bits."""
    return b"\x81" + _pack_i64(value)


def timestamp(milliseconds: int) -> bytes:
    """An instant, in milliseconds since the Unix epoch."""
    return b"\x83" + _pack_i64(milliseconds)


def uuid(value: UUID) -> bytes:
    """A universally unique identifier, in network byte order."""
    return b"\x98" + value.bytes


def binary(value: bytes) -> bytes:
    """A sequence of octets."""
    return _variable(0xA0, value)


def string(value: str) -> bytes:
    """Unicode text."""
    return _variable(0xA1, value.encode())


def symbol(value: str) -> bytes:
    """A symbol; anything but ASCII is an AmqpError, for it would be our own mistake on the wire."""
    if not value.isascii():
        raise AmqpError("amqp:internal-error", f"A symbol must be ASCII, not {value!r}.")
    return _variable(0xA3, value.encode("ascii"))


def _variable(code: int, octets: bytes) -> bytes:
    size = len(octets)
    if size < _SMALL:
        return bytes((code, size)) + octets
    return bytes((code + 0x10,)) + _pack_u32(size) + octets


def sequence(items: list[bytes]) -> bytes:
    """A list of values that are encoded already."""
    return _compound(0xC0, len(items), b"".join(items)) if items else EMPTY_LIST


def mapping(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A map from pairs of encoded keys and encoded values."""
    items = [part for pair in pairs for part in pair]
    return raw_mapping(len(items), b"".join(items))


def raw_mapping(count: int, body: bytes) -> bytes:
    """A map from its encoded items, keys and values counted one by one."""
    return _compound(0xC1, count, body)


def _compound(code: int, count: int, body: bytes) -> bytes:
    if len(body) < _SMALL - 1 and count < _SMALL:
        return bytes((code, len(body) + 1, count)) + body
    return bytes((code + 0x10,)) + _pack_u32(len(body) + 4) + _pack_u32(count) + body


def longs(values: Iterable[int]) -> bytes:
    """An array of long."""
    return _array(_ELEMENT_LONG, [_pack_i64(value) for value in values])


def timestamps(values: Iterable[int]) -> bytes:
    """An array of timestamp, in milliseconds since the Unix epoch."""
    return _array(_ELEMENT_TIMESTAMP, [_pack_i64(value) for value in values])


def symbols(values: Iterable[str]) -> bytes:
    """An array of symbols of at most 255 characters."""
    return _array(_ELEMENT_SYMBOL, [symbol(value)[1:] for value in values])


def strings(values: Iterable[str]) -> bytes:
    """An array of text."""
    octets = [value.encode() for value in values]
    return _array(_ELEMENT_STRING, [_pack_u32(len(each)) + each for each in octets])


def _array(element: int, items: list[bytes]) -> bytes:
    body = bytes((element,)) + b"".join(items)
    return b"\xf0" + _pack_u32(len(body) + 4) + _pack_u32(len(items)) + body


def described(code: int, value: bytes) -> bytes:
    """A value under a numeric descriptor."""
    return b"\x00" + ulong(code) + value

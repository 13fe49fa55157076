"""Frames cut from the byte stream and built for it (AMQP 1.0 part 2, sections 2.2 and 2.3)."""

import struct
from typing import NamedTuple

from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.types import AmqpError

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
HEADER_SIZE = 8
MAX_FRAME = 65_536  # what the service offers
MIN_FRAME = 512
AMQP_FRAME = 0
SASL_FRAME = 1
HEARTBEAT = struct.pack(">IBBH", HEADER_SIZE, 2, AMQP_FRAME, 0)

_DATA_OFFSET = 2  # in words of four octets: no extended header
_header = struct.Struct(">IBBH")


class Frame(NamedTuple):
    """One frame: its type, its channel and its undecoded body, empty for a heartbeat."""

    kind: int
    channel: int
    body: bytes


def cut(buffer: bytearray, at: int) -> tuple[Frame, int] | None:
    """The frame that starts at `at` and the position after it, or None while it is incomplete.

    Raises AmqpError `amqp:connection:framing-error` on a size or an offset that no frame can have.
    """
    if len(buffer) - at < HEADER_SIZE:
        return None
    size, offset, kind, channel = _header.unpack_from(buffer, at)
    if not HEADER_SIZE <= size <= MAX_FRAME or not _DATA_OFFSET <= offset <= size // 4:
        raise AmqpError(
            "amqp:connection:framing-error",
            f"A frame of {size} bytes with data offset {offset} is malformed or above {MAX_FRAME} bytes.",
        )
    if len(buffer) - at < size:
        return None
    return Frame(kind, channel, bytes(buffer[at + offset * 4 : at + size])), at + size


def build(
    channel: int, code: int, fields: list[bytes], *, payload: bytes = b"", kind: int = AMQP_FRAME
) -> bytes:
    """A frame around a performative with its encoded fields, and a transfer's payload behind it."""
    body = encode.described(code, encode.sequence(fields)) + payload
    return _header.pack(HEADER_SIZE + len(body), _DATA_OFFSET, kind, channel) + body

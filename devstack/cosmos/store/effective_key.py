"""The effective partition key: the hash of a partition key by which the service spreads and ranges items.

The hash is MurmurHash3 x64 128 with seed 0 (Austin Appleby, SMHasher) over the key's components, each a type
byte and its value; the result is shown as hexadecimal text, below "FF".
"""

import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import orjson

from devstack.cosmos.errors import bad_request
from devstack.cosmos.store.container import Container
from devstack.cosmos.values import Document, Json

EVERYTHING = ("", "FF")
_UNDEFINED, _NULL, _FALSE, _TRUE, _NUMBER, _TEXT = b"\0", b"\1", b"\2", b"\3", b"\5", b"\10"
_END_OF_TEXT = b"\xff"
_BELOW_FF = (1 << 126) - 1
_WORD = (1 << 64) - 1
_C1, _C2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
_HEX = re.compile("(?:[0-9A-F]{2})*")
_CACHED_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Effective partition keys from `start` on and below `end`, in upper case."""

    start: str
    end: str
    is_hierarchical: bool

    def covers(self, partition: str) -> bool:
        """Whether the logical partition, given by its canonical text, lies in the range."""
        return self.start <= effective_key(partition, is_hierarchical=self.is_hierarchical) < self.end


def key_range(start: str, end: str, container: Container) -> KeyRange | None:
    """The range between two effective keys; None for everything; 400 for a wrong one."""
    start, end = start.upper(), end.upper()
    if (start, end) == EVERYTHING:
        return None
    if not _HEX.fullmatch(start) or not _HEX.fullmatch(end):
        raise bad_request("x-ms-start-epk and x-ms-end-epk must be effective partition keys in hexadecimal.")
    partition_key = cast("Document", container.definition["partitionKey"])
    if partition_key["kind"] == "Hash" and partition_key["version"] == 1:
        raise bad_request("Ranges of a container with partition key version 1 are not offered: use 2.")
    return KeyRange(start, end, is_hierarchical=partition_key["kind"] == "MultiHash")


@lru_cache(_CACHED_KEYS)
def effective_key(partition: str, *, is_hierarchical: bool) -> str:
    """The effective key of a partition's canonical text: one hash, or one per level of a hierarchy."""
    components = [_encoded(component) for component in orjson.loads(partition)]
    parts = components if is_hierarchical else [b"".join(components)]
    return "".join(f"{murmur3(part) & _BELOW_FF:032X}" for part in parts)


def _encoded(component: Json) -> bytes:
    match component:
        case None:
            return _NULL
        case bool():
            return _TRUE if component else _FALSE
        case int() | float():
            return _NUMBER + struct.pack("<d", component)
        case str():
            return _TEXT + component.encode() + _END_OF_TEXT
        case _:
            return _UNDEFINED


def murmur3(data: bytes) -> int:
    """MurmurHash3 x64 128 with seed 0; the second of its two words is the upper one."""
    whole = len(data) - len(data) % 16
    one = two = 0
    for first, second in struct.iter_unpack("<QQ", data[:whole]):
        one = (_rotated(one ^ _mixed(first, _C1, 31, _C2), 27) + two) * 5 + 0x52DCE729 & _WORD
        two = (_rotated(two ^ _mixed(second, _C2, 33, _C1), 31) + one) * 5 + 0x38495AB5 & _WORD
    first, second = struct.unpack("<QQ", data[whole:].ljust(16, b"\0"))
    one ^= _mixed(first, _C1, 31, _C2) ^ len(data)
    two ^= _mixed(second, _C2, 33, _C1) ^ len(data)
    one, two = _summed(one, two)
    one, two = _summed(_spread(one), _spread(two))
    return two << 64 | one


def _mixed(word: int, before: int, distance: int, after: int) -> int:
    return _rotated(word * before & _WORD, distance) * after & _WORD


def _rotated(word: int, distance: int) -> int:
    return (word << distance | word >> 64 - distance) & _WORD


def _summed(one: int, two: int) -> tuple[int, int]:
    one = one + two & _WORD
    return one, two + one & _WORD


def _spread(word: int) -> int:
    word = (word ^ word >> 33) * 0xFF51AFD7ED558CCD & _WORD
    word = (word ^ word >> 33) * 0xC4CEB9FE1A85EC53 & _WORD
    return word ^ word >> 33

"""The AMQP codec: what is encoded decodes to the same value, and no bytes at all make it fail uncleanly."""

import contextlib
import struct
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.servicebus import requests, sections
from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.decode import MAX_DEPTH, decode, elements, skip
from devstack.servicebus.amqp.types import AmqpError, DecodeError, Described, Symbol
from devstack.servicebus.broker.message import parse

type Encoded = tuple[bytes, object]  # an encoding and the value it must decode to


def _pair(function: object, values: st.SearchStrategy[object]) -> st.SearchStrategy[Encoded]:
    assert callable(function)
    return values.map(lambda value: (function(value), value))


def _integers(bits: int, *, signed: bool) -> st.SearchStrategy[object]:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.integers(low, high)


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
_symbols = st.text(st.characters(max_codepoint=127), max_size=300).map(Symbol)
_primitives = st.one_of(
    st.just((encode.NULL, None)),
    _pair(encode.boolean, st.booleans()),
    _pair(encode.ubyte, _integers(8, signed=False)),
    _pair(encode.ushort, _integers(16, signed=False)),
    _pair(encode.uint, _integers(32, signed=False)),
    _pair(encode.ulong, _integers(64, signed=False)),
    _pair(encode.int32, _integers(32, signed=True)),
    _pair(encode.long, _integers(64, signed=True)),
    _pair(encode.timestamp, _integers(64, signed=True)),
    _pair(encode.uuid, st.uuids()),
    _pair(encode.binary, st.binary(max_size=400)),
    _pair(encode.string, _text),
    _pair(encode.symbol, _symbols),
)


def _sequence(items: list[Encoded]) -> Encoded:
    return encode.sequence([item for item, _ in items]), [value for _, value in items]


def _mapping(pairs: list[tuple[Encoded, Encoded]]) -> Encoded:
    unique = {key[1]: (key, value) for key, value in pairs}
    encoded = encode.mapping((key[0], value[0]) for key, value in unique.values())
    return encoded, {key[1]: value[1] for key, value in unique.values()}


def _described(part: tuple[int, Encoded]) -> Encoded:
    code, (inner, value) = part
    return encode.described(code, inner), Described(code, value)


_values = st.recursive(
    _primitives,
    lambda inner: st.one_of(
        st.lists(inner, max_size=6).map(_sequence),
        st.lists(st.tuples(_pair(encode.symbol, _symbols), inner), max_size=6).map(_mapping),
        st.tuples(st.integers(0, 2**64 - 1), inner).map(_described),
    ),
    max_leaves=20,
)


@given(_values)
def test_every_value_decodes_to_what_was_encoded(pair: Encoded) -> None:
    data, value = pair
    assert decode(data) == (value, len(data))


@given(_values, st.binary(max_size=20))
def test_skipping_ends_where_decoding_ends(pair: Encoded, tail: bytes) -> None:
    data, _ = pair
    assert skip(data + tail, 0) == len(data)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=300), st.lists(_symbols, max_size=20))
def test_arrays_decode_to_lists(numbers: list[int], names: list[Symbol]) -> None:
    assert decode(encode.longs(numbers))[0] == numbers
    assert decode(encode.timestamps(numbers))[0] == numbers
    assert decode(encode.symbols(name[:255] for name in names))[0] == [name[:255] for name in names]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_decode_error(data: bytes) -> None:
    for read in (decode, skip, elements):
        with contextlib.suppress(DecodeError):
            read(data, 0)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_an_amqp_error(data: bytes) -> None:
    for read in (parse, sections.bodies, requests.read):
        with contextlib.suppress(AmqpError):
            read(data)


@given(_values, st.integers(1, 400), st.data())
def test_a_value_cut_short_is_a_decode_error(pair: Encoded, keep: int, data: st.DataObject) -> None:
    encoded, _ = pair
    kept = encoded[: data.draw(st.integers(0, min(keep, len(encoded) - 1)))]
    with pytest.raises(DecodeError):
        decode(kept)
    with pytest.raises(DecodeError):
        skip(kept, 0)


def test_nesting_beyond_the_limit_is_refused_instead_of_exhausting_the_stack() -> None:
    deep = encode.NULL
    for _ in range(MAX_DEPTH + 2):
        deep = encode.sequence([deep])
    with pytest.raises(DecodeError, match="nested"):
        decode(deep)
    with pytest.raises(DecodeError, match="nested"):
        decode(b"\x00" * 5000)
    with pytest.raises(DecodeError, match="nested"):
        skip(b"\x00" * 5000, 0)


def test_an_array_that_claims_billions_of_empty_elements_is_refused() -> None:
    claim = b"\xf0" + struct.pack(">II", 5, 2**32 - 1) + b"\x40"
    with pytest.raises(DecodeError, match="claims"):
        decode(claim)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x73\x00\x01\xf3\x0d", "\U0001f30d"),
        (b"\x72\x3f\x80\x00\x00", 1.0),
        (b"\x82\x3f\xf8\x00\x00\x00\x00\x00\x00", 1.5),
        (b"\x56\x01", True),
        (b"\x74\x01\x02\x03\x04", b"\x01\x02\x03\x04"),
        (b"\x98" + bytes(range(16)), UUID(bytes=bytes(range(16)))),
        (b"\xe0\x07\x02\x00\x53\x01\x50\x07\x08", [Described(1, 7), Described(1, 8)]),
    ],
)
def test_encodings_that_only_peers_choose_are_understood(data: bytes, value: object) -> None:
    assert decode(data) == (value, len(data))

"""The sections of an AMQP message (AMQP 1.0 part 3, section 3.2); what is only passed on stays as it came."""

from typing import NamedTuple

from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.decode import decode, elements, skip
from devstack.servicebus.amqp.types import DecodeError

HEADER, DELIVERY_ANNOTATIONS, ANNOTATIONS, PROPERTIES, APPLICATION_PROPERTIES = range(0x70, 0x75)
DATA, SEQUENCE, VALUE, FOOTER = range(0x75, 0x79)
_GROUP_ID = 10  # of the properties; the service reads it as the session id

BROKER_ANNOTATIONS = frozenset(
    {
        "x-opt-sequence-number",
        "x-opt-enqueued-time",
        "x-opt-enqueue-sequence-number",
        "x-opt-message-state",
        "x-opt-locked-until",
        "x-opt-lock-token",
        "x-opt-deadletter-source",
        "x-opt-scheduled-enqueue-time",
    }
)


class Section(NamedTuple):
    """One section: its descriptor, where it starts, where its value starts, and where it ends."""

    code: int
    start: int
    value: int
    end: int


class Head(NamedTuple):
    """The header fields that a sender decides; `time_to_live` in milliseconds."""

    is_durable: bool | None = None
    priority: int | None = None
    time_to_live: int | None = None


class RawMap(NamedTuple):
    """Encoded map items: how many, keys and values counted one by one, and their octets."""

    size: int = 0
    body: bytes = b""


class Annotations(NamedTuple):
    """A sender's annotations: what is passed on, and everything decoded."""

    raw: RawMap
    decoded: dict[object, object]


class _Ids(NamedTuple):
    message_id: object
    session_id: str | None


class Parts(NamedTuple):
    """A message taken apart; `bare` is everything from the properties on."""

    head: Head
    annotations: bytes
    bare: bytes
    message_id: object
    session_id: str | None


def split(data: bytes) -> list[Section]:
    """The sections of an encoded message, their values not decoded."""
    found = []
    at = 0
    while at < len(data):
        if data[at] != 0x00:
            raise DecodeError("A message section must be a described value.")
        value = skip(data, at + 1)
        code, _ = decode(data, at + 1)
        end = skip(data, value)
        if not isinstance(code, int) or not HEADER <= code <= FOOTER:
            raise DecodeError(f"There is no message section with descriptor {code!r}.")
        found.append(Section(code, at, value, end))
        at = end
    return found


def read(data: bytes) -> Parts:
    """Take a message apart; DecodeError when it is none."""
    head, annotations, ids, bare_from = Head(), b"", _Ids(None, None), len(data)
    for section in reversed(split(data)):
        if section.code >= PROPERTIES:
            bare_from = section.start
        if section.code == HEADER:
            head = _head(decode(data, section.value)[0])
        elif section.code == ANNOTATIONS:
            annotations = data[section.value : section.end]
        elif section.code == PROPERTIES:
            ids = _ids(decode(data, section.value)[0])
        elif section.code == APPLICATION_PROPERTIES:
            _map(decode(data, section.value)[0])
    return Parts(head, annotations, data[bare_from:], *ids)


def _head(value: object) -> Head:
    if not isinstance(value, list):
        raise DecodeError("The header section must be a list.")
    is_durable, priority, time_to_live = [*value, None, None, None][:3]
    return Head(
        is_durable if isinstance(is_durable, bool) else None,
        priority if type(priority) is int and 0 <= priority <= 255 else None,  # noqa: PLR2004
        time_to_live if type(time_to_live) is int and 0 < time_to_live < 2**32 else None,
    )


def _ids(value: object) -> _Ids:
    if not isinstance(value, list):
        raise DecodeError("The properties section must be a list.")
    message_id = value[0] if value else None
    if isinstance(message_id, list | dict | tuple):
        raise DecodeError("A message id must be a ulong, a uuid, a binary or a string.")
    session_id = value[_GROUP_ID] if len(value) > _GROUP_ID else None
    if session_id is not None and not isinstance(session_id, str):
        raise DecodeError("A group id must be a string.")
    return _Ids(message_id, session_id)


def annotations(data: bytes) -> Annotations:
    """A sender's annotations, without those that only the broker sets."""
    if not data:
        return Annotations(RawMap(), {})
    return Annotations(_without(data, BROKER_ANNOTATIONS), _map(decode(data)[0]))


def _map(value: object) -> dict[object, object]:
    if not isinstance(value, dict):
        raise DecodeError("Annotations and application properties must be maps.")
    return value


def _without(data: bytes, keys: frozenset[str]) -> RawMap:
    spans = elements(data, 0)
    kept = [
        data[key.start : value.end]
        for key, value in zip(spans[::2], spans[1::2], strict=True)
        if decode(data, key.start)[0] not in keys  # decoded as a map before: every key can be hashed
    ]
    return RawMap(2 * len(kept), b"".join(kept))


def write_head(head: Head, delivery_count: int) -> bytes:
    """The header section with a count of earlier deliveries."""
    fields = [
        encode.NULL if head.is_durable is None else encode.boolean(head.is_durable),
        encode.NULL if head.priority is None else encode.ubyte(head.priority),
        encode.NULL if head.time_to_live is None else encode.uint(head.time_to_live),
        encode.NULL,
        encode.uint(delivery_count),
    ]
    return encode.described(HEADER, encode.sequence(fields))


def write_annotations(given: RawMap, own: list[tuple[bytes, bytes]]) -> bytes:
    """The annotations section: the sender's items and the broker's own."""
    body = given.body + b"".join([key + value for key, value in own])
    return encode.described(ANNOTATIONS, encode.raw_mapping(given.size + 2 * len(own), body))


def with_message_id(bare: bytes, message_id: str) -> bytes:
    """The bare message with a message id in its properties, all other fields untouched."""
    fields, rest = [], bare
    if bare and (first := split(bare)[0]).code == PROPERTIES:
        fields = [bare[span.start : span.end] for span in elements(bare, first.value)]
        rest = bare[first.end :]
    fields[:1] = [encode.string(message_id)]
    return encode.described(PROPERTIES, encode.sequence(fields)) + rest


def with_application_properties(bare: bytes, notes: dict[str, str]) -> bytes:
    """The bare message with some application properties set, all others untouched."""
    before, items, after = b"", RawMap(), b""
    for section in split(bare):
        part = bare[section.start : section.end]
        if section.code == PROPERTIES:
            before = part
        elif section.code == APPLICATION_PROPERTIES:
            items = _without(bare[section.value : section.end], frozenset(notes))
        else:
            after += part
    pairs = b"".join([encode.string(key) + encode.string(note) for key, note in notes.items()])
    mapped = encode.raw_mapping(items.size + 2 * len(notes), items.body + pairs)
    return before + encode.described(APPLICATION_PROPERTIES, mapped) + after


def bodies(data: bytes) -> list[bytes]:
    """The octets of all data sections: the messages of a batch, or one message's body in pieces."""
    found = []
    for section in split(data):
        if section.code == DATA:
            value, _ = decode(data, section.value)
            if not isinstance(value, bytes):
                raise DecodeError("A data section must be binary.")
            found.append(value)
    return found

"""Requests and replies over a pair of links, the form that $cbs and $management share."""

from typing import NamedTuple

from devstack.servicebus import sections
from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.decode import decode, elements
from devstack.servicebus.amqp.types import DecodeError


class Request(NamedTuple):
    """A decoded request; `id` stays encoded, to be sent back as it came."""

    id: bytes
    properties: dict[object, object]
    body: object


class Reply(NamedTuple):
    """What goes back: encoded application properties by name, and an encoded body."""

    properties: dict[str, bytes]
    body: bytes = encode.NULL


def read(payload: bytes) -> Request:
    """The request in an encoded message; DecodeError when it lacks the form of one."""
    request_id: bytes = encode.NULL
    properties: object = {}
    body: object = None
    for section in sections.split(payload):
        if section.code == sections.PROPERTIES:
            spans = elements(payload, section.value)
            request_id = payload[spans[0].start : spans[0].end] if spans else encode.NULL
        elif section.code == sections.APPLICATION_PROPERTIES:
            properties, _ = decode(payload, section.value)
        elif section.code in (sections.VALUE, sections.DATA):
            body, _ = decode(payload, section.value)
    if not isinstance(properties, dict):
        raise DecodeError("The application properties of a request must be a map.")
    return Request(request_id, properties, body)


def write(reply: Reply, request_id: bytes) -> bytes:
    """The reply as an encoded message, correlated with its request."""
    properties = encode.sequence([*[encode.NULL] * 5, request_id])
    named = encode.mapping((encode.string(name), value) for name, value in reply.properties.items())
    return b"".join(
        [
            encode.described(sections.PROPERTIES, properties),
            encode.described(sections.APPLICATION_PROPERTIES, named),
            encode.described(sections.VALUE, reply.body),
        ]
    )

"""The answer to an attach: termini, limits, and what the link's node adds (AMQP 1.0 part 2, 2.7.3)."""

from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.links import IncomingLink, Link
from devstack.servicebus.amqp.performatives import SOURCE, TARGET, Attach, Terminus

FILTER_FIELD = 7  # of a source (AMQP 1.0 part 3, section 3.5.3)


def fields(attach: Attach, link: Link | None) -> list[bytes]:
    """The fields of the answering attach; without a link the termini are null, which refuses it."""
    limit = link.max_message_size if isinstance(link, IncomingLink) else None
    return [
        encode.string(attach.name),
        encode.uint(attach.handle),
        encode.boolean(not attach.is_receiver),
        encode.ubyte(attach.sender_settle_mode),
        encode.ubyte(attach.receiver_settle_mode),
        _source(link) if link else encode.NULL,
        _target(link) if link else encode.NULL,
        encode.NULL,
        encode.NULL,
        encode.uint(0) if attach.is_receiver else encode.NULL,  # without it clients detach in silence
        encode.NULL if limit is None else encode.ulong(limit),
        encode.NULL,
        encode.NULL,
        _properties(link, limit),
    ]


def _source(link: Link) -> bytes:
    given = [_address(link.source)]
    if link.answered_filters:
        given += [encode.NULL] * (FILTER_FIELD - 1) + [_symbols(link.answered_filters)]
    return encode.described(SOURCE, encode.sequence(given))


def _target(link: Link) -> bytes:
    return encode.described(TARGET, encode.sequence([_address(link.target)]))


def _address(terminus: Terminus) -> bytes:
    return encode.NULL if terminus.address is None else encode.string(terminus.address)


def _properties(link: Link | None, limit: int | None) -> bytes:
    properties = dict(link.answered_properties) if link else {}
    if limit is not None:
        properties["com.microsoft:max-message-batch-size"] = encode.ulong(limit)
    return _symbols(properties) if properties else encode.NULL


def _symbols(values: dict[str, bytes]) -> bytes:
    return encode.mapping((encode.symbol(name), value) for name, value in values.items())

"""The nine frame bodies of AMQP 1.0 part 2, section 2.7, read from the peer and checked field by field."""

from collections.abc import Callable
from typing import NamedTuple

from devstack.servicebus.amqp.types import AmqpError, Described

OPEN, BEGIN, ATTACH, FLOW, TRANSFER, DISPOSITION, DETACH, END, CLOSE = range(0x10, 0x19)
ERROR = 0x1D
SOURCE = 0x28
TARGET = 0x29
MAX_UINT = 0xFFFF_FFFF


class Open(NamedTuple):
    """Negotiates the connection; `idle_timeout` in milliseconds."""

    container_id: str
    hostname: str | None = None
    max_frame_size: int = MAX_UINT
    channel_max: int = 0xFFFF
    idle_timeout: int | None = None


class Begin(NamedTuple):
    """Begins a session on a channel; windows count transfer frames."""

    remote_channel: int | None
    next_outgoing_id: int
    incoming_window: int
    outgoing_window: int


class Terminus(NamedTuple):
    """The part of a source or target that names a node; other fields are kept as they were decoded."""

    address: str | None
    fields: tuple[object, ...]


class Attach(NamedTuple):
    """Attaches a link; `is_receiver` says that the peer receives on it."""

    name: str
    handle: int
    is_receiver: bool
    sender_settle_mode: int = 2
    receiver_settle_mode: int = 0
    source: Described | None = None
    target: Described | None = None
    unsettled: object = None
    incomplete_unsettled: bool | None = None
    initial_delivery_count: int | None = None
    max_message_size: int | None = None
    offered: object = None
    desired: object = None
    properties: dict[object, object] | None = None


class Flow(NamedTuple):
    """Updates the state of a session and, with a handle, of a link."""

    next_incoming_id: int | None
    incoming_window: int
    next_outgoing_id: int
    outgoing_window: int
    handle: int | None = None
    delivery_count: int | None = None
    link_credit: int | None = None
    available: int | None = None
    drain: bool = False
    echo: bool = False


class Transfer(NamedTuple):
    """One frame of a message; the first of a delivery carries its id and format."""

    handle: int
    delivery_id: int | None = None
    delivery_tag: bytes | None = None
    message_format: int | None = None
    settled: bool | None = None
    more: bool = False
    receiver_settle_mode: int | None = None
    state: object = None
    resume: bool = False
    aborted: bool = False


class Disposition(NamedTuple):
    """Tells the state of the deliveries `first` to `last`."""

    is_receiver: bool
    first: int
    last: int | None = None
    settled: bool = False
    state: Described | None = None


class Detach(NamedTuple):
    """Detaches a link."""

    handle: int
    closed: bool = False
    error: Described | None = None


class End(NamedTuple):
    """Ends a session."""

    error: Described | None = None


class Close(NamedTuple):
    """Closes the connection."""

    error: Described | None = None


type Performative = Open | Begin | Attach | Flow | Transfer | Disposition | Detach | End | Close
type _Check = Callable[[object], bool]


def _uint(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_UINT


def _ushort(value: object) -> bool:
    return type(value) is int and 0 <= value <= 0xFFFF  # noqa: PLR2004


def _ulong(value: object) -> bool:
    return type(value) is int and value >= 0


def _boolean(value: object) -> bool:
    return type(value) is bool


def _string(value: object) -> bool:
    return isinstance(value, str)


def _binary(value: object) -> bool:
    return type(value) is bytes


def _described(value: object) -> bool:
    return type(value) is Described


def _map(value: object) -> bool:
    return type(value) is dict


def _anything(_value: object) -> bool:
    return True


class _Schema(NamedTuple):
    build: Callable[..., Performative]
    names: tuple[str, ...]
    checks: tuple[_Check, ...]
    defaults: dict[str, object]
    required: frozenset[str]


def _schema(build: type[Performative], *checks: _Check, nullable: tuple[str, ...] = ()) -> _Schema:
    names: tuple[str, ...] = build._fields
    defaults: dict[str, object] = dict(build._field_defaults)
    required = frozenset(names) - frozenset(defaults) - frozenset(nullable)
    return _Schema(build, names, checks, defaults, required)


_SCHEMAS = {
    OPEN: _schema(Open, _string, _string, _uint, _ushort, _uint),
    BEGIN: _schema(Begin, _ushort, _uint, _uint, _uint, nullable=("remote_channel",)),
    ATTACH: _schema(
        Attach,
        *(_string, _uint, _boolean, _uint, _uint, _described, _described),
        *(_anything, _boolean, _uint, _ulong, _anything, _anything, _map),
    ),
    FLOW: _schema(
        Flow,
        *(_uint, _uint, _uint, _uint, _uint, _uint, _uint, _uint, _boolean, _boolean),
        nullable=("next_incoming_id",),
    ),
    TRANSFER: _schema(
        Transfer,
        *(_uint, _uint, _binary, _uint, _boolean, _boolean, _uint, _anything, _boolean, _boolean),
    ),
    DISPOSITION: _schema(Disposition, _boolean, _uint, _uint, _boolean, _described),
    DETACH: _schema(Detach, _uint, _boolean, _described),
    END: _schema(End, _described),
    CLOSE: _schema(Close, _described),
}


def read(value: object) -> Performative:
    """The performative that a decoded frame body stands for.

    Raises AmqpError `amqp:invalid-field`, naming the field, when one is missing or of a wrong type.
    """
    if type(value) is not Described or not isinstance(value.value, list):
        raise AmqpError("amqp:invalid-field", "A frame body must be a described list.")
    schema = _SCHEMAS.get(value.descriptor) if isinstance(value.descriptor, int) else None
    if schema is None:
        raise AmqpError("amqp:not-implemented", f"There is no frame with descriptor {value.descriptor!r}.")
    given = value.value
    fields = []
    for at, name in enumerate(schema.names):
        field = given[at] if at < len(given) else None
        fields.append(_field(schema, at, name, field))
    return schema.build(*fields)


def _field(schema: _Schema, at: int, name: str, field: object) -> object:
    if field is None:
        if name in schema.required:
            raise AmqpError("amqp:invalid-field", f"{_title(schema)} lacks {name}.")
        return schema.defaults.get(name)
    if not schema.checks[at](field):
        raise AmqpError("amqp:invalid-field", f"{name} of {_title(schema)} has a wrong type or value.")
    return field


def _title(schema: _Schema) -> str:
    return getattr(schema.build, "__name__", "frame")


def terminus(described: Described | None) -> Terminus:
    """The address and fields of a source or target; an absent one has no address."""
    if described is None or not isinstance(described.value, list):
        return Terminus(None, ())
    fields = tuple(described.value)
    address = fields[0] if fields else None
    return Terminus(address if isinstance(address, str) else None, fields)

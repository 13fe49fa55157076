"""AMQP 1.0 values that Python has no type for, and the one error that goes over the wire."""

from typing import NamedTuple


class Symbol(str):
    """A symbolic value: ASCII text from a constrained domain (AMQP 1.0 part 1, section 1.6.21)."""

    __slots__ = ()


class Described(NamedTuple):
    """A value annotated with a descriptor (AMQP 1.0 part 1, section 1.2)."""

    descriptor: object
    value: object


class AmqpError(Exception):
    """A situation the peer is told about as an AMQP error: a condition symbol and a description."""

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(description)
        self.condition = condition
        self.description = description


class DecodeError(AmqpError):
    """Bytes that are no valid AMQP encoding."""

    def __init__(self, description: str) -> None:
        super().__init__("amqp:decode-error", description)

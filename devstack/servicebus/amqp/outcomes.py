"""The states that settle a delivery (AMQP 1.0 part 3, section 3.4), and errors inside them."""

from typing import NamedTuple

from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.performatives import ERROR
from devstack.servicebus.amqp.types import AmqpError, Described

ACCEPTED, REJECTED, RELEASED, MODIFIED = range(0x24, 0x28)


class Outcome(NamedTuple):
    """How a receiver settles a delivery; `info` belongs to `rejected`, the last two fields to `modified`."""

    code: int
    condition: str | None = None
    info: dict[object, object] | None = None
    delivery_failed: bool = False
    undeliverable_here: bool = False


ACCEPTED_STATE = encode.described(ACCEPTED, encode.EMPTY_LIST)


def read(state: Described | None) -> Outcome | None:
    """The outcome in a disposition, or None when it names none (a state that is not terminal)."""
    if state is None or state.descriptor not in (ACCEPTED, REJECTED, RELEASED, MODIFIED):
        return None
    fields = state.value if isinstance(state.value, list) else []
    if state.descriptor == REJECTED:
        return _rejected(fields)
    if state.descriptor == MODIFIED:
        flags = [*fields[:2], None, None]
        return Outcome(MODIFIED, delivery_failed=flags[0] is True, undeliverable_here=flags[1] is True)
    return Outcome(ACCEPTED if state.descriptor == ACCEPTED else RELEASED)


def _rejected(fields: list[object]) -> Outcome:
    if not fields or type(fields[0]) is not Described or not isinstance(fields[0].value, list):
        return Outcome(REJECTED)
    condition, _, info = [*fields[0].value, None, None, None][:3]
    return Outcome(
        REJECTED,
        condition=condition if isinstance(condition, str) else None,
        info=info if isinstance(info, dict) else None,
    )


def write(outcome: Outcome) -> bytes:
    """The outcome as it is echoed to a peer whose settlement was applied."""
    if outcome.code == MODIFIED:
        flags = [encode.boolean(outcome.delivery_failed), encode.boolean(outcome.undeliverable_here)]
        return encode.described(MODIFIED, encode.sequence(flags))
    return encode.described(outcome.code, encode.EMPTY_LIST)


def rejection(error: AmqpError) -> bytes:
    """`rejected` with the error that says why."""
    return encode.described(REJECTED, encode.sequence([write_error(error)]))


def write_error(error: AmqpError) -> bytes:
    """An AMQP error; always all three fields, because clients index the last one."""
    fields = [encode.symbol(error.condition), encode.string(error.description), encode.mapping([])]
    return encode.described(ERROR, encode.sequence(fields))

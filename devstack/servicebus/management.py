"""The $management node of a queue: renewing, peeking, scheduling, deferred messages and late settlement.

Operations and their fields are those of "AMQP in Azure Service Bus: request-response-based operations".
"""

from collections.abc import Callable
from uuid import UUID

from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.types import AmqpError, DecodeError
from devstack.servicebus.broker import bus
from devstack.servicebus.broker.errors import BadArgument, BusError, NotSupported
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.requests import Reply, Request

SUFFIX = "/$management"
_VENDOR = "com.microsoft:"
_OK, _NO_CONTENT, _BAD_REQUEST = 200, 204, 400
_SETTLED_ON_SEND = 0  # receiver-settle-mode of receive-and-delete

type _Body = dict[object, object]
type _Operation = Callable[[Queue, _Body], bytes | None]


def answer(queue: Queue, request: Request) -> Reply:
    """Carry a management request out; a refusal becomes a status, a condition and a description."""
    try:
        body = _perform(queue, request)
    except DecodeError as error:
        return _refusal(_BAD_REQUEST, error)
    except BusError as error:
        return _refusal(error.status, error)
    status = _NO_CONTENT if body is None else _OK
    properties = {"statusCode": encode.int32(status), "statusDescription": encode.string("OK")}
    return Reply(properties, encode.NULL if body is None else body)


def _perform(queue: Queue, request: Request) -> bytes | None:
    name = str(request.properties.get("operation"))
    operation = _OPERATIONS.get(name.removeprefix(_VENDOR))
    if operation is None:
        raise NotSupported(f"The operation {name} is not supported here.")
    if not isinstance(request.body, dict):
        raise BadArgument(f"The body of {name} must be a map.")
    return operation(queue, request.body)


def _refusal(status: int, error: AmqpError) -> Reply:
    return Reply(
        {
            "statusCode": encode.int32(status),
            "statusDescription": encode.string(error.description),
            "errorCondition": encode.symbol(error.condition),
        }
    )


# operations: each returns its encoded body, or None for "no content"


def _renew_lock(queue: Queue, body: _Body) -> bytes | None:
    expirations = queue.renew(_each(body, "lock-tokens", UUID))
    return _named(expirations=encode.timestamps(expirations))


def _peek_message(queue: Queue, body: _Body) -> bytes | None:
    first = _one(body, "from-sequence-number", int)
    count = _one(body, "message-count", int)
    messages = queue.peek(first, count)
    return _named(messages=_messages(messages)) if messages else None


def _schedule_message(queue: Queue, body: _Body) -> bytes | None:
    encoded = [_one(item, "message", bytes) for item in _each(body, "messages", dict)]
    numbers = [number for payload in encoded for number in bus.send(queue, payload)]
    return _named(sequence_numbers=encode.longs(numbers))


def _cancel_scheduled_message(queue: Queue, body: _Body) -> bytes | None:
    queue.cancel(_each(body, "sequence-numbers", int))
    return _named()


def _receive_by_sequence_number(queue: Queue, body: _Body) -> bytes | None:
    delete = _one(body, "receiver-settle-mode", int) == _SETTLED_ON_SEND
    messages = queue.receive_deferred(_each(body, "sequence-numbers", int), delete=delete)
    return _named(messages=_messages(messages, with_token=True))


def _update_disposition(queue: Queue, body: _Body) -> bytes | None:
    status = _one(body, "disposition-status", str)
    settle = _settlement(queue, status, body)
    for token in _each(body, "lock-tokens", UUID):
        settle(token)
    return _named()


def _settlement(queue: Queue, status: str, body: _Body) -> Callable[[UUID], None]:
    reason = str(body.get("deadletter-reason") or "")
    description = str(body.get("deadletter-description") or "")
    settlements: dict[str, Callable[[UUID], None]] = {
        "completed": queue.complete,
        "abandoned": queue.abandon,
        "defered": queue.defer,  # spelled so on the wire
        "suspended": lambda token: queue.dead_letter(token, reason=reason, description=description),
    }
    if status not in settlements:
        raise BadArgument(f"disposition-status must be one of {', '.join(settlements)}, not {status!r}.")
    return settlements[status]


_OPERATIONS: dict[str, _Operation] = {
    "renew-lock": _renew_lock,
    "peek-message": _peek_message,
    "schedule-message": _schedule_message,
    "cancel-scheduled-message": _cancel_scheduled_message,
    "receive-by-sequence-number": _receive_by_sequence_number,
    "update-disposition": _update_disposition,
}


def _one[T](body: _Body, name: str, kind: type[T]) -> T:
    value = body.get(name)
    if not isinstance(value, kind):
        raise BadArgument(f"{name} is missing or has a wrong type.")
    return value


def _each[T](body: _Body, name: str, kind: type[T]) -> list[T]:
    values = body.get(name)
    if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
        raise BadArgument(f"{name} is missing or has a wrong type.")
    return values


def _named(**values: bytes) -> bytes:
    return encode.mapping((encode.string(name.replace("_", "-")), value) for name, value in values.items())


def _messages(messages: list[Message], *, with_token: bool = False) -> bytes:
    return encode.sequence([_message(message, with_token=with_token) for message in messages])


def _message(message: Message, *, with_token: bool) -> bytes:
    pairs = [(encode.string("message"), encode.binary(message.render()))]
    if with_token:
        token = message.lock_token or UUID(int=0)
        pairs.append((encode.string("lock-token"), encode.uuid(token)))
    return encode.mapping(pairs)

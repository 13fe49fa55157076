"""The $management node of a queue: renewing, peeking, scheduling, deferred messages and late settlement.

Operations and their fields are those of "AMQP in Azure Service Bus: request-response-based operations".
"""

from collections.abc import Callable
from uuid import UUID

from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.types import AmqpError, DecodeError
from devstack.servicebus.broker import bus
from devstack.servicebus.broker.errors import BadArgument, BusError, NotAllowed, NotSupported
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.session_queue import SessionQueue
from devstack.servicebus.requests import Reply, Request

SUFFIX = "/$management"
_VENDOR = "com.microsoft:"
_OK, _NO_CONTENT, _BAD_REQUEST = 200, 204, 400
_ANY_TIME = 253_402_300_799_999  # the last of a .NET DateTime: sessions with messages, whenever they changed
_SETTLED_ON_SEND = 0  # receiver-settle-mode of receive-and-delete

type _Body = dict[object, object]
type _Operation = Callable[[Queue, _Body], bytes | None]
type _SessionOperation = Callable[[SessionQueue, _Body, object], bytes | None]


def answer(queue: Queue, request: Request, *, origin: object = None) -> Reply:
    """Carry a management request of a connection out.

    A refusal becomes a status, a condition and a description.
    """
    try:
        body = _perform(queue, request, origin)
    except DecodeError as error:
        return _refusal(_BAD_REQUEST, error)
    except BusError as error:
        return _refusal(error.status, error)
    status = _NO_CONTENT if body is None else _OK
    properties = {"statusCode": encode.int32(status), "statusDescription": encode.string("OK")}
    return Reply(properties, encode.NULL if body is None else body)


def _perform(queue: Queue, request: Request, origin: object) -> bytes | None:
    name = str(request.properties.get("operation")).removeprefix(_VENDOR)
    if name not in _OPERATIONS and name not in _SESSION_OPERATIONS:
        raise NotSupported(f"The operation {name} is not supported here.")
    if not isinstance(request.body, dict):
        raise BadArgument(f"The body of {name} must be a map.")
    if isinstance(queue, SessionQueue) and name in _SESSION_OPERATIONS:
        return _SESSION_OPERATIONS[name](queue, request.body, origin)
    if name not in _OPERATIONS:
        raise NotAllowed(f"{queue.name} does not require sessions: {name} is not for it.")
    return _OPERATIONS[name](queue, request.body)


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
    session_id = _one(body, "session-id", str) if body.get("session-id") is not None else None
    messages = queue.peek(first, count, session_id=session_id)
    return _named(messages=_messages(messages)) if messages else None


def _schedule_message(queue: Queue, body: _Body) -> bytes | None:
    encoded = [_one(item, "message", bytes) for item in _each(body, "messages", dict)]
    numbers = [number for payload in encoded for number in bus.send(queue, payload)]
    return _named(sequence_numbers=encode.longs(numbers))


def _cancel_scheduled_message(queue: Queue, body: _Body) -> bytes | None:
    queue.cancel(_each(body, "sequence-numbers", int))
    return _named()


def _receive_by_sequence_number(queue: Queue, body: _Body) -> bytes | None:
    messages = queue.receive_deferred(_each(body, "sequence-numbers", int), delete=_deletes(body))
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


# operations on queues that require sessions, for the connection that holds the session


def _receive_of_session(queue: SessionQueue, body: _Body, origin: object) -> bytes | None:
    messages = queue.receive_deferred_of(
        _one(body, "session-id", str),
        _each(body, "sequence-numbers", int),
        delete=_deletes(body),
        origin=origin,
    )
    return _named(messages=_messages(messages, with_token=True))


def _renew_session_lock(queue: SessionQueue, body: _Body, origin: object) -> bytes | None:
    until = queue.renew_session(_one(body, "session-id", str), origin)
    return _named(expiration=encode.timestamp(until))


def _get_session_state(queue: SessionQueue, body: _Body, origin: object) -> bytes | None:
    state = queue.state(_one(body, "session-id", str), origin)
    return _named(session_state=encode.NULL if state is None else encode.binary(state))


def _set_session_state(queue: SessionQueue, body: _Body, origin: object) -> bytes | None:
    state = None if body.get("session-state") is None else _one(body, "session-state", bytes)
    queue.set_state(_one(body, "session-id", str), state, origin)
    return _named()


def _get_message_sessions(queue: SessionQueue, body: _Body, _origin: object) -> bytes | None:
    skip, top = _one(body, "skip", int), _one(body, "top", int)
    if skip < 0 or top < 0:
        raise BadArgument("skip and top must not be negative.")
    after = _one(body, "last-updated-time", int)
    ids = queue.sessions(skip, top, changed_after=None if after >= _ANY_TIME else after)
    return _named(skip=encode.int32(skip), sessions_ids=encode.strings(ids)) if ids else None


_SESSION_OPERATIONS: dict[str, _SessionOperation] = {
    "receive-by-sequence-number": _receive_of_session,
    "renew-session-lock": _renew_session_lock,
    "get-session-state": _get_session_state,
    "set-session-state": _set_session_state,
    "get-message-sessions": _get_message_sessions,
}


def _deletes(body: _Body) -> bool:
    return _one(body, "receiver-settle-mode", int) == _SETTLED_ON_SEND


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

"""A received Service Bus message as the trigger hands it to the worker.

Names and encodings are those of the Service Bus extension, version 5: text stays text, all else is JSON. The
moments whose names end in Utc carry no zone, so the app sees naive datetimes, as in the cloud.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.amqp import AmqpMessageBodyType

from devstack.host.calls import Call, Function, Trace
from devstack.host.tracing import new_trace


def body(message: ServiceBusReceivedMessage) -> bytes:
    """The payload in bytes; a value body must be text or bytes."""
    if message.body_type is AmqpMessageBodyType.DATA:
        return b"".join(message.body)
    value = message.body
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    raise ValueError(f"Message {message.message_id} has a body that is neither bytes nor text; send bytes.")


def one(function: Function, message: ServiceBusReceivedMessage) -> Call:
    """The call of a trigger that takes one message; absent properties are left out."""
    payload = body(message)
    try:
        payload.decode()
    except UnicodeDecodeError:
        kind = "bytes"
    else:
        kind = "string"
    facts = {name: _typed(value) for name, value in _facts(message).items() if value is not None}
    return Call(function, kind, _trace(message), payload, metadata=facts)


def many(function: Function, messages: Sequence[ServiceBusReceivedMessage]) -> Call:
    """The call of a trigger that takes a batch: one array per property, nulls kept."""
    facts = [_facts(message) for message in messages]
    metadata = {f"{name}Array": _typed([fact[name] for fact in facts]) for name in facts[0]}
    # the extension fills this array with partition keys, which may be a slip of its own
    metadata["TransactionPartitionKeyArray"] = metadata["PartitionKeyArray"]
    payloads = [body(message) for message in messages]
    lengths = {"lengths": [len(payload) for payload in payloads]}
    trace = _trace(messages[0])
    return Call(function, "batch", trace, b"".join(payloads), facts=lengths, metadata=metadata)


def _trace(message: ServiceBusReceivedMessage) -> Trace:
    """The W3C context its sender put on the message, or a fresh one."""
    properties = _properties(message)
    parent = properties.get("traceparent") or properties.get("Diagnostic-Id")
    if not isinstance(parent, str):
        return new_trace()
    return parent, str(properties.get("tracestate") or "")


def _facts(message: ServiceBusReceivedMessage) -> dict[str, Any]:
    properties = _properties(message)
    return {
        "DeliveryCount": (message.delivery_count or 0) + 1,  # AMQP counts failed deliveries only
        "DeadLetterSource": message.dead_letter_source,
        "LockToken": str(message.lock_token),
        "ExpiresAtUtc": _naive(message.expires_at_utc),
        "ExpiresAt": _zoned(message.expires_at_utc),
        "EnqueuedTimeUtc": _naive(message.enqueued_time_utc),
        "EnqueuedTime": _zoned(message.enqueued_time_utc),
        "MessageId": message.message_id,
        "ContentType": message.content_type,
        "ReplyTo": message.reply_to,
        "SequenceNumber": message.sequence_number,
        "To": message.to,
        "Subject": message.subject,
        "Label": message.subject,
        "CorrelationId": message.correlation_id,
        "ApplicationProperties": properties,
        "UserProperties": properties,
        "SessionId": message.session_id,
        "ReplyToSessionId": message.reply_to_session_id,
        "PartitionKey": message.partition_key,
        "TransactionPartitionKey": _via_partition_key(message),
    }


def _via_partition_key(message: ServiceBusReceivedMessage) -> str | None:
    annotations: Mapping[Any, Any] = message.raw_amqp_message.annotations or {}
    value = annotations.get(b"x-opt-via-partition-key")
    return None if value is None else _text(value)


def _properties(message: ServiceBusReceivedMessage) -> dict[str, Any]:
    found: Mapping[Any, Any] = message.application_properties or {}
    return {_text(name): _plain(value) for name, value in found.items()}


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _plain(value: object) -> object:
    """A property value as JSON has it; moments and identifiers become text."""
    if isinstance(value, datetime):
        return _zoned(value)
    return value if isinstance(value, bool | int | float | None) else _text(value)


def _naive(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() if moment else None


def _zoned(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _typed(value: object) -> tuple[str, str]:
    return ("string", value) if isinstance(value, str) else ("json", json.dumps(value))

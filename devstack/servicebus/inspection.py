"""A queued message as JSON, for people and tests that look into a queue."""

from uuid import UUID

from devstack.servicebus import sections
from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.broker.message import Message

_STANDARD = {
    0: "messageId",
    3: "subject",
    5: "correlationId",
    6: "contentType",
    10: "sessionId",
}  # fields of the properties section (AMQP 1.0 part 3, section 3.2.4)


def describe(message: Message) -> dict[str, object]:
    """The message's ids, state, properties and body; times in milliseconds since the epoch."""
    properties, application, body = _read(message.bare)
    return {
        **{name: _json(properties[at]) for at, name in _STANDARD.items() if at < len(properties)},
        "sequenceNumber": message.sequence_number,
        "enqueuedAt": message.enqueued_at,
        "scheduledAt": message.scheduled_at,
        "expiresAt": message.expires_at,
        "deliveryCount": message.delivery_count,
        "state": message.shown.name.lower(),
        "lockedUntil": message.locked_until if message.is_locked else None,
        "deadLetterSource": message.dead_letter_source,
        "deadLetterReason": _json(application.get("DeadLetterReason")),
        "deadLetterErrorDescription": _json(application.get("DeadLetterErrorDescription")),
        "applicationProperties": _json(application),
        "body": body,
    }


def _read(bare: bytes) -> tuple[list[object], dict[object, object], object]:
    properties: list[object] = []
    application: dict[object, object] = {}
    values: list[object] = []
    for section in sections.split(bare):
        value, _ = decode(bare, section.value)
        if section.code == sections.PROPERTIES and isinstance(value, list):
            properties = value
        elif section.code == sections.APPLICATION_PROPERTIES and isinstance(value, dict):
            application = value
        elif section.code in (sections.DATA, sections.SEQUENCE, sections.VALUE):
            values.append(value)
    return properties, application, _body(values)


def _body(values: list[object]) -> object:
    if values and all(isinstance(value, bytes) for value in values):
        return b"".join(value for value in values if isinstance(value, bytes)).decode("utf-8", "replace")
    return _json(values[0] if len(values) == 1 else values)


def _json(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return {str(_json(key)): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return str(value) if isinstance(value, UUID) else value

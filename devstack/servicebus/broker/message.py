"""One message in a queue: the sender's sections kept as they came, the broker's own state beside them."""

import enum
from dataclasses import dataclass
from uuid import UUID, uuid4

from devstack.servicebus import sections
from devstack.servicebus.amqp import encode
from devstack.servicebus.amqp.types import AmqpError


class Shown(enum.IntEnum):
    """The state that a receiver sees, by its number on the wire."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


@dataclass(slots=True, eq=False)
class Message:
    """Times are in milliseconds since the epoch; `sequence_number` is 0 until the queue gives one."""

    head: sections.Head
    annotations: sections.RawMap
    bare: bytes
    message_id: object
    session_id: str | None
    time_to_live: int | None
    scheduled_at: int | None
    sequence_number: int = 0
    enqueued_sequence_number: int = 0
    enqueued_at: int = 0
    expires_at: int | None = None
    delivery_count: int = 0
    lock_token: UUID | None = None
    locked_until: int = 0
    shown: Shown = Shown.ACTIVE
    dead_letter_source: str | None = None

    @property
    def size(self) -> int:
        """The octets that count towards the queue's size."""
        return len(self.bare) + len(self.annotations.body)

    @property
    def is_locked(self) -> bool:
        """Whether a receiver holds it."""
        return self.lock_token is not None

    def dead_letter(self, source: str, reason: str, description: str) -> None:
        """Note where it comes from and why, the latter as application properties."""
        notes = {"DeadLetterReason": reason, "DeadLetterErrorDescription": description}
        self.bare = sections.with_application_properties(self.bare, notes)
        self.dead_letter_source = source
        self.shown = Shown.ACTIVE
        self.expires_at = self.time_to_live = None

    def as_sent(self) -> bytes:
        """The message as its sender encoded it, without what only the broker knows."""
        return (
            sections.write_head(self.head, 0) + sections.write_annotations(self.annotations, []) + self.bare
        )

    def render(self) -> bytes:
        """The message as it is delivered, with the broker's annotations and delivery count."""
        annotations = [
            (_SEQUENCE_NUMBER, encode.long(self.sequence_number)),
            (_ENQUEUED_TIME, encode.timestamp(self.enqueued_at)),
            (_ENQUEUED_SEQUENCE_NUMBER, encode.long(self.enqueued_sequence_number)),
            (_STATE, encode.int32(self.shown)),
        ]
        if self.is_locked:
            annotations.append((_LOCKED_UNTIL, encode.timestamp(self.locked_until)))
        if self.dead_letter_source is not None:
            annotations.append((_DEAD_LETTER_SOURCE, encode.string(self.dead_letter_source)))
        if self.scheduled_at is not None:
            annotations.append((_SCHEDULED_TIME, encode.timestamp(self.scheduled_at)))
        head = sections.write_head(self.head, self.delivery_count)
        return head + sections.write_annotations(self.annotations, annotations) + self.bare


def parse(payload: bytes) -> Message:
    """A message as a sender encoded it; AmqpError `amqp:decode-error` when it is none.

    A message without a message id gets one, because some clients cannot settle without.
    """
    parts = sections.read(payload)
    annotations = sections.annotations(parts.annotations)
    scheduled_at = annotations.decoded.get("x-opt-scheduled-enqueue-time")
    if scheduled_at is not None and type(scheduled_at) is not int:
        raise AmqpError("amqp:decode-error", "x-opt-scheduled-enqueue-time must be a timestamp.")
    message_id, bare = parts.message_id, parts.bare
    if message_id is None:
        message_id = uuid4().hex
        bare = sections.with_message_id(bare, message_id)
    return Message(
        head=parts.head,
        annotations=annotations.raw,
        bare=bare,
        message_id=message_id,
        session_id=parts.session_id,
        time_to_live=parts.head.time_to_live,
        scheduled_at=scheduled_at,
    )


_SEQUENCE_NUMBER = encode.symbol("x-opt-sequence-number")
_ENQUEUED_TIME = encode.symbol("x-opt-enqueued-time")
_ENQUEUED_SEQUENCE_NUMBER = encode.symbol("x-opt-enqueue-sequence-number")
_STATE = encode.symbol("x-opt-message-state")
_LOCKED_UNTIL = encode.symbol("x-opt-locked-until")
_DEAD_LETTER_SOURCE = encode.symbol("x-opt-deadletter-source")
_SCHEDULED_TIME = encode.symbol("x-opt-scheduled-enqueue-time")

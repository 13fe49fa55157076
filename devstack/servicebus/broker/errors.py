"""What a queue refuses, with the conditions that the service's clients know by name."""

from typing import ClassVar

from devstack.servicebus.amqp.types import AmqpError


class BusError(AmqpError):
    """A refusal: an AMQP error condition, a description, and the status of a management reply."""

    named: ClassVar[str] = "amqp:internal-error"
    status: ClassVar[int] = 500

    def __init__(self, description: str) -> None:
        super().__init__(self.named, description)


class LockLost(BusError):
    """The lock has expired or its message is settled already."""

    named = "com.microsoft:message-lock-lost"
    status = 410


class MessageNotFound(BusError):
    """No message in the asked state has this sequence number."""

    named = "com.microsoft:message-not-found"
    status = 404


class QueueNotFound(BusError):
    """No queue has this name."""

    named = "amqp:not-found"
    status = 404


class QueueExists(BusError):
    """A queue of this name exists already."""

    named = "com.microsoft:entity-already-exists"
    status = 409


class MessageTooBig(BusError):
    """The message exceeds the size limit."""

    named = "amqp:link:message-size-exceeded"
    status = 413


class NotAllowed(BusError):
    """The queue does not offer this."""

    named = "amqp:not-allowed"
    status = 403


class BadArgument(BusError):
    """A request has a missing or malformed argument."""

    named = "com.microsoft:argument-error"
    status = 400


class NotSupported(BusError):
    """The emulator does not offer this operation."""

    named = "amqp:not-implemented"
    status = 501


class Unauthorized(BusError):
    """No valid token covers the entity."""

    named = "amqp:unauthorized-access"
    status = 401


class SessionLockLost(BusError):
    """The session's lock has expired, or another receiver holds the session."""

    named = "com.microsoft:session-lock-lost"
    status = 410


class SessionCannotBeLocked(BusError):
    """Another receiver holds the session."""

    named = "com.microsoft:session-cannot-be-locked"
    status = 409


class NoSessionInTime(BusError):
    """No session with messages became free within the receiver's time."""

    named = "com.microsoft:timeout"
    status = 408


class QueueFull(BusError):
    """The messages in the queue have reached its size."""

    named = "amqp:resource-limit-exceeded"
    status = 403


class LinkForcedOff(BusError):
    """The service ends a link that may not go on."""

    named = "amqp:link:detach-forced"
    status = 401


class TooManyRequests(BusError):
    """A client asks on without taking the answers."""

    named = "amqp:resource-limit-exceeded"
    status = 429


class TooManyConnections(BusError):
    """The namespace takes no further connection."""

    named = "amqp:resource-limit-exceeded"
    status = 403

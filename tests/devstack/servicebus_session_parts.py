"""A queue with sessions, and receivers that ask it for one, for tests that talk to the broker directly."""

from devstack.servicebus.amqp.types import AmqpError
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.session_queue import SessionQueue
from devstack.servicebus.broker.settings import QueueSettings
from tests.devstack.servicebus_parts import SECOND, Clock, Inbox

LOCK = 10  # seconds
PATIENCE = 30 * SECOND


class Guest(Inbox):
    """A receiver of one session; it is its own connection."""

    def __init__(self, credit: int = 0, *, deletes: bool = False) -> None:
        super().__init__(credit, deletes=deletes)
        self.origin: object = self
        self.session_id: str | None = None
        self.locked_until = 0
        self.errors: list[str] = []

    def accepted(self, session_id: str, locked_until: int) -> None:
        self.session_id, self.locked_until = session_id, locked_until

    def refused(self, error: AmqpError) -> None:
        self.errors.append(error.condition)

    def lost(self, error: AmqpError) -> None:
        self.session_id = None
        self.errors.append(error.condition)


def talks(clock: Clock) -> SessionQueue:
    """A queue that requires sessions, with three deliveries."""
    return SessionQueue(
        QueueSettings("talks", lock_duration=LOCK * SECOND, max_delivery_count=3, requires_session=True),
        clock=clock,
    )


def accept(queue: SessionQueue, session_id: str | None = None, *, credit: int = 0) -> Guest:
    """A receiver that has asked for a session, and takes messages if it has credit."""
    guest = Guest(credit)
    queue.accept(guest, session_id, patience=PATIENCE)
    if credit and guest.session_id is not None:
        queue.ready(guest)
    return guest


def take(queue: SessionQueue, guest: Guest) -> Message | None:
    """The next message for a receiver, if there is one."""
    guest.credit = 1
    queue.ready(guest)
    if guest.credit:
        guest.credit = 0
        return None
    return guest.messages[-1]

"""Messages, a clock and a receiver for tests that talk to the broker's queues directly."""

from uuid import UUID

from devstack.servicebus import sections
from devstack.servicebus.amqp import encode
from devstack.servicebus.broker.message import Message, parse
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import MINUTE, QueueSettings
from devstack.servicebus.inspection import describe

START = 1_800_000_000_000  # milliseconds since the epoch
SECOND = 1000


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


class Inbox:
    """A receiver that keeps what it is given."""

    def __init__(self, credit: int = 1, *, deletes: bool = False) -> None:
        self.credit = credit
        self.is_settled_on_send = deletes
        self.messages: list[Message] = []

    def deliver(self, message: Message) -> None:
        self.credit -= 1
        self.messages.append(message)

    def bodies(self) -> list[str]:
        return [body(message) for message in self.messages]


def encoded(
    text: str,
    *,
    message_id: str | None = None,
    session: str | None = None,
    life: int | None = None,
    due: int | None = None,
) -> bytes:
    """A message as a sender encodes it; `life` in milliseconds, `due` in milliseconds since the epoch."""
    head = sections.Head(time_to_live=life)
    annotations = (
        [] if due is None else [(encode.symbol("x-opt-scheduled-enqueue-time"), encode.timestamp(due))]
    )
    properties = [encode.NULL] * 11
    properties[0] = encode.NULL if message_id is None else encode.string(message_id)
    properties[10] = encode.NULL if session is None else encode.string(session)
    return b"".join(
        [
            sections.write_head(head, 0),
            sections.write_annotations(sections.RawMap(), annotations),
            encode.described(sections.PROPERTIES, encode.sequence(properties)),
            encode.described(sections.DATA, encode.binary(text.encode())),
        ]
    )


def message(
    text: str,
    *,
    message_id: str | None = None,
    session: str | None = None,
    life: int | None = None,
    due: int | None = None,
) -> Message:
    """The same, parsed."""
    return parse(encoded(text, message_id=message_id, session=session, life=life, due=due))


def body(of: Message) -> str:
    """The text of a message."""
    return str(describe(of)["body"])


def jobs(clock: Clock) -> Queue:
    """A queue with every rule switched on: locks of ten seconds, three deliveries, ten minutes to live."""
    options = QueueSettings(
        "jobs",
        lock_duration=10 * SECOND,
        max_delivery_count=3,
        default_time_to_live=10 * MINUTE,
        has_duplicate_detection=True,
        duplicate_window=MINUTE,
        dead_letters_expired=True,
    )
    return Queue(options, clock=clock)


def receive(queue: Queue) -> Message:
    inbox = Inbox()
    queue.ready(inbox)
    queue.leave(inbox)
    assert inbox.messages, "nothing was delivered"
    return inbox.messages[0]


def is_empty(queue: Queue) -> bool:
    inbox = Inbox()
    queue.ready(inbox)
    queue.leave(inbox)
    return not inbox.messages


def token(of: Message) -> UUID:
    assert of.lock_token is not None
    return of.lock_token


def graves(queue: Queue) -> Queue:
    assert queue.dead_letters is not None
    return queue.dead_letters

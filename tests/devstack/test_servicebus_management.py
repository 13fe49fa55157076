"""The $management node: requests that make no sense are answered, never obeyed by half."""

from uuid import UUID, uuid4

import pytest

from devstack.servicebus import management
from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import QueueSettings
from devstack.servicebus.requests import Request
from tests.devstack.servicebus_parts import START, Clock, Inbox, encoded, message


@pytest.fixture
def queue() -> Queue:
    return Queue(QueueSettings("jobs"), clock=Clock())


def ask(queue: Queue, operation: object, body: object) -> tuple[object, object, object]:
    """The reply's status, error condition and body."""
    reply = management.answer(queue, Request(b"\x40", {"operation": operation}, body))
    properties = {name: decode(value)[0] for name, value in reply.properties.items()}
    return properties["statusCode"], properties.get("errorCondition"), decode(reply.body)[0]


ARGUMENT = (400, "com.microsoft:argument-error", None)
NOT_FOUND = (404, "com.microsoft:message-not-found", None)
NOT_ALLOWED = (403, "amqp:not-allowed", None)
NOT_SUPPORTED = (501, "amqp:not-implemented", None)


@pytest.mark.parametrize(
    ("operation", "body", "answer"),
    [
        ("get-session-state", {"session-id": "a"}, NOT_ALLOWED),
        ("get-everything", {}, NOT_SUPPORTED),
        (None, {}, NOT_SUPPORTED),
        ("renew-lock", None, ARGUMENT),
        ("renew-lock", {"lock-tokens": ["x"]}, ARGUMENT),
        ("renew-lock", {"lock-tokens": [uuid4()]}, (410, "com.microsoft:message-lock-lost", None)),
        ("peek-message", {"message-count": 1}, ARGUMENT),
        ("schedule-message", {"messages": [{"message": b"x"}]}, (400, "amqp:decode-error", None)),
        ("schedule-message", {"messages": [{}]}, ARGUMENT),
        ("cancel-scheduled-message", {"sequence-numbers": [7]}, NOT_FOUND),
        ("receive-by-sequence-number", {"sequence-numbers": [7], "receiver-settle-mode": 1}, NOT_FOUND),
        ("update-disposition", {"disposition-status": "eaten", "lock-tokens": []}, ARGUMENT),
    ],
)
def test_request_that_cannot_be_met_is_answered_with_status_and_condition(
    queue: Queue, operation: object, body: object, answer: tuple[object, ...]
) -> None:
    assert ask(queue, operation, body) == answer
    assert sum(queue.counts()) == 0


def test_peeking_beyond_the_last_message_is_no_content(queue: Queue) -> None:
    queue.send(message("a"))
    assert ask(queue, "peek-message", {"from-sequence-number": 2, "message-count": 1}) == (204, None, None)


def test_scheduling_answers_the_sequence_numbers(queue: Queue) -> None:
    messages = [{"message": encoded(text, due=START + 1000)} for text in "ab"]
    assert ask(queue, "schedule-message", {"messages": messages}) == (200, None, {"sequence-numbers": [1, 2]})
    assert queue.counts().scheduled == 2


@pytest.mark.parametrize(
    ("status", "left", "buried"),
    [
        ("completed", (0, 0, 0, 0), 0),
        ("abandoned", (1, 0, 0, 0), 0),
        ("defered", (0, 0, 1, 0), 0),
        ("suspended", (0, 0, 0, 0), 1),
    ],
)
def test_late_settlement_goes_by_the_lock_token(
    queue: Queue, status: str, left: tuple[int, ...], buried: int
) -> None:
    queue.send(message("a"))
    inbox = Inbox()
    queue.ready(inbox)
    held: UUID | None = inbox.messages[0].lock_token
    body = {"disposition-status": status, "lock-tokens": [held], "deadletter-reason": "r"}
    assert ask(queue, "com.microsoft:update-disposition", body)[0] == 200
    assert queue.dead_letters is not None
    assert queue.counts() == left
    assert sum(queue.dead_letters.counts()) == buried

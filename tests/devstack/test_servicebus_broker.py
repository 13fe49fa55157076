"""The rules of a queue: order, turns, settling, dead letters, sizes."""

from uuid import uuid4

import pytest

from devstack.servicebus.broker.bus import MAX_MESSAGE_SIZE, Bus, send
from devstack.servicebus.broker.consumers import SharedLine
from devstack.servicebus.broker.errors import (
    LockLost,
    MessageNotFound,
    MessageTooBig,
    QueueNotFound,
)
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import QueueSettings
from devstack.servicebus.inspection import describe
from tests.devstack.servicebus_parts import (
    SECOND,
    START,
    Clock,
    Inbox,
    encoded,
    graves,
    is_empty,
    jobs,
    message,
    receive,
    token,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> Queue:
    return jobs(clock)


def test_messages_are_delivered_in_the_order_of_sending(queue: Queue) -> None:
    for text in ("a", "b", "c"):
        queue.send(message(text))
    inbox = Inbox(credit=2)
    queue.ready(inbox)
    assert inbox.bodies() == ["a", "b"]
    inbox.credit = 1
    queue.ready(inbox)
    assert inbox.bodies() == ["a", "b", "c"]


def test_waiting_receivers_take_turns(queue: Queue) -> None:
    first, second = Inbox(credit=5), Inbox(credit=5)
    queue.ready(first)
    queue.ready(second)
    for text in "abcd":
        queue.send(message(text))
    assert (first.bodies(), second.bodies()) == (["a", "c"], ["b", "d"])


def test_a_receiver_that_left_gets_nothing(queue: Queue) -> None:
    inbox = Inbox()
    queue.ready(inbox)
    queue.leave(inbox)
    queue.send(message("a"))
    assert inbox.bodies() == []


def test_abandoned_message_comes_back_first_and_is_counted(queue: Queue) -> None:
    queue.send(message("a"))
    queue.send(message("b"))
    queue.abandon(token(receive(queue)))
    again = receive(queue)
    assert (describe(again)["body"], again.delivery_count) == ("a", 1)


def test_released_message_comes_back_uncounted(queue: Queue) -> None:
    queue.send(message("a"))
    queue.release(token(receive(queue)))
    assert receive(queue).delivery_count == 0


def test_message_is_dead_lettered_after_its_last_delivery(queue: Queue) -> None:
    queue.send(message("a"))
    for _ in range(3):
        queue.abandon(token(receive(queue)))
    assert is_empty(queue)
    buried = describe(receive(graves(queue)))
    assert buried["deadLetterReason"] == "MaxDeliveryCountExceeded"
    assert (buried["deadLetterSource"], buried["deliveryCount"]) == ("jobs", 3)


def test_dead_letter_keeps_the_message_and_names_the_reason(queue: Queue) -> None:
    number = queue.send(message("a", message_id="7"))
    queue.dead_letter(token(receive(queue)), reason="Bad", description="No body")
    buried = describe(receive(graves(queue)))
    assert (buried["messageId"], buried["body"], buried["sequenceNumber"]) == ("7", "a", number)
    assert (buried["deadLetterReason"], buried["deadLetterErrorDescription"]) == ("Bad", "No body")


def test_deferred_message_comes_only_by_its_sequence_number(queue: Queue) -> None:
    number = queue.send(message("a"))
    queue.defer(token(receive(queue)))
    assert is_empty(queue)
    assert queue.counts().deferred == 1
    [held] = queue.receive_deferred([number], delete=False)
    with pytest.raises(MessageNotFound):
        queue.receive_deferred([number], delete=False)
    queue.complete(token(held))
    assert sum(queue.counts()) == 0


def test_abandoned_deferred_message_stays_deferred(queue: Queue) -> None:
    number = queue.send(message("a"))
    queue.defer(token(receive(queue)))
    [held] = queue.receive_deferred([number], delete=False)
    queue.abandon(token(held))
    assert is_empty(queue)
    assert queue.receive_deferred([number], delete=True)[0].delivery_count == 1
    assert sum(queue.counts()) == 0


def test_receive_and_delete_leaves_nothing_behind(queue: Queue) -> None:
    queue.send(message("a"))
    inbox = Inbox(deletes=True)
    queue.ready(inbox)
    assert inbox.bodies() == ["a"]
    assert sum(queue.counts()) == 0


def test_peek_shows_messages_of_every_state_in_order(queue: Queue) -> None:
    for text in ("locked", "deferred", "active"):
        queue.send(message(text))
    queue.send(message("scheduled", due=START + SECOND))
    receive(queue)
    queue.defer(token(receive(queue)))
    assert [describe(each)["body"] for each in queue.peek(0, 10)] == [
        "locked",
        "deferred",
        "active",
        "scheduled",
    ]
    assert [describe(each)["body"] for each in queue.peek(2, 2)] == ["deferred", "active"]
    assert [describe(each)["body"] for each in queue.peek(5, 2)] == []


def test_message_without_an_id_gets_one(queue: Queue) -> None:
    queue.send(message("a"))
    queue.send(message("b"))
    ids = {describe(receive(queue))["messageId"] for _ in range(2)}
    assert len(ids) == 2
    assert None not in ids


def test_expiring_all_locks_counts_a_delivery(queue: Queue) -> None:
    queue.send(message("a"))
    receive(queue)
    queue.expire_locks()
    assert receive(queue).delivery_count == 1


def test_cleared_queue_is_empty_and_forgets_message_ids(queue: Queue, clock: Clock) -> None:
    for number in range(3):
        queue.send(message("a", message_id=str(number)))
    receive(queue)
    queue.clear()
    assert sum(queue.counts()) == 0
    assert queue.next_deadline() is None
    clock.pass_seconds(60)
    assert queue.send(message("a", message_id="0")) > 3


def test_queues_are_found_by_any_form_of_their_address(clock: Clock) -> None:
    bus = Bus([QueueSettings("Jobs")], clock=clock)
    assert bus.find("amqps://localhost:5672/jobs") is bus.find("Jobs")
    assert bus.find("jobs/$deadletterqueue").name == "Jobs/$DeadLetterQueue"
    with pytest.raises(QueueNotFound):
        bus.find("amqps://localhost/other")


def test_message_above_the_limit_is_refused(queue: Queue) -> None:
    send(queue, encoded("x" * (MAX_MESSAGE_SIZE - 100)))
    with pytest.raises(MessageTooBig):
        send(queue, encoded("x" * MAX_MESSAGE_SIZE))
    assert queue.counts().active == 1


def test_unknown_token_is_lock_lost(queue: Queue) -> None:
    with pytest.raises(LockLost):
        queue.complete(uuid4())


def test_memory_of_settled_messages_is_given_back(queue: Queue) -> None:
    inbox = Inbox(credit=5000)
    queue.ready(inbox)
    for number in range(5000):
        queue.send(message("a", message_id=str(number)))
        queue.complete(token(inbox.messages.pop()))
    assert all(heap < 100 for heap in heap_sizes(queue))


def test_memory_does_not_grow_with_releases(queue: Queue) -> None:
    queue.send(message("a"))
    for _ in range(1000):
        queue.release(token(receive(queue)))
    assert all(heap < 100 for heap in heap_sizes(queue))


def heap_sizes(queue: Queue) -> list[int]:
    assert isinstance(queue._line, SharedLine)
    return [len(queue._line._available._heap), len(queue._expiring._heap), len(queue._locks._ends._heap)]

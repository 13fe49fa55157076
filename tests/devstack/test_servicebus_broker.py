"""The rules of a queue, with time in the test's hand."""

from uuid import UUID, uuid4

import pytest

from devstack.servicebus.broker.bus import MAX_MESSAGE_SIZE, Bus, send
from devstack.servicebus.broker.errors import (
    LockLost,
    MessageNotFound,
    MessageTooBig,
    NotAllowed,
    QueueNotFound,
)
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import MINUTE, QueueSettings
from devstack.servicebus.inspection import describe
from tests.devstack.servicebus_parts import SECOND, START, Clock, Inbox, encoded, message


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> Queue:
    settings = QueueSettings(
        "jobs",
        lock_duration=10 * SECOND,
        max_delivery_count=3,
        default_time_to_live=10 * MINUTE,
        has_duplicate_detection=True,
        duplicate_window=MINUTE,
        dead_letters_expired=True,
    )
    return Queue(settings, clock=clock)


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


def test_locked_message_is_invisible_until_its_lock_ends(queue: Queue, clock: Clock) -> None:
    queue.send(message("a"))
    held = receive(queue)
    clock.pass_seconds(9.999)
    assert is_empty(queue)
    clock.pass_seconds(0.001)
    again = receive(queue)
    assert again is held
    assert again.delivery_count == 1


def test_settling_after_the_lock_ended_is_lock_lost(queue: Queue, clock: Clock) -> None:
    queue.send(message("a"))
    late = token(receive(queue))
    clock.pass_seconds(10)
    for settle in (queue.complete, queue.abandon, queue.release, queue.defer):
        with pytest.raises(LockLost):
            settle(late)
    with pytest.raises(LockLost):
        queue.dead_letter(late, reason="", description="")
    with pytest.raises(LockLost):
        queue.renew([late])


def test_renewed_lock_lasts_its_full_duration_again(queue: Queue, clock: Clock) -> None:
    queue.send(message("a"))
    held = receive(queue)
    clock.pass_seconds(8)
    assert queue.renew([token(held)]) == [START + 18 * SECOND]
    clock.pass_seconds(9)
    assert is_empty(queue)
    queue.complete(token(held))
    assert sum(queue.counts()) == 0


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


def test_ended_locks_count_as_deliveries_too(queue: Queue, clock: Clock) -> None:
    queue.send(message("a"))
    for _ in range(3):
        receive(queue)
        clock.pass_seconds(10)
    assert is_empty(queue)
    assert describe(receive(graves(queue)))["deadLetterReason"] == "MaxDeliveryCountExceeded"


def test_dead_letter_keeps_the_message_and_names_the_reason(queue: Queue) -> None:
    number = queue.send(message("a", message_id="7"))
    queue.dead_letter(token(receive(queue)), reason="Bad", description="No body")
    buried = describe(receive(graves(queue)))
    assert (buried["messageId"], buried["body"], buried["sequenceNumber"]) == ("7", "a", number)
    assert (buried["deadLetterReason"], buried["deadLetterErrorDescription"]) == ("Bad", "No body")


def test_dead_letters_neither_expire_nor_run_out_of_deliveries(queue: Queue, clock: Clock) -> None:
    queue.send(message("a", life=SECOND))
    queue.dead_letter(token(receive(queue)), reason="Bad", description="")
    for _ in range(20):
        clock.pass_seconds(3600)
        graves(queue).abandon(token(receive(graves(queue))))
    assert receive(graves(queue)).delivery_count == 20
    with pytest.raises(NotAllowed):
        graves(queue).send(message("b"))


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


def test_scheduled_message_arrives_when_due_with_a_new_sequence_number(queue: Queue, clock: Clock) -> None:
    promised = queue.send(message("later", due=START + 5 * SECOND))
    queue.send(message("now"))
    assert queue.next_deadline() == START + 5 * SECOND
    assert describe(receive(queue))["body"] == "now"
    clock.pass_seconds(5)
    arrived = receive(queue)
    assert describe(arrived)["body"] == "later"
    assert arrived.sequence_number > promised
    assert arrived.enqueued_at == START + 5 * SECOND


def test_cancelled_message_never_arrives(queue: Queue, clock: Clock) -> None:
    first = queue.send(message("a", due=START + 5 * SECOND))
    second = queue.send(message("b", due=START + 5 * SECOND))
    queue.cancel([first])
    with pytest.raises(MessageNotFound):
        queue.cancel([second, first])
    clock.pass_seconds(5)
    assert describe(receive(queue))["body"] == "b"
    assert is_empty(queue)


def test_same_message_id_within_the_window_is_dropped_in_silence(queue: Queue, clock: Clock) -> None:
    assert queue.send(message("a", message_id="1")) > 0
    clock.pass_seconds(59.999)
    assert queue.send(message("b", message_id="1")) == 0
    clock.pass_seconds(0.001)
    assert queue.send(message("c", message_id="1")) > 0
    assert queue.counts().active == 2


def test_completed_message_is_remembered_for_the_whole_window(queue: Queue) -> None:
    queue.send(message("a", message_id="1"))
    queue.complete(token(receive(queue)))
    assert queue.send(message("a", message_id="1")) == 0


def test_message_lives_for_the_shorter_of_its_own_and_the_queues_time(queue: Queue, clock: Clock) -> None:
    queue.send(message("short", life=SECOND))
    queue.send(message("long", life=100 * MINUTE))
    clock.pass_seconds(1)
    assert queue.counts().active == 1
    assert describe(receive(graves(queue)))["deadLetterReason"] == "TTLExpiredException"
    clock.pass_seconds(10 * 60 - 1)
    assert is_empty(queue)
    assert sum(graves(queue).counts()) == 2


def test_expired_message_disappears_when_the_queue_keeps_no_expired_ones(clock: Clock) -> None:
    queue = Queue(QueueSettings("jobs"), clock=clock)
    queue.send(message("a", life=SECOND))
    clock.pass_seconds(1)
    assert is_empty(queue)
    assert sum(graves(queue).counts()) == 0


def test_locked_message_expires_only_once_it_is_given_back(queue: Queue, clock: Clock) -> None:
    queue.send(message("a", life=SECOND))
    held = receive(queue)
    clock.pass_seconds(5)
    assert queue.counts().locked == 1
    queue.abandon(token(held))
    assert describe(receive(graves(queue)))["deadLetterReason"] == "TTLExpiredException"


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
    return [len(queue._available._heap), len(queue._expiring._heap), len(queue._locks._ends._heap)]

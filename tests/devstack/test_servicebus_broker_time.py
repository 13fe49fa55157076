"""What time does to a queue, with time in the test's hand: locks, schedules, expiry, duplicate history."""

import pytest

from devstack.servicebus.broker.errors import (
    LockLost,
    MessageNotFound,
    NotAllowed,
)
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import MINUTE, QueueSettings
from devstack.servicebus.inspection import describe
from tests.devstack.servicebus_parts import (
    SECOND,
    START,
    Clock,
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


def test_ended_locks_count_as_deliveries_too(queue: Queue, clock: Clock) -> None:
    queue.send(message("a"))
    for _ in range(3):
        receive(queue)
        clock.pass_seconds(10)
    assert is_empty(queue)
    assert describe(receive(graves(queue)))["deadLetterReason"] == "MaxDeliveryCountExceeded"


def test_dead_letters_neither_expire_nor_run_out_of_deliveries(queue: Queue, clock: Clock) -> None:
    queue.send(message("a", life=SECOND))
    queue.dead_letter(token(receive(queue)), reason="Bad", description="")
    for _ in range(20):
        clock.pass_seconds(3600)
        graves(queue).abandon(token(receive(graves(queue))))
    assert receive(graves(queue)).delivery_count == 20
    with pytest.raises(NotAllowed):
        graves(queue).send(message("b"))


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

"""The rules of a queue with sessions: who may hold one, for how long, and what that does to its messages."""

from uuid import uuid4

import pytest

from devstack.servicebus.broker.errors import MessageNotFound, NotAllowed, SessionLockLost
from devstack.servicebus.broker.session_queue import SessionQueue
from tests.devstack.servicebus_parts import SECOND, START, Clock, body, graves, message, token
from tests.devstack.servicebus_session_parts import LOCK, PATIENCE, accept, take, talks

CANNOT_BE_LOCKED = "com.microsoft:session-cannot-be-locked"
LOCK_LOST = "com.microsoft:session-lock-lost"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> SessionQueue:
    return talks(clock)


def test_message_without_a_session_id_is_refused_with_its_whole_batch(queue: SessionQueue) -> None:
    with pytest.raises(NotAllowed, match="SessionId"):
        queue.send_all([message("a", session="A"), message("b")])
    assert sum(queue.counts()) == 0


def test_holder_gets_the_messages_of_its_session_only_and_in_order(queue: SessionQueue) -> None:
    for text, session in (("a1", "A"), ("b1", "B"), ("a2", "A")):
        queue.send(message(text, session=session))
    guest = accept(queue, "A", credit=9)
    queue.send(message("a3", session="A"))
    assert guest.bodies() == ["a1", "a2", "a3"]


def test_abandoned_message_comes_before_the_later_ones_of_its_session(queue: SessionQueue) -> None:
    for text in ("a1", "a2"):
        queue.send(message(text, session="A"))
    guest = accept(queue, "A", credit=1)
    queue.abandon(token(guest.messages[0]))
    assert take(queue, guest) is guest.messages[0]
    assert guest.messages[0].delivery_count == 1


def test_session_has_one_holder_at_a_time(queue: SessionQueue) -> None:
    first, second = accept(queue, "A"), accept(queue, "A")
    assert (first.session_id, second.errors) == ("A", [CANNOT_BE_LOCKED])
    queue.leave(first)
    assert accept(queue, "A").session_id == "A"


def test_next_session_is_the_one_that_has_waited_longest(queue: SessionQueue) -> None:
    for session in ("B", "A", "B"):
        queue.send(message("x", session=session))
    assert [accept(queue).session_id for _ in range(3)] == ["B", "A", None]


def test_receiver_waits_for_the_next_session_until_its_patience_ends(
    queue: SessionQueue, clock: Clock
) -> None:
    first, second = accept(queue), accept(queue)
    queue.send(message("x", session="A"))
    assert (first.session_id, second.session_id) == ("A", None)
    assert queue.next_deadline() == START + LOCK * SECOND
    clock.pass_seconds(PATIENCE / SECOND)
    queue.advance()
    assert second.errors == ["com.microsoft:timeout"]
    queue.send(message("y", session="B"))
    assert second.session_id is None


def test_receiver_that_left_waits_no_more(queue: SessionQueue) -> None:
    guest = accept(queue)
    queue.leave(guest)
    queue.send(message("x", session="A"))
    assert guest.session_id is None
    assert queue.next_deadline() is None


def test_closing_gives_messages_back_uncounted(queue: SessionQueue) -> None:
    queue.send(message("a", session="A"))
    guest = accept(queue, "A", credit=1)
    queue.leave(guest)
    [again] = accept(queue, credit=1).messages
    assert (body(again), again.delivery_count) == ("a", 0)
    with pytest.raises(SessionLockLost):
        queue.complete(uuid4())


def test_expired_session_counts_a_delivery_and_tells_its_holder(queue: SessionQueue, clock: Clock) -> None:
    queue.send(message("a", session="A"))
    guest = accept(queue, "A", credit=1)
    held = token(guest.messages[0])
    clock.pass_seconds(LOCK)
    with pytest.raises(SessionLockLost):
        queue.complete(held)
    assert guest.errors == [LOCK_LOST]
    [again] = accept(queue, "A", credit=1).messages
    assert again.delivery_count == 1


def test_message_is_dead_lettered_after_its_last_delivery_and_the_session_goes_on(
    queue: SessionQueue, clock: Clock
) -> None:
    for text in ("poison", "next"):
        queue.send(message(text, session="A"))
    for _ in range(3):
        accept(queue, "A", credit=1)
        clock.pass_seconds(LOCK)
    guest = accept(queue, "A", credit=1)
    assert guest.bodies() == ["next"]
    assert [body(each) for each in graves(queue).peek(0, 9)] == ["poison"]


def test_renewed_session_lasts_its_full_duration_again(queue: SessionQueue, clock: Clock) -> None:
    queue.send(message("a", session="A"))
    guest = accept(queue, "A", credit=1)
    clock.pass_seconds(LOCK - 1)
    assert queue.renew_session("A", guest) == clock.now + LOCK * SECOND
    clock.pass_seconds(LOCK - 1)
    queue.complete(token(guest.messages[0]))
    assert sum(queue.counts()) == 0


def test_only_the_holder_renews_and_keeps_state(queue: SessionQueue) -> None:
    guest, stranger = accept(queue, "A"), accept(queue, "B")
    queue.set_state("A", b"half way", guest)
    for ask in (queue.state, queue.renew_session):
        with pytest.raises(SessionLockLost):
            ask("A", stranger)
    with pytest.raises(SessionLockLost):
        queue.set_state("A", None, stranger)
    with pytest.raises(NotAllowed):
        queue.renew([uuid4()])
    assert queue.state("A", guest) == b"half way"


def test_state_outlives_holders_and_messages_until_it_is_taken_away(queue: SessionQueue) -> None:
    guest = accept(queue, "A")
    queue.set_state("A", b"half way", guest)
    queue.leave(guest)
    guest = accept(queue, "A")
    assert queue.state("A", guest) == b"half way"
    assert queue.sessions(0, 9) == ["A"]
    queue.set_state("A", None, guest)
    queue.leave(guest)
    assert queue.sessions(0, 9) == []


def test_sessions_are_listed_by_page_and_by_change(queue: SessionQueue, clock: Clock) -> None:
    for session in ("A", "B", "C"):
        queue.send(message("x", session=session))
    assert [queue.sessions(skip, 2) for skip in (0, 2, 4)] == [["A", "B"], ["C"], []]
    clock.pass_seconds(1)
    guest = accept(queue, "B")
    queue.set_state("B", b"", guest)
    assert queue.sessions(0, 9, changed_after=START) == ["B"]
    assert queue.sessions(0, 9, changed_after=clock.now) == []


def test_deferred_message_comes_to_the_holder_of_its_session_only(queue: SessionQueue) -> None:
    number = queue.send(message("a", session="A"))
    guest, other = accept(queue, "A", credit=1), accept(queue, "B")
    queue.defer(token(guest.messages[0]))
    assert take(queue, guest) is None
    with pytest.raises(NotAllowed):
        queue.receive_deferred([number], delete=False)
    with pytest.raises(MessageNotFound):
        queue.receive_deferred_of("B", [number], delete=False, origin=other)
    [deferred] = queue.receive_deferred_of("A", [number], delete=False, origin=guest)
    queue.complete(token(deferred))
    assert sum(queue.counts()) == 0


def test_peek_can_be_limited_to_a_session(queue: SessionQueue) -> None:
    for text, session in (("a1", "A"), ("b1", "B"), ("a2", "A")):
        queue.send(message(text, session=session))
    assert [body(each) for each in queue.peek(0, 9, session_id="A")] == ["a1", "a2"]
    assert [body(each) for each in queue.peek(2, 1)] == ["b1"]


def test_scheduled_message_joins_its_session_when_due(queue: SessionQueue, clock: Clock) -> None:
    queue.send(message("late", session="A", due=START + SECOND))
    guest = accept(queue, credit=1)
    assert guest.session_id is None
    clock.pass_seconds(1)
    queue.advance()
    assert guest.session_id == "A"


def test_clearing_leaves_the_holder_and_nothing_else(queue: SessionQueue) -> None:
    queue.send(message("a", session="A"))
    guest = accept(queue, "A", credit=1)
    queue.set_state("A", b"x", guest)
    queue.clear()
    assert sum(queue.counts()) == 0
    assert queue.state("A", guest) is None
    queue.send(message("b", session="A"))
    assert take(queue, guest) is not None


def test_sessions_that_are_over_take_no_memory(queue: SessionQueue) -> None:
    for number in range(2000):
        queue.send(message("x", session=str(number)))
        guest = accept(queue, str(number), credit=1)
        queue.complete(token(guest.messages[0]))
        queue.leave(guest)
    assert len(queue._sessions._sessions) == 0
    assert len(queue._sessions._ends._heap) < 100

"""The namespace on disk: after any history and a death at any commit, the next process finds it again."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from devstack.servicebus.broker.bus import Bus, send
from devstack.servicebus.broker.message import Message
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.session_queue import SessionQueue
from devstack.servicebus.broker.settings import QueueSettings
from devstack.servicebus.state import FILE, State, StateError
from tests.devstack.servicebus_parts import SECOND, Clock, Inbox, body, encoded, graves, receive, token
from tests.devstack.servicebus_session_parts import accept, take

LOCK, LIFE, WINDOW = 10, 100, 30
JOBS = QueueSettings(
    "jobs",
    lock_duration=LOCK * SECOND,
    max_delivery_count=3,
    default_time_to_live=LIFE * SECOND,
    has_duplicate_detection=True,
    duplicate_window=WINDOW * SECOND,
    dead_letters_expired=True,
)
TALKS = QueueSettings("talks", lock_duration=LOCK * SECOND, max_delivery_count=3, requires_session=True)


class Kept(NamedTuple):
    """What of a message survives its process."""

    text: str
    number: int
    enqueued_at: int
    expires_at: int | None
    deliveries: int
    shown: int
    source: str | None


def kept(message: Message, *, restarted: bool) -> Kept:
    """A delivery that was under way when the process died counts."""
    lost = message.is_locked and not restarted
    return Kept(
        body(message),
        message.sequence_number,
        message.enqueued_at,
        None if lost else message.expires_at,
        message.delivery_count + lost,
        int(message.shown),
        message.dead_letter_source,
    )


class Namespace:
    """A bus whose process dies and starts again."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._start()

    def _start(self) -> None:
        self.state = State(self._folder)
        known = {queue.name: queue for queue in [*self.state.defined(), JOBS, TALKS]}
        self.bus = Bus(known.values(), clock=self._clock, archive=self.state)
        self.state.restore(self.bus)

    def die(self) -> None:
        """End without a word, and start again on what was committed."""
        self.state._database.close()
        self._start()

    @property
    def jobs(self) -> Queue:
        return self.bus.queues["jobs"]

    @property
    def talks(self) -> SessionQueue:
        queue = self.bus.queues["talks"]
        assert isinstance(queue, SessionQueue)
        return queue


def snapshot(bus: Bus, *, restarted: bool) -> dict[str, list[Kept]]:
    return {
        queue.name: [kept(each, restarted=restarted) for each in queue.peek(0, 10_000)] for queue in bus.all()
    }


def without_expiry_of_the_delivered(
    before: dict[str, list[Kept]], after: dict[str, list[Kept]]
) -> dict[str, list[Kept]]:
    """A message that was locked has no end of life to compare."""
    lost = {
        (name, each.number) for name, found in before.items() for each in found if each.expires_at is None
    }
    return {
        name: [each._replace(expires_at=None) if (name, each.number) in lost else each for each in found]
        for name, found in after.items()
    }


class StateHistory(RuleBasedStateMachine):
    """Random traffic, and deaths in between."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock()
        self.namespace = Namespace(self.folder, self.clock)
        self.number = 0
        self.seen_at: dict[str, int] = {}
        self.states: dict[str, bytes] = {}
        self.highest = 0

    def teardown(self) -> None:
        self.namespace.state.close()
        shutil.rmtree(self.folder)

    @rule(message_id=st.sampled_from("abcd"), delay=st.sampled_from([None, None, 5, 50]))
    def send(self, message_id: str, delay: int | None) -> None:
        self.number += 1
        due = None if delay is None else self.clock.now + delay * SECOND
        text = f"{message_id}{self.number}"
        [number] = send(self.namespace.jobs, encoded(text, message_id=message_id, due=due))
        seen_at = self.seen_at.get(message_id)
        is_duplicate = seen_at is not None and self.clock.now < seen_at + WINDOW * SECOND
        assert (number == 0) == is_duplicate
        if not is_duplicate:
            self.seen_at[message_id] = self.clock.now
            assert number > self.highest, "a sequence number was given twice"
            self.highest = number

    @rule(session=st.sampled_from("xy"))
    def say(self, session: str) -> None:
        self.number += 1
        send(self.namespace.talks, encoded(f"{session}{self.number}", session=session))

    @rule(how=st.sampled_from(["complete", "abandon", "release", "defer", "dead_letter", "hold"]))
    def receive(self, how: str) -> None:
        inbox, queue = Inbox(), self.namespace.jobs
        queue.ready(inbox)
        queue.leave(inbox)
        for received in inbox.messages:
            settle(queue, received, how)

    @rule(how=st.sampled_from(["complete", "abandon", "defer"]), state=st.binary(max_size=3))
    def talk(self, how: str, state: bytes) -> None:
        queue = self.namespace.talks
        guest = accept(queue)
        if guest.session_id is None:
            queue.leave(guest)
            return
        received = take(queue, guest)
        assert received is not None
        settle(queue, received, how)
        queue.set_state(guest.session_id, state or None, guest.origin)
        self.states[guest.session_id] = state
        queue.leave(guest)

    @rule(seconds=st.sampled_from([1, LOCK, WINDOW, LIFE]))
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_seconds(seconds)

    @rule()
    def clear(self) -> None:
        self.namespace.bus.clear()
        self.seen_at.clear()
        self.states.clear()

    @rule()
    def die_after_a_commit(self) -> None:
        self.namespace.bus.advance()
        before = snapshot(self.namespace.bus, restarted=False)
        self.namespace.state.commit()
        self.namespace.die()
        after = without_expiry_of_the_delivered(before, snapshot(self.namespace.bus, restarted=True))
        exhausted = {each.number for each in before["jobs"] if each.deliveries >= JOBS.max_delivery_count}
        assert after["jobs"] == [each for each in before["jobs"] if each.number not in exhausted]
        assert after["talks"] == before["talks"]
        assert {each.number for each in after["jobs/$DeadLetterQueue"]} == exhausted | {
            each.number for each in before["jobs/$DeadLetterQueue"]
        }

    @invariant()
    def states_of_sessions_are_kept(self) -> None:
        for session_id, state in self.states.items():
            guest = accept(self.namespace.talks, session_id)
            assert self.namespace.talks.state(session_id, guest.origin) == (state or None)
            self.namespace.talks.leave(guest)


TestStateHistory = StateHistory.TestCase
TestStateHistory.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def settle(queue: Queue, received: Message, how: str) -> None:
    if how == "dead_letter":
        queue.dead_letter(token(received), reason="r", description="d")
    elif how != "hold":
        getattr(queue, how)(token(received))


@pytest.fixture
def namespace(tmp_path: Path) -> Iterator[Namespace]:
    made = Namespace(tmp_path, Clock())
    yield made
    made.state._database.close()


def test_what_was_not_committed_is_gone_as_a_whole(namespace: Namespace) -> None:
    send(namespace.jobs, encoded("kept"))
    namespace.state.commit()
    send(namespace.jobs, encoded("lost"))
    namespace.jobs.complete(token(receive(namespace.jobs)))
    namespace.die()
    assert [body(each) for each in namespace.jobs.peek(0, 9)] == ["kept"]


def test_reason_of_a_dead_letter_survives(namespace: Namespace) -> None:
    send(namespace.jobs, encoded("a"))
    namespace.jobs.dead_letter(token(receive(namespace.jobs)), reason="unwanted", description="nobody asked")
    namespace.state.commit()
    namespace.die()
    [buried] = graves(namespace.jobs).peek(0, 9)
    assert b"unwanted" in buried.render()
    assert b"nobody asked" in buried.render()


def test_queues_made_and_deleted_while_running_stay_so(namespace: Namespace) -> None:
    namespace.bus.create(QueueSettings("made", max_delivery_count=7))
    namespace.bus.create(QueueSettings("unmade"))
    namespace.bus.delete("unmade")
    namespace.state.commit()
    namespace.die()
    assert set(namespace.bus.queues) == {"jobs", "talks", "made"}
    assert namespace.bus.queues["made"].settings.max_delivery_count == 7


def test_state_in_use_or_of_another_format_is_refused_by_its_file(tmp_path: Path) -> None:
    first = State(tmp_path)
    with pytest.raises(StateError, match="Is another emulator using it"):
        State(tmp_path)
    first._database.execute("PRAGMA user_version = 99")
    first.close()
    with pytest.raises(StateError, match="has the format 99, not 1: delete the file"):
        State(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(StateError, match=FILE):
        State(tmp_path)


def test_a_disk_that_refuses_is_told(namespace: Namespace) -> None:
    send(namespace.jobs, encoded("a"))
    namespace.state._database.close()
    with pytest.raises(StateError, match="What was not acknowledged is lost"):
        namespace.state.commit()

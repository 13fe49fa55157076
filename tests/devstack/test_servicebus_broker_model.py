"""A queue against a model of it, over random histories: nothing lost, nothing delivered twice at once."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from devstack.servicebus.broker.errors import LockLost
from devstack.servicebus.broker.message import Message, Shown
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.broker.settings import QueueSettings
from tests.devstack.servicebus_parts import SECOND, Clock, Inbox, body, message

LOCK = 10
LIFE = 100
WINDOW = 30
MAX_DELIVERIES = 3


class QueueHistory(RuleBasedStateMachine):
    """Random senders and receivers; the model knows each message by its unique text."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        options = QueueSettings(
            "jobs",
            lock_duration=LOCK * SECOND,
            max_delivery_count=MAX_DELIVERIES,
            default_time_to_live=LIFE * SECOND,
            has_duplicate_detection=True,
            duplicate_window=WINDOW * SECOND,
            dead_letters_expired=True,
        )
        self.queue = Queue(options, clock=self.clock)
        self.sent: set[str] = set()
        self.gone: set[str] = set()
        self.seen_at: dict[str, int] = {}
        self.locked_until: dict[str, int] = {}  # 0 once settled
        self.deliveries: dict[str, int] = {}  # those that count

    @rule(message_id=st.sampled_from("abcdef"), delay=st.sampled_from([None, None, 5, 50]))
    def send(self, message_id: str, delay: int | None) -> None:
        text = f"{message_id}{len(self.sent)}"
        due = None if delay is None else self.clock.now + delay * SECOND
        seen_at = self.seen_at.get(message_id)
        is_duplicate = seen_at is not None and self.clock.now < seen_at + WINDOW * SECOND
        number = self.queue.send(message(text, message_id=message_id, due=due))
        assert (number == 0) == is_duplicate
        if not is_duplicate:
            self.sent.add(text)
            self.seen_at[message_id] = self.clock.now

    @rule(target=held)
    def receive(self) -> Message | None:
        inbox = Inbox()
        self.queue.ready(inbox)
        self.queue.leave(inbox)
        if not inbox.messages:
            return None
        [received] = inbox.messages
        assert received.delivery_count < MAX_DELIVERIES
        self._note_delivery(received)
        return received

    def _note_delivery(self, received: Message) -> None:
        text = body(received)
        assert text in self.sent - self.gone
        until = self.locked_until.get(text, 0)
        assert until <= self.clock.now, f"{text} was delivered while it was locked"
        if until:
            self.deliveries[text] = self.deliveries.get(text, 0) + 1
        assert received.delivery_count == self.deliveries.get(text, 0)
        self.locked_until[text] = self.clock.now + LOCK * SECOND

    @rule(
        received=consumes(held),
        how=st.sampled_from(["complete", "abandon", "release", "defer", "dead_letter"]),
    )
    def settle(self, received: Message | None, how: str) -> None:
        if received is None or received.lock_token is None:
            return
        text = body(received)
        lives = self.locked_until[text] > self.clock.now
        try:
            self._settle(received, how)
        except LockLost:
            assert not lives, f"the lock on {text} was lost before its time"
            return
        assert lives, f"{text} was settled after its lock had ended"
        self.locked_until[text] = 0
        if how == "complete":
            self.gone.add(text)
        elif how == "abandon":
            self.deliveries[text] = self.deliveries.get(text, 0) + 1

    def _settle(self, received: Message, how: str) -> None:
        assert received.lock_token is not None
        if how == "dead_letter":
            self.queue.dead_letter(received.lock_token, reason="r", description="d")
        else:
            getattr(self.queue, how)(received.lock_token)

    @rule(received=held)
    def renew(self, received: Message | None) -> None:
        if (
            received is None
            or received.lock_token is None
            or self.locked_until[body(received)] <= self.clock.now
        ):
            return
        [until] = self.queue.renew([received.lock_token])
        self.locked_until[body(received)] = until

    @rule(target=held)
    def receive_deferred(self) -> Message | None:
        numbers = [
            each.sequence_number
            for each in self.queue.peek(0, 100)
            if each.shown == Shown.DEFERRED and not each.is_locked
        ]
        if not numbers:
            return None
        [received] = self.queue.receive_deferred(numbers[:1], delete=False)
        self._note_delivery(received)
        return received

    @rule()
    def cancel(self) -> None:
        for waiting in self.queue.peek(0, 100):
            if waiting.shown == Shown.SCHEDULED:
                self.queue.cancel([waiting.sequence_number])
                self.gone.add(body(waiting))
                return

    @rule(seconds=st.sampled_from([1, 5, LOCK, WINDOW, LIFE]))
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_seconds(seconds)

    @invariant()
    def nothing_is_lost_and_the_counts_add_up(self) -> None:
        graves = self.queue.dead_letters
        assert graves is not None
        alive = [body(each) for each in self.queue.peek(0, 10_000)]
        buried = [body(each) for each in graves.peek(0, 10_000)]
        assert sorted(alive + buried) == sorted(self.sent - self.gone)
        assert sum(self.queue.counts()) == len(alive)
        assert sum(graves.counts()) == len(buried)

    @invariant()
    def no_deadline_lies_in_the_past(self) -> None:
        self.queue.advance()
        deadline = self.queue.next_deadline()
        assert deadline is None or deadline > self.clock.now


TestQueueHistory = QueueHistory.TestCase
TestQueueHistory.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)

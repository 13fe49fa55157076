"""A queue with sessions against a model, over random histories: order kept, one holder, nothing lost."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from devstack.servicebus.broker.errors import SessionLockLost
from devstack.servicebus.broker.message import Message
from tests.devstack.servicebus_parts import SECOND, Clock, body, message
from tests.devstack.servicebus_session_parts import LOCK, Guest, accept, take, talks

SESSIONS = st.sampled_from("ABC")


class SessionHistory(RuleBasedStateMachine):
    """Random senders and session receivers; the model knows each message by its unique text."""

    guests = Bundle("guests")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.queue = talks(self.clock)
        self.waiting: dict[str, list[str]] = {session: [] for session in "ABC"}  # not done with, in order
        self.held: dict[str, dict[str, Message]] = {session: {} for session in "ABC"}
        self.until: dict[str, tuple[Guest, int]] = {}
        self.count = 0

    @rule(session=SESSIONS)
    def send(self, session: str) -> None:
        self.count += 1
        text = f"{session}{self.count}"
        self.queue.send(message(text, session=session))
        self.waiting[session].append(text)

    @rule(target=guests, session=SESSIONS)
    def accept_named(self, session: str) -> object:
        self._expire()
        guest = accept(self.queue, session)
        assert (guest.session_id is None) == (session in self.until)
        return self._note(guest)

    @rule(target=guests)
    def accept_next(self) -> object:
        self._expire()
        guest = accept(self.queue)
        if guest.session_id is None:
            self.queue.leave(guest)
        else:
            assert guest.session_id not in self.until
            assert self.waiting[guest.session_id]
        return self._note(guest)

    def _note(self, guest: Guest) -> object:
        if guest.session_id is None:
            return multiple()
        self.until[guest.session_id] = (guest, self.clock.now + LOCK * SECOND)
        return guest

    @rule(guest=guests)
    def receive(self, guest: Guest) -> None:
        self._expire()
        session = guest.session_id
        if session is None:
            return
        received = take(self.queue, guest)
        visible = [text for text in self.waiting[session] if text not in self.held[session]]
        assert (None if received is None else body(received)) == (visible[0] if visible else None)
        if received is not None:
            self.held[session][body(received)] = received

    @rule(guest=guests, how=st.sampled_from(["complete", "abandon", "release", "dead_letter"]))
    def settle(self, guest: Guest, how: str) -> None:
        self._expire()
        session = guest.session_id
        if session is None or not self.held[session]:
            return
        text, received = self.held[session].popitem()
        assert received.lock_token is not None
        last = how == "abandon" and received.delivery_count == 2
        if how == "dead_letter":
            self.queue.dead_letter(received.lock_token, reason="r", description="d")
        else:
            getattr(self.queue, how)(received.lock_token)
        if last or how in ("complete", "dead_letter"):
            self.waiting[session].remove(text)

    @rule(guest=consumes(guests))
    def close(self, guest: Guest) -> None:
        self._expire()
        self.queue.leave(guest)
        if guest.session_id is not None:
            self.held[guest.session_id].clear()
            del self.until[guest.session_id]

    @rule(guest=guests)
    def renew(self, guest: Guest) -> None:
        self._expire()
        if guest.session_id is not None:
            until = self.queue.renew_session(guest.session_id, guest)
            self.until[guest.session_id] = (guest, until)

    @rule(seconds=st.sampled_from([1, 5, LOCK]))
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_seconds(seconds)

    def _expire(self) -> None:
        """Let time do to queue and model what it does: expired sessions give back, and count."""
        self.queue.advance()
        for session, (guest, until) in list(self.until.items()):
            if until <= self.clock.now:
                assert guest.session_id is None, "the holder was not told"
                for text, received in self.held[session].items():
                    assert received.lock_token is None
                    if received.delivery_count == 3:
                        self.waiting[session].remove(text)
                self.held[session].clear()
                del self.until[session]

    @invariant()
    def counts_add_up(self) -> None:
        self._expire()
        counts = self.queue.counts()
        assert counts.locked == sum(len(held) for held in self.held.values())
        assert counts.active + counts.locked == sum(len(waiting) for waiting in self.waiting.values())
        alive = [body(each) for each in self.queue.peek(0, 1000)]
        assert sorted(alive) == sorted(text for waiting in self.waiting.values() for text in waiting)

    @invariant()
    def strangers_are_kept_out(self) -> None:
        for session in self.until:
            try:
                self.queue.state(session, object())
            except SessionLockLost:
                continue
            raise AssertionError(f"a stranger saw the state of session {session}")


TestSessionHistory = SessionHistory.TestCase
TestSessionHistory.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)

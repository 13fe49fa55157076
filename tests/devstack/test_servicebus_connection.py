"""The protocol engine without a socket: silence, heartbeats, flow control, and peers that break the rules."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devstack.servicebus.amqp import encode, frames, performatives
from devstack.servicebus.amqp.performatives import (
    ATTACH,
    BEGIN,
    CLOSE,
    DETACH,
    DISPOSITION,
    END,
    FLOW,
    OPEN,
    SOURCE,
    TRANSFER,
)
from devstack.servicebus.amqp.types import Described
from devstack.servicebus.cbs import Claims
from tests.devstack.servicebus_parts import SECOND, encoded
from tests.devstack.servicebus_peer import Peer, error_of


@pytest.fixture
def peer() -> Peer:
    fresh = Peer()
    fresh.open()
    fresh.heard()
    return fresh


def test_silent_peer_is_closed_after_twice_its_time(peer: Peer) -> None:
    peer.clock.pass_seconds(119)
    peer.connection.tick()
    assert not peer.connection.is_closed
    peer.clock.pass_seconds(1)
    peer.connection.tick()
    assert peer.connection.is_closed
    [(code, fields, _)] = peer.heard()
    assert (code, error_of(fields)) == (CLOSE, "amqp:resource-limit-exceeded")


def test_heartbeats_keep_a_connection_open(peer: Peer) -> None:
    for _ in range(10):
        peer.clock.pass_seconds(100)
        peer.connection.receive(frames.HEARTBEAT)
        peer.connection.tick()
    assert not peer.connection.is_closed


def test_peer_that_asks_for_heartbeats_gets_them_in_half_its_time() -> None:
    peer = Peer()
    peer.open(idle_timeout=10 * SECOND)
    peer.sent.clear()
    assert peer.connection.tick_interval() <= 2.5 * SECOND
    peer.clock.pass_seconds(4.9)
    peer.connection.tick()
    assert peer.sent == b""
    peer.clock.pass_seconds(0.1)
    peer.connection.tick()
    assert peer.sent == frames.HEARTBEAT


def test_links_without_a_token_are_refused_by_name() -> None:
    peer = Peer(claims=Claims)
    peer.open()
    peer.heard()
    peer.attach(0, "jobs", receives=True)
    (attach, fields, _), (detach, error, _) = peer.heard()
    assert (attach, detach) == (ATTACH, DETACH)
    assert fields[5:7] == [None, None]
    assert error_of(error) == "amqp:unauthorized-access"


def test_messages_wait_for_link_credit(peer: Peer) -> None:
    for text in "abc":
        peer.queue(text)
    peer.attach(0, "jobs", receives=True)
    assert [code for code, _, _ in peer.heard()] == [ATTACH]
    peer.flow(window=1000, handle=0, credit=2)
    assert [code for code, _, _ in peer.heard()] == [TRANSFER, TRANSFER]
    peer.flow(window=1000, handle=0, credit=2, seen=1, next_id=1)
    assert [code for code, _, _ in peer.heard()] == [TRANSFER]


def test_transfers_wait_for_the_session_window() -> None:
    peer = Peer()
    peer.open(window=1, max_frame=512)
    peer.attach(0, "jobs", receives=True)
    peer.queue("x" * 1000)
    peer.heard()
    peer.flow(window=1, handle=0, credit=1)
    assert len(peer.heard()) == 1
    peer.flow(window=100, handle=0, credit=1, next_id=1)
    rest = peer.heard()
    assert [fields[5] for _, fields, _ in rest] == [True] * (len(rest) - 1) + [False]


def test_drain_uses_the_credit_up_and_says_so(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=True)
    peer.queue("a")
    peer.heard()
    drain = [encode.uint(n) for n in (0, 1000, 0, 1000, 0, 0, 5, 0)]
    peer.say(FLOW, *drain, encode.TRUE)
    (transfer, _, _), (flow, fields, _) = peer.heard()
    assert (transfer, flow) == (TRANSFER, FLOW)
    assert fields[4:9] == [0, 5, 0, 0, True]


def test_settled_message_gets_no_answer_and_an_unsettled_one_does(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=False)
    peer.heard()
    for settled in (True, False):
        head = [encode.uint(0), encode.uint(int(not settled)), encode.binary(b"t"), encode.uint(0)]
        peer.say(TRANSFER, *head, encode.boolean(settled), payload=encoded("a"))
    [(code, fields, _)] = peer.heard()
    assert (code, fields[1]) == (DISPOSITION, 1)
    assert peer.bus.find("jobs").counts().active == 2


def test_aborted_message_is_forgotten(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=False)
    head = [encode.uint(0), encode.uint(0), encode.binary(b"t"), encode.uint(0), encode.FALSE]
    peer.say(TRANSFER, *head, encode.TRUE, payload=encoded("a")[:5])
    peer.say(TRANSFER, *head, encode.FALSE, encode.NULL, encode.NULL, encode.FALSE, encode.TRUE)
    peer.say(TRANSFER, *head, encode.FALSE, payload=encoded("b"))
    assert peer.bus.find("jobs").counts().active == 1


def test_malformed_message_is_rejected_and_the_connection_lives(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=False)
    peer.heard()
    head = [encode.uint(0), encode.uint(0), encode.binary(b"t"), encode.uint(0), encode.FALSE]
    peer.say(TRANSFER, *head, payload=b"no message")
    [(code, fields, _)] = peer.heard()
    state = fields[4]
    assert code == DISPOSITION
    assert isinstance(state, Described)
    assert isinstance(state.value, list)
    assert error_of(state.value) == "amqp:decode-error"
    assert not peer.connection.is_closed


def test_link_to_a_free_session_is_attached_once(peer: Peer) -> None:
    peer.attach(0, "talks", receives=True, session="a")
    assert [code for code, _, _ in peer.heard()] == [ATTACH]


def test_link_to_a_held_session_is_attached_without_ends_and_detached(peer: Peer) -> None:
    for handle in (0, 1):
        peer.attach(handle, "talks", receives=True, session="a")
    (_, _, _), (refused, _, _), (gone, fields, _) = peer.heard()
    assert (refused, gone) == (ATTACH, DETACH)
    assert error_of(fields) == "com.microsoft:session-cannot-be-locked"


def test_detach_after_the_end_of_its_session_is_ignored(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=True)
    peer.say(END)
    peer.say(DETACH, encode.uint(0))
    assert [code for code, _, _ in peer.heard()] == [ATTACH, END]
    assert not peer.connection.is_closed


def test_lost_connection_leaves_no_receiver_behind(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=True)
    peer.flow(window=1000, handle=0, credit=5)
    peer.connection.lost()
    peer.queue("a")
    assert peer.bus.find("jobs").counts().active == 1


@pytest.mark.parametrize(
    ("data", "condition"),
    [
        (b"\x00\x00\x00\x04\x02\x00\x00\x00", "amqp:connection:framing-error"),
        (b"\x7f\xff\xff\xff\x02\x00\x00\x00", "amqp:connection:framing-error"),
        (b"\x00\x00\x00\x08\x09\x00\x00\x00", "amqp:connection:framing-error"),
        (frames.build(0, 0x7F, []), "amqp:not-implemented"),
        (frames.build(0, ATTACH, [encode.string("n")]), "amqp:invalid-field"),
        (frames.build(0, BEGIN, [encode.NULL, encode.string("x")]), "amqp:invalid-field"),
        (frames.build(7, ATTACH, [encode.string("n"), encode.uint(0), encode.TRUE]), "amqp:illegal-state"),
        (b"\x00\x00\x00\x0a\x02\x00\x00\x00\x00\x00", "amqp:decode-error"),
    ],
)
def test_broken_protocol_is_answered_with_a_close_that_names_it(
    peer: Peer, data: bytes, condition: str
) -> None:
    peer.connection.receive(data)
    assert peer.connection.is_closed
    [(code, fields, _)] = peer.heard()
    assert (code, error_of(fields)) == (CLOSE, condition)


def test_unknown_protocol_header_is_answered_with_ours() -> None:
    peer = Peer()
    peer.connection.receive(b"AMQP\x00\x00\x09\x01")
    assert peer.connection.is_closed
    assert peer.sent == frames.SASL_HEADER


def test_unknown_sasl_mechanism_is_refused() -> None:
    peer = Peer()
    peer.connection.receive(frames.SASL_HEADER)
    peer.heard()
    peer.connection.receive(frames.build(0, 0x41, [encode.symbol("PLAIN")], kind=frames.SASL_FRAME))
    assert peer.connection.is_closed
    assert peer.heard() == [(0x44, [1], b"")]


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_bytes_leave_the_engine_in_a_sound_state(data: bytes, is_open: bool) -> None:  # noqa: FBT001
    peer = Peer()
    if is_open:
        peer.open()
    peer.connection.receive(data)
    peer.heard()


_fields = st.one_of(
    st.just(encode.NULL),
    st.booleans().map(encode.boolean),
    st.integers(0, 3).map(encode.uint),
    st.integers(0, 2**32 - 1).map(encode.uint),
    st.sampled_from(["jobs", "$cbs", "jobs/$management", "nowhere"]).map(
        lambda name: encode.described(SOURCE, encode.sequence([encode.string(name)]))
    ),
    st.binary(max_size=20).map(encode.binary),
    st.text("abc", max_size=5).map(encode.string),
)
_codes = st.sampled_from([BEGIN, ATTACH, FLOW, TRANSFER, DISPOSITION, DETACH, END])


@given(st.lists(st.tuples(_codes, st.lists(_fields, max_size=12), st.binary(max_size=60)), max_size=8))
@settings(max_examples=300, deadline=None)
def test_any_sequence_of_frames_leaves_the_engine_in_a_sound_state(
    said: list[tuple[int, list[bytes], bytes]],
) -> None:
    peer = Peer()
    peer.open()
    peer.attach(0, "jobs", receives=True)
    peer.attach(1, "jobs", receives=False)
    peer.attach(2, "jobs/$management", receives=True)
    peer.attach(3, "jobs/$management", receives=False)
    for code, fields, payload in said:
        peer.queue(str(uuid4()))
        peer.say(code, *fields, payload=payload)
        if peer.connection.is_closed:
            break
    assert all(code in range(performatives.OPEN, performatives.CLOSE + 1) for code, _, _ in peer.heard())
    peer.connection.lost()


@given(st.integers(1, 40))
def test_frames_may_arrive_in_pieces_of_any_size(size: int) -> None:
    whole, pieces = Peer(), Peer()
    data = bytearray(frames.AMQP_HEADER)
    data += frames.build(0, OPEN, [encode.string("peer")])
    data += frames.build(0, BEGIN, [encode.NULL, *[encode.uint(9)] * 3])
    whole.connection.receive(bytes(data))
    for at in range(0, len(data), size):
        pieces.connection.receive(bytes(data[at : at + size]))
    assert pieces.sent == whole.sent
    assert [code for code, _, _ in pieces.heard()] == [OPEN, BEGIN]

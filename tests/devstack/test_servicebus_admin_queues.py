"""Queues made, changed and removed while links are attached to them, without a socket."""

import pytest

from devstack.servicebus.amqp.performatives import DETACH, DISPOSITION, TRANSFER
from devstack.servicebus.broker.bus import send
from devstack.servicebus.broker.errors import BadArgument, QueueExists, QueueNotFound
from devstack.servicebus.broker.settings import MINUTE, SECOND, QueueSettings
from tests.devstack.servicebus_parts import encoded
from tests.devstack.servicebus_peer import Peer, error_of


@pytest.fixture
def peer() -> Peer:
    fresh = Peer()
    fresh.open()
    return fresh


def test_deleted_queue_detaches_senders_and_receivers_with_the_reason(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=True)
    peer.attach(1, "jobs", receives=False)
    peer.attach(2, "jobs/$DeadLetterQueue", receives=True)
    peer.attach(3, "$cbs", receives=True)
    peer.heard()
    peer.bus.delete("Jobs")
    detached = peer.heard()
    assert {code for code, _, _ in detached} == {DETACH}
    assert {fields[0] for _, fields, _ in detached} == {0, 1, 2}
    assert {error_of(fields) for _, fields, _ in detached} == {"amqp:not-found"}


def test_link_that_detached_before_hears_nothing_of_the_end(peer: Peer) -> None:
    for handle, receives in enumerate((True, False)):
        peer.attach(handle, "jobs", receives=receives)
    queue = peer.bus.find("jobs")
    assert len(queue.record.attached) == 2
    peer.connection.lost()
    assert not queue.record.attached


def test_queue_of_the_same_name_starts_empty(peer: Peer) -> None:
    peer.queue("old")
    peer.bus.delete("jobs")
    with pytest.raises(QueueNotFound):
        peer.bus.find("jobs")
    assert sum(peer.bus.create(QueueSettings("jobs")).counts()) == 0


def test_new_queue_serves_connections_that_were_open_before(peer: Peer) -> None:
    peer.bus.create(QueueSettings("fresh"))
    peer.attach(0, "fresh", receives=True)
    peer.flow(window=100, handle=0, credit=1)
    peer.heard()
    send(peer.bus.find("fresh"), encoded("hello"))
    assert [code for code, _, _ in peer.heard()] == [TRANSFER]


def test_changed_settings_hold_for_the_next_lock_and_the_next_delivery(peer: Peer) -> None:
    peer.attach(0, "jobs", receives=True)
    changed = peer.bus.update(QueueSettings("JOBS", lock_duration=5 * SECOND, max_delivery_count=1))
    assert changed.name == changed.settings.name == "jobs"
    peer.queue("poison")
    peer.flow(window=100, handle=0, credit=1)
    peer.clock.pass_seconds(5)
    peer.bus.advance()
    assert changed.dead_letters is not None
    assert changed.dead_letters.counts().active == 1
    assert DISPOSITION not in {code for code, _, _ in peer.heard()}


def test_names_are_unique_and_fixed_settings_stay(peer: Peer) -> None:
    with pytest.raises(QueueExists):
        peer.bus.create(QueueSettings("JOBS"))
    with pytest.raises(QueueNotFound):
        peer.bus.update(QueueSettings("nowhere"))
    with pytest.raises(QueueNotFound):
        peer.bus.delete("nowhere")
    with pytest.raises(BadArgument):
        peer.bus.update(QueueSettings("jobs", has_duplicate_detection=True))


def test_shorter_duplicate_window_holds_for_ids_seen_from_now_on(peer: Peer) -> None:
    twins = QueueSettings("twins", has_duplicate_detection=True, duplicate_window=10 * MINUTE)
    queue = peer.bus.create(twins)
    peer.bus.update(QueueSettings("twins", has_duplicate_detection=True, duplicate_window=MINUTE))
    for _ in range(2):
        send(queue, encoded("x", message_id="twin"))
    peer.clock.pass_seconds(60)
    send(queue, encoded("x", message_id="twin"))
    assert queue.counts().active == 2

"""The emulator as the unmodified SDK sees it: one test per behaviour that an application relies on.

Opening a sender or a receiver costs the SDK half a second, so that the tests share them; every test starts
with empty queues.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusReceiveMode, ServiceBusSubQueue
from azure.servicebus.aio import AutoLockRenewer, ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageNotFoundError,
)

from tests.devstack.servicebus_namespace import BULK, JOBS, Namespace, has_nothing, next_of, running


@pytest.fixture(scope="module")
def namespace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Namespace]:
    with running(tmp_path_factory.mktemp("servicebus")) as started:
        yield started


@pytest.fixture(scope="module")
async def client(namespace: Namespace) -> AsyncIterator[ServiceBusClient]:
    async with ServiceBusClient.from_connection_string(
        namespace.connection_string(), retry_total=0
    ) as opened:
        yield opened


@pytest.fixture(scope="module")
async def sender(client: ServiceBusClient) -> AsyncIterator[ServiceBusSender]:
    async with client.get_queue_sender(JOBS) as opened:
        yield opened


@pytest.fixture(scope="module")
async def receiver(client: ServiceBusClient) -> AsyncIterator[ServiceBusReceiver]:
    async with client.get_queue_receiver(JOBS) as opened:
        yield opened


@pytest.fixture(scope="module")
async def dead_letters(client: ServiceBusClient) -> AsyncIterator[ServiceBusReceiver]:
    async with client.get_queue_receiver(JOBS, sub_queue=ServiceBusSubQueue.DEAD_LETTER) as opened:
        yield opened


@pytest.fixture(autouse=True)
def empty_queues(namespace: Namespace) -> None:
    namespace.post("/reset")


async def test_message_arrives_as_it_was_sent(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    now = datetime.now(UTC)
    sent = ServiceBusMessage(
        '{"trip": "Salzburg 🏔"}',
        message_id="42",
        subject="plan",
        content_type="application/json",
        correlation_id="7",
        reply_to="elsewhere",
        time_to_live=timedelta(minutes=5),
        application_properties={"type": "x", "attempt": 3, "share": 0.5, "last": True, "id": uuid4()},
    )
    await sender.send_messages(sent)
    got = await next_of(receiver)
    assert str(got) == '{"trip": "Salzburg 🏔"}'
    assert (got.message_id, got.subject, got.content_type) == ("42", "plan", "application/json")
    assert (got.correlation_id, got.reply_to, got.time_to_live) == ("7", "elsewhere", timedelta(minutes=5))
    assert got.delivery_count == 0
    assert sent.application_properties is not None
    expected = {
        str(k).encode(): v.encode() if isinstance(v, str) else v
        for k, v in sent.application_properties.items()
    }
    assert got.application_properties == expected
    assert got.enqueued_time_utc is not None
    assert abs(got.enqueued_time_utc - now) < timedelta(seconds=30)
    assert got.expires_at_utc == got.enqueued_time_utc + timedelta(minutes=5)
    await receiver.complete_message(got)


async def test_completed_message_is_gone(
    namespace: Namespace, sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("a"))
    got = await next_of(receiver)
    assert namespace.counts()["locked"] == 1
    await receiver.complete_message(got)
    assert set(namespace.counts().values()) == {0}


async def test_batches_arrive_in_order_message_by_message(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages([ServiceBusMessage(f"list {n}") for n in range(12)])
    batch = await sender.create_message_batch()
    assert batch.max_size_in_bytes == 262_144
    for number in range(8):
        batch.add_message(ServiceBusMessage(f"batch {number}"))
    await sender.send_messages(batch)
    got: list[str] = []
    while len(got) < 20:
        for message in await receiver.receive_messages(20, max_wait_time=10):
            got.append(str(message))
            await receiver.complete_message(message)
    assert got == [f"list {n}" for n in range(12)] + [f"batch {n}" for n in range(8)]


async def test_receive_and_delete_settles_on_delivery(namespace: Namespace, client: ServiceBusClient) -> None:
    mode = ServiceBusReceiveMode.RECEIVE_AND_DELETE
    async with (
        client.get_queue_sender(BULK) as sender,
        client.get_queue_receiver(BULK, receive_mode=mode) as taker,
    ):
        await sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
        got = [str(await next_of(taker)) for _ in range(2)]
    assert got == ["a", "b"]
    assert set(namespace.counts(BULK).values()) == {0}


async def test_prefetched_but_unused_messages_are_given_back_uncounted_on_close(
    namespace: Namespace, client: ServiceBusClient
) -> None:
    async with client.get_queue_sender(BULK) as sender:
        await sender.send_messages([ServiceBusMessage(str(number)) for number in range(30)])
        async with client.get_queue_receiver(BULK, prefetch_count=20) as receiver:
            first = await next_of(receiver)
            assert str(first) == "0"
            assert namespace.counts(BULK)["locked"] > 1
            await receiver.complete_message(first)
        assert namespace.counts(BULK) == {
            "active": 29,
            "locked": 0,
            "deferred": 0,
            "scheduled": 0,
            "deadLetter": 0,
        }
        peeked = httpx2.get(f"{namespace.control}/queues/{BULK}/messages").json()
        assert {each["deliveryCount"] for each in peeked} == {0}


async def test_abandoned_message_is_counted_and_dead_lettered_after_the_last_delivery(
    sender: ServiceBusSender, receiver: ServiceBusReceiver, dead_letters: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("a"))
    for count in range(3):
        got = await next_of(receiver)
        assert got.delivery_count == count
        await receiver.abandon_message(got)
    assert await has_nothing(receiver)
    buried = await next_of(dead_letters)
    assert (buried.dead_letter_reason, buried.dead_letter_source) == ("MaxDeliveryCountExceeded", JOBS)
    assert buried.delivery_count == 3
    await dead_letters.complete_message(buried)


async def test_dead_lettered_message_carries_reason_description_and_its_properties(
    sender: ServiceBusSender, receiver: ServiceBusReceiver, dead_letters: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("a", message_id="m", application_properties={"version": 9}))
    await receiver.dead_letter_message(
        await next_of(receiver), reason="Malformed", error_description="No JSON"
    )
    buried = await next_of(dead_letters)
    assert (buried.dead_letter_reason, buried.dead_letter_error_description) == ("Malformed", "No JSON")
    assert (str(buried), buried.message_id) == ("a", "m")
    assert (buried.application_properties or {})[b"version"] == 9
    await dead_letters.complete_message(buried)


async def test_deferred_message_comes_only_by_its_sequence_number(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("a"))
    got = await next_of(receiver)
    await receiver.defer_message(got)
    assert await has_nothing(receiver)
    assert got.sequence_number is not None
    [deferred] = await receiver.receive_deferred_messages(got.sequence_number)
    assert str(deferred) == "a"
    await receiver.complete_message(deferred)
    with pytest.raises(MessageNotFoundError):
        await receiver.receive_deferred_messages(got.sequence_number)


async def test_peek_shows_messages_without_taking_them(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages([ServiceBusMessage(text) for text in "abc"])
    assert [str(message) for message in await receiver.peek_messages(2, sequence_number=1)] == ["a", "b"]
    assert [str(message) for message in await receiver.peek_messages(9)] == ["c"]
    assert await receiver.peek_messages(9) == []
    assert str(await next_of(receiver)) == "a"


async def test_scheduled_message_arrives_when_due_unless_it_was_cancelled(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    numbers = await sender.schedule_messages([ServiceBusMessage("kept"), ServiceBusMessage("cancelled")], due)
    await sender.cancel_scheduled_messages(numbers[1])
    with pytest.raises(MessageNotFoundError):
        await sender.cancel_scheduled_messages(numbers[1])
    got = await next_of(receiver)
    assert str(got) == "kept"
    assert got.enqueued_time_utc is not None
    assert got.enqueued_time_utc >= due - timedelta(milliseconds=1)
    await receiver.complete_message(got)
    assert await has_nothing(receiver)


async def test_ended_lock_makes_the_message_visible_again_unless_it_is_renewed(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages([ServiceBusMessage("renewed"), ServiceBusMessage("left")])
    renewed, left = await next_of(receiver), await next_of(receiver)
    async with AutoLockRenewer() as renewer:
        renewer.register(receiver, renewed, max_lock_renewal_duration=30)
        again = await next_of(receiver)
        assert (str(again), again.delivery_count) == ("left", 1)
        assert left.locked_until_utc is not None
        assert datetime.now(UTC) >= left.locked_until_utc
        with pytest.raises(MessageLockLostError):
            await receiver.complete_message(left)
        await receiver.complete_message(renewed)
    await receiver.complete_message(again)


async def test_renewing_moves_the_end_of_the_lock(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("a"))
    got = await next_of(receiver)
    before = got.locked_until_utc
    await asyncio.sleep(0.05)
    await receiver.renew_message_lock(got)
    assert before is not None
    assert got.locked_until_utc is not None
    assert got.locked_until_utc > before
    await receiver.complete_message(got)


async def test_lock_lost_at_the_broker_is_told_on_settling(
    namespace: Namespace, sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("a"))
    got = await next_of(receiver)
    namespace.post("/faults", {"expireLocks": True})
    with pytest.raises(MessageLockLostError):
        await receiver.complete_message(got)
    again = await next_of(receiver)
    assert again.delivery_count == 1
    await receiver.complete_message(again)


async def test_same_message_id_is_enqueued_once(
    namespace: Namespace, sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    for text in ("first", "second"):
        await sender.send_messages(ServiceBusMessage(text, message_id="one"))
    assert sum(namespace.counts().values()) == 1
    got = await next_of(receiver)
    assert str(got) == "first"
    await receiver.complete_message(got)


async def test_expired_message_is_dead_lettered(
    sender: ServiceBusSender, dead_letters: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("a", time_to_live=timedelta(seconds=1)))
    buried = await next_of(dead_letters)
    assert buried.dead_letter_reason == "TTLExpiredException"
    await dead_letters.complete_message(buried)

"""Sessions as the unmodified SDK sees them, aio and sync."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import (
    NEXT_AVAILABLE_SESSION,
    ServiceBusMessage,
    ServiceBusReceiveMode,
    ServiceBusSubQueue,
)
from azure.servicebus import ServiceBusClient as SyncClient
from azure.servicebus.aio import AutoLockRenewer, ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import (
    OperationTimeoutError,
    ServiceBusError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)

from tests.devstack.servicebus_namespace import TALKS, Namespace, has_nothing, next_of, running


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
    async with client.get_queue_sender(TALKS) as opened:
        yield opened


@pytest.fixture(autouse=True)
def empty_queues(namespace: Namespace) -> None:
    namespace.post("/reset")


def talk(session: str, *texts: str) -> list[ServiceBusMessage]:
    return [ServiceBusMessage(text, session_id=session) for text in texts]


def receiver_of(client: ServiceBusClient, session: str) -> ServiceBusReceiver:
    return client.get_queue_receiver(TALKS, session_id=session)


async def test_session_is_received_in_order_settled_and_its_state_kept(
    client: ServiceBusClient, sender: ServiceBusSender, namespace: Namespace
) -> None:
    await sender.send_messages([*talk("A", "a1"), *talk("A", "a2")])
    await sender.send_messages(talk("B", "b1"))
    async with receiver_of(client, "A") as receiver:
        first = await next_of(receiver)
        assert (str(first), first.session_id) == ("a1", "A")
        await receiver.abandon_message(first)
        for text, count in (("a1", 1), ("a2", 0)):
            got = await next_of(receiver)
            assert (str(got), got.delivery_count) == (text, count)
            await receiver.complete_message(got)
        assert await has_nothing(receiver)
        assert await receiver.session.get_state() is None
        await receiver.session.set_state("half way")
        assert await receiver.session.get_state() == b"half way"
        before = receiver.session.locked_until_utc
        await asyncio.sleep(0.05)
        assert before is not None
        assert await receiver.session.renew_lock() > before
        with pytest.raises(SessionCannotBeLockedError):
            async with receiver_of(client, "A"):
                pass
    assert namespace.counts(TALKS)["active"] == 1


async def test_next_available_session_is_found_or_the_wait_times_out(
    client: ServiceBusClient, sender: ServiceBusSender
) -> None:
    async def of_next() -> tuple[str, str]:
        async with client.get_queue_receiver(
            TALKS, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5
        ) as receiver:
            got = await next_of(receiver)
            await receiver.complete_message(got)
            return receiver.session.session_id, str(got)

    waiting = asyncio.create_task(of_next())
    await asyncio.sleep(1)
    await sender.send_messages(talk("late", "x"))
    assert await waiting == ("late", "x")
    with pytest.raises(OperationTimeoutError):
        async with client.get_queue_receiver(TALKS, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=1):
            pass


async def test_kinds_of_receivers_and_messages_must_fit_the_queue(
    client: ServiceBusClient, sender: ServiceBusSender
) -> None:
    with pytest.raises(ServiceBusError, match="requires sessions"):
        async with client.get_queue_receiver(TALKS):
            pass
    with pytest.raises(ServiceBusError, match="SessionId"):
        await sender.send_messages(ServiceBusMessage("nobody's"))


async def test_session_lost_at_the_broker_is_told_and_counted(
    client: ServiceBusClient, sender: ServiceBusSender, namespace: Namespace
) -> None:
    await sender.send_messages(talk("A", "a1"))
    async with receiver_of(client, "A") as receiver:
        got = await next_of(receiver)
        namespace.post("/faults", {"expireLocks": True})
        with pytest.raises(SessionLockLostError):
            await receiver.complete_message(got)
    async with receiver_of(client, "A") as receiver:
        again = await next_of(receiver)
        assert again.delivery_count == 1
        await receiver.complete_message(again)


async def test_renewed_session_outlives_its_lock_duration(
    client: ServiceBusClient, sender: ServiceBusSender
) -> None:
    await sender.send_messages(talk("A", "a1"))
    async with receiver_of(client, "A") as receiver, AutoLockRenewer() as renewer:
        renewer.register(receiver, receiver.session, max_lock_renewal_duration=30)
        got = await next_of(receiver)
        await asyncio.sleep(5.5)
        await receiver.complete_message(got)


async def test_deferred_peeked_and_dead_lettered_messages_of_a_session(
    client: ServiceBusClient, sender: ServiceBusSender
) -> None:
    await sender.send_messages([*talk("A", "a1", "a2")])
    await sender.send_messages(talk("B", "b1"))
    async with receiver_of(client, "A") as receiver:
        assert [str(each) for each in await receiver.peek_messages(9)] == ["a1", "a2"]
        first, second = await next_of(receiver), await next_of(receiver)
        await receiver.defer_message(first)
        assert first.sequence_number is not None
        [deferred] = await receiver.receive_deferred_messages(first.sequence_number)
        await receiver.complete_message(deferred)
        await receiver.dead_letter_message(second, reason="Bad")
    async with client.get_queue_receiver(TALKS, sub_queue=ServiceBusSubQueue.DEAD_LETTER) as graves:
        buried = await next_of(graves)
        assert (str(buried), buried.session_id, buried.dead_letter_reason) == ("a2", "A", "Bad")
        await graves.complete_message(buried)


async def test_sessions_are_listed(client: ServiceBusClient, sender: ServiceBusSender) -> None:
    await sender.send_messages(talk("A", "a1"))
    async with receiver_of(client, "B") as receiver:
        await receiver.session.set_state(b"x")
    assert [each async for each in client.list_queue_sessions(TALKS)] == ["A", "B"]
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert [each async for each in client.list_queue_sessions(TALKS, state_updated_after=since)] == ["B"]
    namespace_is_quiet = datetime.now(UTC) + timedelta(minutes=1)
    assert [
        each async for each in client.list_queue_sessions(TALKS, state_updated_after=namespace_is_quiet)
    ] == []


def test_sync_client_receives_sessions(namespace: Namespace) -> None:
    with SyncClient.from_connection_string(namespace.connection_string(), retry_total=0) as client:
        with client.get_queue_sender(TALKS) as sender:
            sender.send_messages(talk("A", "a1", "a2"))
        with client.get_queue_receiver(
            TALKS, session_id="A", receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE
        ) as receiver:
            got = [str(message) for message in receiver.receive_messages(2, max_wait_time=5)]
            receiver.session.set_state("done")
            assert receiver.session.get_state() == b"done"
            while len(got) < 2:
                got += [str(message) for message in receiver.receive_messages(2, max_wait_time=5)]
        assert got == ["a1", "a2"]
        assert list(client.list_queue_sessions(TALKS)) == ["A"]

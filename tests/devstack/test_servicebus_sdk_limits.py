"""The emulator at its limits, as the unmodified SDK sees them: sizes, refusals, rivals, outages."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from azure.servicebus import ServiceBusClient as SyncClient
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import (
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusError,
)

from tests.devstack.servicebus_namespace import BULK, JOBS, KEY_NAME, Namespace, next_of, running


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


@pytest.fixture(autouse=True)
def empty_queues(namespace: Namespace) -> None:
    namespace.post("/reset")


async def test_message_of_many_frames_arrives_whole_and_a_larger_one_is_refused(
    namespace: Namespace, sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    text = "".join(chr(32 + n % 90) for n in range(250_000))
    await sender.send_messages(ServiceBusMessage(text))
    with pytest.raises(MessageSizeExceededError):
        await sender.send_messages(ServiceBusMessage("x" * 300_000))
    got = await next_of(receiver)
    assert str(got) == text
    await receiver.complete_message(got)
    assert namespace.counts()["active"] == 0


async def test_competing_receivers_share_the_messages(client: ServiceBusClient, namespace: Namespace) -> None:
    async def work() -> list[str]:
        done = []
        async with client.get_queue_receiver(BULK) as receiver:
            while messages := await receiver.receive_messages(1, max_wait_time=0.5):
                done.append(str(messages[0]))
                await receiver.complete_message(messages[0])
        return done

    async with client.get_queue_sender(BULK) as sender:
        await sender.send_messages([ServiceBusMessage(str(number)) for number in range(200)])
        shares = await asyncio.gather(*(work() for _ in range(3)))
    assert sorted(int(text) for share in shares for text in share) == list(range(200))
    assert set(namespace.counts(BULK).values()) == {0}


async def test_unknown_queue_is_refused(client: ServiceBusClient) -> None:
    for link in (client.get_queue_sender("nowhere"), client.get_queue_receiver("nowhere")):
        with pytest.raises(MessagingEntityNotFoundError):
            async with link:
                pass


async def test_session_receiver_is_refused_on_a_queue_without_sessions(client: ServiceBusClient) -> None:
    with pytest.raises(ServiceBusError, match="not require sessions"):
        async with client.get_queue_receiver(JOBS, session_id="s"):
            pass


@pytest.mark.parametrize(
    "secret",
    [
        f"{KEY_NAME};SharedAccessKey=wrong",
        "SharedAccessSignature=SharedAccessSignature sr=sb%3A%2F%2Flocalhost%2Fjobs&sig=AAAA&se=1&skn="
        "RootManageSharedAccessKey",
    ],
    ids=["wrong key", "expired signature"],
)
async def test_bad_credentials_are_refused(namespace: Namespace, secret: str) -> None:
    string = namespace.connection_string(secret)
    async with ServiceBusClient.from_connection_string(string, retry_total=0) as stranger:
        with pytest.raises(ServiceBusAuthenticationError):
            async with stranger.get_queue_sender(JOBS):
                pass


async def test_clients_recover_from_an_outage_and_no_message_is_lost(
    namespace: Namespace, sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await sender.send_messages(ServiceBusMessage("before"))
    namespace.post("/faults", {"refuseSeconds": 1})
    with pytest.raises(ServiceBusError):
        await sender.send_messages(ServiceBusMessage("during"))
    await asyncio.sleep(1)
    await sender.send_messages(ServiceBusMessage("after"))
    got: list[str] = []
    while len(got) < 2:
        try:
            message = await next_of(receiver)
        except ServiceBusError:
            continue
        got.append(str(message))
        await receiver.complete_message(message)
    assert got == ["before", "after"]


def test_sync_client_sends_receives_and_settles(namespace: Namespace) -> None:
    with (
        SyncClient.from_connection_string(namespace.connection_string(), retry_total=0) as client,
        client.get_queue_sender(BULK) as sender,
        client.get_queue_receiver(BULK) as receiver,
    ):
        sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
        got: list[str] = []
        while len(got) < 2:
            for message in receiver.receive_messages(2, max_wait_time=10):
                got.append(str(message))
                receiver.complete_message(message)
    assert got == ["a", "b"]
    assert set(namespace.counts(BULK).values()) == {0}

"""Trying again later over a real bus: nothing lost, nothing doubled, nothing for ever."""

from collections.abc import Awaitable, Callable

import azure.functions as func
import orjson
import pytest
import pytest_asyncio
from azure.servicebus.aio import ServiceBusClient

from shared.bus import Bus
from shared.db import new_id
from shared.errors import Poison, Transient
from shared.messaging import GenerateSchedule
from shared.worker import read_message, retry_later
from shared.worker.retry import MAX_ATTEMPTS
from tests.integration.queue_view import Queues
from tests.integration.stores import BusServer
from tests.unit.queue_messages import delivered

QUEUE = GenerateSchedule.queue
BODY = orjson.dumps({"type": "GenerateSchedule", "version": 1, "jobId": str(new_id())})
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest_asyncio.fixture
async def queues(bus_at: BusServer) -> Queues:
    view = Queues(bus_at)
    await view.clear()
    return view


type Work = Callable[[], Awaitable[None]]


async def succeed() -> None:
    return


async def stumble() -> None:
    raise Transient("The model did not answer.")


async def handle(message: func.ServiceBusMessage, work: Work, bus: Bus) -> None:
    async with retry_later(message, queue=QUEUE, bus=bus):
        await work()


async def test_work_that_succeeds_sends_nothing(bus: Bus, queues: Queues) -> None:
    await handle(delivered(BODY, attempt=1), succeed, bus)
    assert await queues.messages(QUEUE) == []


async def test_a_transient_failure_schedules_a_later_copy_and_lets_this_one_go(
    bus: Bus, queues: Queues
) -> None:
    root = str(new_id())
    original = delivered(
        BODY, message_id=root, type="GenerateSchedule", version=1, attempt=1, traceparent=TRACE
    )
    await handle(original, stumble, bus)
    (copy,) = await queues.messages(QUEUE)
    assert (copy["messageId"], copy["state"], copy["body"]) == (f"{root}#2", "scheduled", BODY.decode())
    assert copy["scheduledAt"] is not None
    assert copy["applicationProperties"] == {
        "type": "GenerateSchedule",
        "version": 1,
        "attempt": 2,
        "traceparent": TRACE,
    }


async def test_the_copy_of_a_copy_counts_on_under_the_same_root(bus: Bus, queues: Queues) -> None:
    await handle(delivered(BODY, message_id="a#b#6", attempt=6), stumble, bus)
    (copy,) = await queues.messages(QUEUE)
    assert (copy["messageId"], copy["applicationProperties"]["attempt"]) == ("a#b#7", 7)


async def test_a_message_delivered_again_makes_no_second_copy(bus: Bus, queues: Queues) -> None:
    message = delivered(BODY, message_id=str(new_id()), attempt=1)
    for _ in range(3):
        await handle(message, stumble, bus)
    assert len(await queues.messages(QUEUE)) == 1


async def test_messages_sent_without_an_id_each_get_their_own_copy(bus: Bus, queues: Queues) -> None:
    for number in (7, 8, 8):
        await handle(delivered(BODY, message_id="", sequence_number=number), stumble, bus)
    copies = await queues.messages(QUEUE)
    assert sorted(copy["messageId"] for copy in copies) == ["sequence-7#2", "sequence-8#2"]


@pytest.mark.parametrize("attempt", [None, 0, -3, "4", 1.5])
async def test_an_attempt_that_cannot_be_counted_is_the_first(
    bus: Bus, queues: Queues, attempt: object
) -> None:
    await handle(delivered(BODY, message_id=str(new_id()), attempt=attempt), stumble, bus)
    (copy,) = await queues.messages(QUEUE)
    assert copy["applicationProperties"]["attempt"] == 2


async def test_the_last_attempt_is_left_to_the_broker(bus: Bus, queues: Queues) -> None:
    with pytest.raises(Transient):
        await handle(delivered(BODY, attempt=MAX_ATTEMPTS), stumble, bus)
    assert await queues.messages(QUEUE) == []


@pytest.mark.parametrize("error", [Poison("jobId: Field required."), ZeroDivisionError()])
async def test_any_other_failure_is_left_to_the_broker(bus: Bus, queues: Queues, error: Exception) -> None:
    async def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        await handle(delivered(BODY, attempt=1), fail, bus)
    assert await queues.messages(QUEUE) == []


async def test_a_bus_that_is_away_keeps_the_original_where_it_is() -> None:
    away = Bus(
        "Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=RootManageSharedAccessKey;"
        "SharedAccessKey=none;UseDevelopmentEmulator=true;"
    )
    with pytest.raises(Transient, match="did not take a message"):
        await handle(delivered(BODY, attempt=1), stumble, away)
    await away.close()


async def test_a_copy_arrives_when_its_time_has_come_and_reads_as_the_original(
    bus: Bus, bus_connection: str, queues: Queues
) -> None:
    await handle(delivered(BODY, message_id=str(new_id()), attempt=1), stumble, bus)
    async with (
        ServiceBusClient.from_connection_string(bus_connection) as client,
        client.get_queue_receiver(QUEUE) as receiver,
    ):
        (copy,) = await receiver.receive_messages(1, max_wait_time=10)
        await receiver.complete_message(copy)
    again = delivered(b"".join(copy.body), attempt=2)
    assert read_message(again, GenerateSchedule) == read_message(delivered(BODY), GenerateSchedule)
    assert await queues.messages(QUEUE) == []

"""State and message commit together, and the relay sends each message once, whatever happens to it."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from shared import telemetry, users
from shared.bus import Bus, Letter
from shared.db import Database, new_id
from shared.errors import Transient
from shared.messaging import GenerateSchedule, Message, NotifyUser, Relay, SearchPlaces, post, read
from shared.users import repository
from tests.integration.queue_view import Queues
from tests.integration.stores import BusServer
from tests.integration.travellers import new_user, wanted
from tests.launch import ROOT

GENERATE, NOTIFY = GenerateSchedule.queue, NotifyUser.queue
NOBODY = (
    "Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=RootManageSharedAccessKey;"
    "SharedAccessKey=none;UseDevelopmentEmulator=true;"
)


class Dying(Bus):
    """Sends, then dies before anybody learns that it did."""

    async def send(self, queue: str, letters: Sequence[Letter]) -> None:
        await super().send(queue, letters)
        raise ConnectionResetError


class Picky(Bus):
    """One queue of the namespace takes nothing, as one that is full or disabled."""

    async def send(self, queue: str, letters: Sequence[Letter]) -> None:
        if queue == GENERATE:
            raise Transient("The queue is full.")
        await super().send(queue, letters)


@pytest_asyncio.fixture
async def queues(bus_at: BusServer) -> Queues:
    view = Queues(bus_at)
    await view.clear()
    return view


@pytest_asyncio.fixture
async def away() -> AsyncIterator[Bus]:
    """A bus nobody answers at."""
    bus = Bus(NOBODY)
    yield bus
    await bus.close()


def order() -> GenerateSchedule:
    return GenerateSchedule(job_id=new_id())


def news() -> NotifyUser:
    return NotifyUser(
        notification_id=new_id(), user_id=new_id(), kind="schedule-ready", trip_id=new_id(), subject="Alps"
    )


async def posted(db: Database, *messages: Message) -> None:
    async with db.transaction() as tx:
        for message in messages:
            await post(tx, message)


async def waiting(db: Database) -> list[str]:
    async with db.transaction() as tx:
        cursor = await tx.execute("SELECT id FROM outbox ORDER BY id")
        return [str(row["id"]) for row in await cursor.fetchall()]


async def sign_up_and_post(db: Database, username: str, *, fail: bool = False) -> None:
    async with db.transaction() as tx:
        await repository.insert(tx, new_id(), wanted(username=username), password_hash="none")  # noqa: S106
        await post(tx, order())
        if fail:
            raise ZeroDivisionError


async def test_rows_and_message_commit_together(empty_db: Database) -> None:
    await sign_up_and_post(empty_db, "ada99")
    assert not (await users.availability("username", "ada99", db=empty_db)).available
    assert len(await waiting(empty_db)) == 1


async def test_a_transaction_that_fails_leaves_neither_row_nor_message(empty_db: Database) -> None:
    woken: list[bool] = []
    empty_db.when_posted(lambda: woken.append(True))
    with pytest.raises(ZeroDivisionError):
        await sign_up_and_post(empty_db, "ada99", fail=True)
    assert (await users.availability("username", "ada99", db=empty_db)).available
    assert await waiting(empty_db) == []
    assert woken == []


async def test_the_relay_is_woken_by_the_commit_of_a_message_and_by_no_other(empty_db: Database) -> None:
    woken: list[bool] = []
    empty_db.when_posted(lambda: woken.append(True))
    await new_user(empty_db)
    assert woken == []
    await posted(empty_db, order(), news())
    await new_user(empty_db)
    assert woken == [True]


async def test_a_message_arrives_as_it_was_posted_under_the_id_of_its_row(
    empty_db: Database, bus: Bus, queues: Queues
) -> None:
    message = order()
    with telemetry.span("test", traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        await posted(empty_db, message)
    (row_id,) = await waiting(empty_db)
    assert await Relay(db=empty_db, bus=bus).sweep() == 1
    (arrived,) = await queues.messages(GENERATE)
    assert (arrived["messageId"], arrived["contentType"]) == (row_id, "application/json")
    assert read(arrived["body"].encode(), GenerateSchedule) == message
    properties = arrived["applicationProperties"]
    assert (properties["type"], properties["version"], properties["attempt"]) == ("GenerateSchedule", 1, 1)
    assert "4bf92f3577b34da6a3ce929d0e0e4736" in properties["traceparent"]


async def test_a_posted_message_leaves_at_once_without_a_sweep(
    empty_db: Database, bus: Bus, queues: Queues
) -> None:
    relay = Relay(db=empty_db, bus=bus)
    empty_db.when_posted(relay.wake)
    for _ in range(3):
        await posted(empty_db, order())
    assert len(await queues.await_messages(GENERATE, 3)) == 3
    empty_db.when_posted(lambda: None)
    await relay.close()


async def test_each_message_is_sent_once_to_its_own_queue(
    empty_db: Database, bus: Bus, queues: Queues
) -> None:
    await posted(empty_db, *[order() for _ in range(150)], *[news() for _ in range(5)])
    relay = Relay(db=empty_db, bus=bus)
    assert await relay.sweep() == 155
    assert await relay.sweep() == 0
    assert await waiting(empty_db) == []
    assert (len(await queues.messages(GENERATE)), len(await queues.messages(NOTIFY))) == (150, 5)


class Counting(Bus):
    """Remembers the id of every letter it sent."""

    def __init__(self, connection: str) -> None:
        super().__init__(connection)
        self.sent: list[str] = []

    async def send(self, queue: str, letters: Sequence[Letter]) -> None:
        await super().send(queue, letters)
        self.sent += [letter.id for letter in letters]


async def test_two_relays_at_once_never_send_the_same_message(
    empty_db: Database, bus_connection: str, queues: Queues
) -> None:
    one, two = Counting(bus_connection), Counting(bus_connection)
    await posted(empty_db, *[order() for _ in range(250)])
    ids = await waiting(empty_db)
    await asyncio.gather(*(Relay(db=empty_db, bus=bus).sweep() for bus in (one, two, one, two)))
    assert sorted(one.sent + two.sent) == ids
    assert len(await queues.messages(GENERATE)) == 250
    for bus in (one, two):
        await bus.close()


async def test_messages_wait_while_the_bus_is_away_and_are_sent_when_it_is_back(
    empty_db: Database, bus: Bus, away: Bus, queues: Queues
) -> None:
    await posted(empty_db, order(), news())
    ids = await waiting(empty_db)
    with pytest.raises(Transient):
        await Relay(db=empty_db, bus=away).sweep()
    assert await waiting(empty_db) == ids
    assert await Relay(db=empty_db, bus=bus).sweep() == 2
    arrived = await queues.messages(GENERATE) + await queues.messages(NOTIFY)
    assert sorted(message["messageId"] for message in arrived) == ids


async def test_a_bus_that_is_away_does_not_disturb_whoever_posts(
    empty_db: Database, away: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    relay = Relay(db=empty_db, bus=away)
    empty_db.when_posted(relay.wake)
    await posted(empty_db, order())
    empty_db.when_posted(lambda: None)
    assert relay._task is not None
    await relay._task
    assert "messages stay in the outbox for now" in caplog.text
    assert len(await waiting(empty_db)) == 1


async def test_a_queue_that_takes_nothing_does_not_hold_up_the_others(
    empty_db: Database, bus_connection: str, queues: Queues
) -> None:
    await posted(empty_db, *[order() for _ in range(120)], news())
    picky = Picky(bus_connection)
    with pytest.raises(Transient):
        await Relay(db=empty_db, bus=picky).sweep()
    assert len(await waiting(empty_db)) == 120
    assert len(await queues.messages(NOTIFY)) == 1
    await picky.close()


async def test_a_crash_between_send_and_delete_sends_again_under_the_same_id(
    empty_db: Database, bus: Bus, bus_connection: str, queues: Queues
) -> None:
    await posted(empty_db, order())
    ids = await waiting(empty_db)
    dying, counting = Dying(bus_connection), Counting(bus_connection)
    with pytest.raises(ConnectionResetError):
        await Relay(db=empty_db, bus=dying).sweep()
    assert await waiting(empty_db) == ids
    assert await Relay(db=empty_db, bus=counting).sweep() == 1
    assert counting.sent == ids
    assert [message["messageId"] for message in await queues.messages(GENERATE)] == ids
    for each in (dying, counting):
        await each.close()


async def test_a_lost_database_connection_is_transient_and_the_next_transaction_works(
    empty_db: Database,
) -> None:
    async def lose() -> None:
        async with empty_db.transaction() as tx:
            await post(tx, order())
            await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Transient, match="The database did not answer"):
        await lose()
    assert await waiting(empty_db) == []
    await posted(empty_db, order())
    assert len(await waiting(empty_db)) == 1


async def test_the_example_of_the_guide_enqueues_a_message(
    bus_connection: str, queues: Queues, tmp_path: Path
) -> None:
    guide = (ROOT / "docs" / "messages" / "README.md").read_text()
    example = re.search(r"```python\n(.*?)```", guide, re.DOTALL)
    assert example is not None
    settings = {"Values": {"ServiceBus": bus_connection}}
    (tmp_path / "local.settings.json").write_text(json.dumps(settings))
    await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", example[1]], cwd=tmp_path, check=True, timeout=60
    )
    (arrived,) = await queues.messages(SearchPlaces.queue)
    assert read(arrived["body"].encode(), SearchPlaces).category == "food"

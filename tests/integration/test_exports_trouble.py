"""Exports when something goes wrong: one result or none, never half of one, and a reason that can be read."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest

from shared import exports, schedules, users
from shared.db import Database, Replay, Transaction, new_id
from shared.documents import Documents
from shared.errors import NotFound, RateLimited, Transient
from shared.exports.model import MOST_A_DAY
from shared.messaging import ExportAccount
from shared.schedules import Tools
from shared.users import EndedSessions
from tests.integration.copies import asked_for, copy_of, inform, seen, unpacked, volumes
from tests.integration.mortal import WorkerDied, mortal
from tests.integration.planners import Traveller
from tests.integration.stores import COSMOS_KEY
from tests.integration.travellers import new_trip, new_user

NOBODY = "http://127.0.0.1:9"


async def somebody(tools: Tools, *, trips: int = 2, news: int = 2) -> Traveller:
    """Somebody with something in both stores."""
    owner = await new_user(tools.db)
    made = [await new_trip(tools.db, owner, f"Trip {number}") for number in range(trips)]
    who = Traveller(owner, made[0].id, tools)
    await inform(who, times=news)
    return who


async def age(order: ExportAccount, db: Database, *, minutes: int) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE account_exports SET requested_at = requested_at - %s * interval '1 minute' WHERE id = %s",
            (minutes, order.export_id),
        )


async def rows(order: ExportAccount, table: str, db: Database) -> int:
    column = "id" if table == "account_exports" else "export_id"
    async with db.transaction() as tx:
        cursor = await tx.execute(
            f"SELECT count(*) AS n FROM {table} WHERE {column} = %s",  # noqa: S608
            (order.export_id,),
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def test_of_many_requests_at_once_one_is_queued(tools: Tools) -> None:
    owner = await new_user(tools.db)
    outcomes = await asyncio.gather(
        *(exports.request(owner=owner, replay=None, db=tools.db) for _ in range(8)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 7 + ["Export"]


async def test_the_same_key_is_the_same_export(tools: Tools) -> None:
    owner = await new_user(tools.db)
    replay = Replay(owner=owner, key="k", digest="d")
    first = await exports.request(owner=owner, replay=replay, db=tools.db)
    assert await exports.request(owner=owner, replay=replay, db=tools.db) == first


async def test_two_a_day_and_those_that_failed_do_not_count(tools: Tools) -> None:
    who = await somebody(tools)
    db = tools.db
    failing = await asked_for(who.id, db)
    await exports.run(failing, tools=tools, most=0)
    assert (await seen(failing, who.id, db)).state == "failed"
    first = await asked_for(who.id, db)
    await exports.run(first, tools=tools)
    for _ in range(MOST_A_DAY - 1):
        await copy_of(who)
    with pytest.raises(RateLimited) as refused:
        await asked_for(who.id, db)
    assert 0 < refused.value.retry_after <= 86_400
    await age(first, db, minutes=24 * 60)
    await copy_of(who)


async def test_no_account_no_export(tools: Tools) -> None:
    with pytest.raises(NotFound):
        await exports.request(owner=new_id(), replay=None, db=tools.db)


async def test_a_message_that_comes_again_changes_nothing(tools: Tools) -> None:
    who = await somebody(tools)
    order = await asked_for(who.id, tools.db)
    await exports.run(order, tools=tools)
    before = await seen(order, who.id, tools.db), await volumes(order, who.id, tools.db)
    await exports.run(order, tools=tools)
    assert (await seen(order, who.id, tools.db), await volumes(order, who.id, tools.db)) == before


async def test_two_workers_at_once_make_one_export(tools: Tools) -> None:
    who = await somebody(tools, trips=5)
    order = await asked_for(who.id, tools.db)
    await asyncio.gather(*(exports.run(order, tools=tools, largest=500) for _ in range(4)))
    copy = unpacked(await volumes(order, who.id, tools.db))
    assert sum(name.startswith("trips/") for name in copy) == 5


async def test_a_large_export_is_several_whole_zip_files(tools: Tools) -> None:
    who = await somebody(tools, trips=6)
    order = await asked_for(who.id, tools.db)
    await exports.run(order, tools=tools, largest=1_000)
    files = await volumes(order, who.id, tools.db)
    assert len(files) > 2
    assert set(unpacked(files)) == set(await copy_of(who))


@pytest.mark.parametrize("limits", [{"largest": 500, "most": 2}, {"seconds": 0.0}])
async def test_too_much_is_told_and_nothing_of_it_stays(tools: Tools, limits: dict[str, float]) -> None:
    who = await somebody(tools, trips=6)
    order = await asked_for(who.id, tools.db)
    await exports.run(order, tools=tools, **limits)  # type: ignore[arg-type]
    export = await seen(order, who.id, tools.db)
    assert (export.state, export.files) == ("failed", ())
    assert export.reason is not None
    assert "by hand" in export.reason
    assert await rows(order, "account_export_files", tools.db) == 0
    await exports.run(order, tools=tools)
    assert (await seen(order, who.id, tools.db)).state == "failed"


async def test_a_store_that_is_away_means_later(tools: Tools) -> None:
    who = await somebody(tools)
    order = await asked_for(who.id, tools.db)
    away = Documents(endpoint=NOBODY, key=COSMOS_KEY, database="tripgen")
    with pytest.raises(Transient):
        await exports.run(order, tools=replace(tools, documents=away), largest=500)
    await away.close()
    assert (await seen(order, who.id, tools.db)).state == "queued"
    with pytest.raises(NotFound):
        await exports.file(order.export_id, 1, owner=who.id, db=tools.db)
    await exports.run(order, tools=tools)
    assert set(unpacked(await volumes(order, who.id, tools.db))) == set(await copy_of(who))


async def test_an_export_nobody_makes_has_failed_after_half_an_hour(tools: Tools) -> None:
    who = await somebody(tools)
    order = await asked_for(who.id, tools.db)
    await age(order, tools.db, minutes=31)
    late = await seen(order, who.id, tools.db)
    assert (late.state, late.files) == ("failed", ())
    assert late.reason is not None
    await asked_for(who.id, tools.db)
    await exports.run(order, tools=tools)
    assert (await seen(order, who.id, tools.db)).state == "ready"


async def test_a_worker_may_die_anywhere(tools: Tools) -> None:
    who = await somebody(tools, trips=3)
    wanted = set(await copy_of(who))
    order, life = await asked_for(who.id, tools.db), 0
    while (await seen(order, who.id, tools.db)).state == "queued":
        try:
            await exports.run(order, tools=mortal(tools, life), largest=700)
        except WorkerDied:
            life += 1
    assert life > 20
    assert set(unpacked(await volumes(order, who.id, tools.db))) == wanted


async def delete(who: Traveller) -> None:
    await users.delete_account(who.id, seen=None, ended=EndedSessions(who.tools.db), db=who.tools.db)


async def test_an_account_deleted_before_its_turn_leaves_nothing(tools: Tools) -> None:
    who = await somebody(tools)
    order = await asked_for(who.id, tools.db)
    await delete(who)
    await exports.run(order, tools=tools)
    assert await rows(order, "account_exports", tools.db) == 0


class Interrupted(Database):
    """Something happens before one of its transactions."""

    def __init__(self, living: Database, deed: Callable[[], Awaitable[None]], *, before: int) -> None:
        self._living, self._deed, self._left = living, deed, before

    @property
    def happened(self) -> bool:
        return self._left < 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        await self._count()
        async with self._living.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        await self._count()
        async with self._living.reading() as connection:
            yield connection

    async def _count(self) -> None:
        self._left -= 1
        if self._left == -1:
            await self._deed()


async def test_an_account_deleted_at_any_moment_leaves_nothing(tools: Tools) -> None:
    for before in itertools.count():
        who = await somebody(tools)
        order = await asked_for(who.id, tools.db)
        db = Interrupted(tools.db, partial(delete, who), before=before)
        await exports.run(order, tools=replace(tools, db=db), largest=700)
        if not db.happened:
            break
        for table in ("account_exports", "account_export_files"):
            assert await rows(order, table, tools.db) == 0
    assert before > 10


async def test_a_trip_deleted_at_any_moment_is_whole_or_not_there(tools: Tools) -> None:
    for before in itertools.count():
        who = await somebody(tools)
        order = await asked_for(who.id, tools.db)
        forget = partial(
            schedules.forget, who.trip, owner=who.id, seen=None, db=tools.db, documents=tools.documents
        )
        db = Interrupted(tools.db, forget, before=before)
        await exports.run(order, tools=replace(tools, db=db))
        copy = unpacked(await volumes(order, who.id, tools.db))
        assert sum(name.startswith("trips/") for name in copy) in {1, 2}
        if not db.happened:
            break


async def test_copies_are_gone_after_two_days(tools: Tools) -> None:
    who = await somebody(tools)
    order = await asked_for(who.id, tools.db)
    await exports.run(order, tools=tools)
    await age(order, tools.db, minutes=2 * 24 * 60 - 1)
    await exports.sweep(db=tools.db)
    await exports.file(order.export_id, 1, owner=who.id, db=tools.db)
    await age(order, tools.db, minutes=2)
    with pytest.raises(NotFound):
        await exports.file(order.export_id, 1, owner=who.id, db=tools.db)
    assert await exports.sweep(db=tools.db) >= 1
    for table in ("account_exports", "account_export_files"):
        assert await rows(order, table, tools.db) == 0

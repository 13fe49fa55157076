"""Versions in both stores: what a crash between them leaves goes, what is kept gives the same plan again."""

import asyncio
import threading
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from shared import schedules
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.errors import BrokenRules, NotFound, PreconditionFailed
from shared.maps import Maps
from shared.messaging import GenerateSchedule
from shared.schedules import Allowance, DayChange, JobStatus, Tools, gather, produce, repository, store
from shared.schedules.lease import LEASE
from shared.schedules.planning.document import Plan
from shared.schedules.planning.inputs import remake
from shared.schedules.produce import UNREAD
from shared.schedules.reporting import reported
from shared.schedules.step import Step
from shared.schedules.store import Kept
from shared.weather import Forecasts
from tests.integration.mortal import WorkerDied, mortal
from tests.integration.planners import (
    ENDED,
    Traveller,
    documents_in,
    forget_places,
    go_on,
    handle,
    outbox_of,
    state_of,
    sweep_all,
    traveller,
)
from tests.integration.services import WEATHER_KEY
from tests.integration.stores import COSMOS_KEY

NOBODY = "http://127.0.0.1:9"


@pytest_asyncio.fixture
async def tools(db: Database, cache: Cache, documents: Documents, request: pytest.FixtureRequest) -> Tools:
    maps: Maps = request.getfixturevalue("maps")
    weather: str = request.getfixturevalue("weather_url")
    return Tools(
        db=db,
        cache=cache,
        documents=documents,
        maps=maps,
        forecasts=Forecasts(url=weather, key=WEATHER_KEY),
        model=None,
        allowance=Allowance(at_once=3, per_day=1_000),
    )


async def current(who: Traveller) -> Plan:
    tools = who.tools
    return await schedules.current(who.trip, caller=who.id, db=tools.db, documents=tools.documents)


async def kept(who: Traveller) -> Kept:
    """The newest version with its inputs, as they are stored."""
    async with who.tools.db.transaction() as tx:
        newest = await store.newest(tx, who.trip)
    assert newest is not None
    found = await store.read_whole(who.trip, newest, documents=who.tools.documents)
    assert found is not None
    return found


async def numbers(who: Traveller) -> list[int]:
    async with who.tools.db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT version FROM schedule_versions WHERE trip_id = %s ORDER BY version", (who.trip,)
        )
        return [row["version"] for row in await cursor.fetchall()]


async def pointers(who: Traveller) -> set[str]:
    async with who.tools.db.transaction() as tx:
        return {str(one) for one in await store.documents_of(tx, who.trip)}


async def edit(who: Traveller, change: DayChange, *, tools: Tools | None = None) -> Plan:
    used = tools or who.tools
    return await schedules.edit_day(
        who.trip, 1, change, caller=who.id, seen=None, db=used.db, documents=used.documents
    )


async def lock_first(who: Traveller) -> DayChange:
    items = (await current(who)).days[0].items
    return DayChange(lock=(next(i.place.id for i in items if i.kind == "visit" and i.place),))


def remade(found: Kept) -> Plan:
    plan = found.plan
    return remake(found.inputs, seed=plan.seed, version=plan.version, generated_at=plan.generated_at)


async def test_stored_inputs_and_seed_give_the_stored_plan(tools: Tools) -> None:
    who = await traveller(tools, city="Munich", nights=2)
    await who.plan(mustSee=["Deutsches Museum"], seed=77)
    first = await kept(who)
    assert remade(first) == first.plan.model_copy(update={"status": "draft"})
    assert first.inputs.brief.snapshot == first.plan.candidates_snapshot
    await who.plan(day=2, seed=5)
    again = await kept(who)
    assert again.inputs.base == first.plan
    assert remade(again) == again.plan.model_copy(update={"status": "draft"})
    assert again.plan.days[0] == first.plan.days[0]


async def test_an_edit_that_dies_between_the_stores_leaves_the_plan_as_it_was(tools: Tools) -> None:
    who = await traveller(tools)
    await who.plan()
    change, before = await lock_first(who), await current(who)
    for life in range(20):
        try:
            await edit(who, change, tools=mortal(tools, life))
        except WorkerDied:
            if await numbers(who) != [1]:
                break  # died right after the commit: the version is there
            await sweep_all(who.trip, tools)
            assert await documents_in(who.trip, tools) == await pointers(who)
            continue
        break
    assert await numbers(who) == [1, 2]
    assert (await current(who)).days[0].items != before.days[0].items
    assert await documents_in(who.trip, tools) == await pointers(who)


async def test_of_two_edits_at_once_one_is_made_and_the_other_is_told(tools: Tools) -> None:
    who = await traveller(tools)
    await who.plan()
    change = await lock_first(who)
    outcomes = await asyncio.gather(*(edit(who, change) for _ in range(4)), return_exceptions=True)
    made = [one for one in outcomes if isinstance(one, Plan)]
    assert len(made) + sum(isinstance(one, PreconditionFailed) for one in outcomes) == 4
    assert (await current(who)).version == 1 + len(made)
    await sweep_all(who.trip, tools)
    assert await documents_in(who.trip, tools) == await pointers(who)


async def test_a_refused_edit_writes_nothing(tools: Tools) -> None:
    who = await traveller(tools)
    await who.plan()
    items = (await current(who)).days[0].items
    everything = tuple(i.place.id for i in items if i.kind == "visit" and i.place)
    with pytest.raises(BrokenRules) as refused:
        await edit(who, DayChange(remove=everything))
    assert refused.value.errors
    assert await numbers(who) == [1]
    assert len(await documents_in(who.trip, tools)) == 1


async def test_a_crash_right_after_a_cancel_leaves_no_document_for_long(tools: Tools) -> None:
    who = await traveller(tools)
    job_id = await who.ask()
    await go_on(job_id, tools, until="drafted")
    with pytest.raises(WorkerDied):
        await who.cancel(job_id, tools=mortal(tools, 2))
    assert await state_of(job_id, tools) == "cancelled"
    assert await documents_in(who.trip, tools) == {str(job_id)}
    with pytest.raises(NotFound):
        await current(who)
    await schedules.sweep(tools=tools)  # not due yet: its writer may still be alive
    assert await documents_in(who.trip, tools) == {str(job_id)}
    await sweep_all(who.trip, tools)
    assert await documents_in(who.trip, tools) == set()


async def test_a_cancel_works_while_the_document_store_is_away(tools: Tools) -> None:
    who = await traveller(tools)
    job_id = await who.ask()
    await go_on(job_id, tools, until="drafted")
    away = Documents(endpoint=NOBODY, key=COSMOS_KEY, database="tripgen")
    told = await who.cancel(job_id, tools=replace(tools, documents=away))
    await away.close()
    assert told.state == "cancelled"
    await sweep_all(who.trip, tools)
    assert await documents_in(who.trip, tools) == set()


async def test_a_document_written_after_everybody_cleared_up_goes_too(tools: Tools) -> None:
    who = await traveller(tools)
    job_id = await who.ask()
    await go_on(job_id, tools, until="drafted")
    late = await kept(who)
    await who.cancel(job_id)
    assert await documents_in(who.trip, tools) == set()
    await store.write(late, document_id=job_id, documents=tools.documents)
    await sweep_all(who.trip, tools)
    assert await documents_in(who.trip, tools) == set()


async def test_plans_go_with_their_owner_whoever_deletes_them(tools: Tools) -> None:
    who = await traveller(tools)
    await who.plan()
    async with tools.db.transaction() as tx:
        await tx.execute("DELETE FROM users WHERE id = %s", (who.id,))
    assert await documents_in(who.trip, tools)
    await sweep_all(who.trip, tools)
    assert await documents_in(who.trip, tools) == set()


async def test_the_sweep_remembers_what_it_cannot_drop_now(tools: Tools) -> None:
    who = await traveller(tools)
    await who.plan()
    await schedules.forget(who.trip, owner=who.id, seen=None, db=tools.db, documents=tools.documents)
    away = Documents(endpoint=NOBODY, key=COSMOS_KEY, database="tripgen")
    await sweep_all(who.trip, replace(tools, documents=away))
    await away.close()
    async with tools.db.transaction() as tx:
        cursor = await tx.execute("SELECT 1 FROM schedule_leftovers WHERE trip_id = %s", (who.trip,))
        assert await cursor.fetchone()
    await sweep_all(who.trip, tools)
    async with tools.db.transaction() as tx:
        cursor = await tx.execute("SELECT 1 FROM schedule_leftovers WHERE trip_id = %s", (who.trip,))
        assert await cursor.fetchone() is None


async def test_a_job_that_cannot_refine_keeps_its_draft_and_says_so(tools: Tools) -> None:
    who = await traveller(tools)
    job_id = await who.ask(specialRequests="Something quiet")
    await go_on(job_id, tools, until="drafted")
    async with tools.db.transaction() as tx:
        await tx.execute(
            "UPDATE schedule_jobs SET started_at = now() - interval '11 minutes' WHERE id = %s", (job_id,)
        )
    await go_on(job_id, tools)
    assert await state_of(job_id, tools) == "completed"
    assert [one.reason for one in (await current(who)).unmet] == [UNREAD]


async def test_a_job_that_fails_takes_its_draft_back_and_the_plan_before_stays(tools: Tools) -> None:
    who = await traveller(tools)
    await who.plan()
    job_id = await who.ask()
    await go_on(job_id, tools, until="drafted")
    async with tools.db.transaction() as tx:
        await tx.execute("UPDATE schedule_jobs SET attempts = 99 WHERE id = %s", (job_id,))
    await go_on(job_id, tools)
    assert await state_of(job_id, tools) == "failed"
    assert (await current(who)).version == 1
    await sweep_all(who.trip, tools)
    assert await documents_in(who.trip, tools) == await pointers(who)


async def test_time_in_line_does_not_count_towards_the_deadline(tools: Tools) -> None:
    who = await traveller(tools)
    job_id = await who.ask()
    async with tools.db.transaction() as tx:
        await tx.execute(
            "UPDATE schedule_jobs SET created_at = now() - interval '2 hours' WHERE id = %s", (job_id,)
        )
    await go_on(job_id, tools)
    assert await state_of(job_id, tools) == "completed"
    assert await outbox_of(job_id, tools) != []


async def test_repeated_messages_that_find_nothing_to_do_do_not_tire_a_job(tools: Tools) -> None:
    await forget_places(tools, "Paris")
    who = await traveller(tools, city="Paris")
    job_id = await who.ask()
    await go_on(job_id, tools, until="gathering")
    searches = await outbox_of(job_id, tools)
    for _ in range(30):
        await schedules.advance(GenerateSchedule(job_id=job_id), tools=tools)
    for message in searches:
        await handle(message, tools)
    await go_on(job_id, tools)
    assert await state_of(job_id, tools) == "completed"


async def test_a_search_tells_how_far_it_is_and_nothing_after_a_cancel(tools: Tools) -> None:
    who = await traveller(tools)
    job_id = await who.ask()
    await go_on(job_id, tools, until="planning")
    step = await take(job_id, tools)
    async with reported(step, tools=tools) as hear:
        hear(50)
        told = await status(who, job_id, wait=10)
    assert (told.percent, told.events[-1].message) == (55, "Trying out days: 50 %.")
    await who.cancel(job_id)
    async with tools.db.transaction() as tx:
        await repository.report(tx, step.job, holder=step.holder, percent=60, message="too late")
    assert (await status(who, job_id)).events[-1].state == "cancelled"


async def status(who: Traveller, job_id: UUID, *, wait: int = 0) -> JobStatus:
    """The job; with `wait` once it has told something new."""
    tools = who.tools
    now = await schedules.status(job_id, caller=who.id, after=0, wait=0, db=tools.db, cache=tools.cache)
    last = now.events[-1].number if wait else 0
    return await schedules.status(
        job_id, caller=who.id, after=last, wait=wait, db=tools.db, cache=tools.cache
    )


STEPS = {"queued": gather.fan_out, "planning": produce.draft, "drafted": produce.refine}


@pytest.mark.parametrize("state", STEPS)
async def test_a_worker_that_was_overtaken_has_no_effect(tools: Tools, *, state: str) -> None:
    who = await traveller(tools)
    job_id = await who.ask()
    if state != "queued":
        await go_on(job_id, tools, until=state)
    [message] = await outbox_of(job_id, tools)
    slow = await take(job_id, tools)
    await take(job_id, tools)  # by another worker
    await STEPS[state](slow, tools)
    assert await state_of(job_id, tools) == state
    assert await outbox_of(job_id, tools) == []
    async with tools.db.transaction() as tx:
        await tx.execute("UPDATE schedule_jobs SET lease_until = now() WHERE id = %s", (job_id,))
    await handle(message, tools)
    if await state_of(job_id, tools) not in ENDED:
        await go_on(job_id, tools)
    assert await state_of(job_id, tools) == "completed"


async def take(job_id: UUID, tools: Tools) -> Step:
    """The job's step in the hands of a worker; whoever had it before was too slow."""
    holder = uuid4()
    async with tools.db.transaction() as tx:
        await tx.execute("UPDATE schedule_jobs SET lease_until = NULL WHERE id = %s", (job_id,))
        job = await repository.claim(tx, job_id, holder=holder, lease=LEASE)
    assert job is not None
    return Step(job=job, holder=holder, lost=threading.Event())

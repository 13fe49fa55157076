"""A cancelled job stops its work at every step: nothing is planned, told or stored any more."""

import asyncio
import logging
from uuid import UUID

import pytest

from shared.messaging import SearchPlaces
from shared.schedules import Tools
from tests.integration.planners import (
    Traveller,
    documents_in,
    forget_places,
    go_on,
    handle,
    outbox_of,
    state_of,
    traveller,
)
from tests.integration.services import broken

SECONDS = 60
"""For conditions that hold within one or two; a worker that works on takes as long as its plan."""


@pytest.fixture
def tools(asking: Tools) -> Tools:
    return asking


async def nothing_is_left(who: Traveller, job_id: UUID) -> None:
    """The job's story ends with the cancel, and neither store has anything of it."""
    tools = who.tools
    async with tools.db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT state FROM schedule_job_events WHERE job_id = %s ORDER BY number DESC LIMIT 1", (job_id,)
        )
        last = await cursor.fetchone()
        versions = await (
            await tx.execute("SELECT 1 FROM schedule_versions WHERE job_id = %s", (job_id,))
        ).fetchall()
    assert last is not None
    assert last["state"] == "cancelled" == await state_of(job_id, tools)
    assert versions == []
    assert await documents_in(who.trip, tools) == set()
    assert await outbox_of(job_id, tools) == []


async def told(job_id: UUID, words: str, tools: Tools) -> None:
    """Until the job's story has a sentence with these words."""
    async with asyncio.timeout(SECONDS):
        while True:
            async with tools.db.transaction() as tx:
                cursor = await tx.execute(
                    "SELECT 1 FROM schedule_job_events WHERE job_id = %s AND message LIKE %s",
                    (job_id, f"%{words}%"),
                )
                if await cursor.fetchone():
                    return
            await asyncio.sleep(0.05)


async def test_searches_for_a_cancelled_job_are_not_counted_and_none_follows(
    tools: Tools, maps_url: str
) -> None:
    who = await traveller(tools)
    await forget_places(tools, "Salzburg")
    job_id = await who.ask()
    await go_on(job_id, tools, until="gathering")
    orders = [order for order in await outbox_of(job_id, tools) if isinstance(order, SearchPlaces)]
    assert len(orders) > 1
    with broken(maps_url, "slow", latencyMs=300):
        working = asyncio.create_task(handle(orders[0], tools))
        await asyncio.wait({working}, timeout=0.1)  # well within it, on a slow machine before its start
        await who.cancel(job_id)
        await working
    await nothing_is_left(who, job_id)


async def test_the_planner_stops_in_the_middle(tools: Tools, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "shared.schedules.advance")
    who = await traveller(tools, city="Munich", nights=30)
    job_id = await who.ask()
    await go_on(job_id, tools, until="planning")
    [message] = await outbox_of(job_id, tools)
    working = asyncio.create_task(handle(message, tools))
    await told(job_id, "Trying out days", tools)
    await who.cancel(job_id)
    async with asyncio.timeout(SECONDS):
        await working
    assert f"job {job_id} was taken from us while planning" in caplog.text
    await nothing_is_left(who, job_id)


async def test_what_a_model_says_after_the_cancel_is_not_planned_with(
    tools: Tools, model_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "shared.schedules.advance")
    who = await traveller(tools)
    job_id = await who.ask(specialRequests="We love culture, no shopping.")
    await go_on(job_id, tools, until="drafted")
    [message] = await outbox_of(job_id, tools)
    with broken(model_url, "slow", latencyMs=4_000):
        working = asyncio.create_task(handle(message, tools))
        await told(job_id, "Reading your special requests", tools)
        await who.cancel(job_id)
        async with asyncio.timeout(SECONDS):
            await working
    assert f"job {job_id} was taken from us while planning" in caplog.text
    await nothing_is_left(who, job_id)

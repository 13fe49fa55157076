"""From a traveller's cancel to the worker having stopped, while it gathers places and while it plans."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from benchmarks.account import new_account
from benchmarks.measurement import Bar, BenchmarkError, Measurement, percentile
from benchmarks.tools import open_tools
from devstack.service import Say
from devstack.stack import Stack
from shared import places, schedules, trips
from shared.messaging import GenerateSchedule, SearchPlaces
from shared.schedules import ScheduleRequest, Tools, repository
from shared.trips import DestinationDraft, MemberDraft, TripDraft

TIMES = 20
NIGHTS = 13
CITIES = {"gathering": "Munich", "planning": "Paris"}
"""One is forgotten again and again, the other stays known."""
AT_WORK_SECONDS = {"gathering": 0.02, "planning": 0.3}
"""How long a worker is at its step before the cancel comes: well within it."""


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Whose jobs are cancelled, with what, and where the city's places are kept."""

    owner: UUID
    tools: Tools
    region: str


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """Seconds from the call to the end of the worker's step, for trips of fourteen days."""
    return asyncio.run(_measure(stack, say))


async def _measure(stack: Stack, say: Say) -> list[Measurement]:
    found: list[Measurement] = []
    async with open_tools(stack.settings) as tools:
        city = await places.locate(CITIES["gathering"], maps=tools.maps, cache=tools.cache)
        if city is None:
            raise BenchmarkError(f"The geocoder does not know {CITIES['gathering']}.")
        at = Cancelling(await new_account(tools.db), tools, places.region_of(city.lat, city.lng))
        for step, work in STEPS.items():
            samples = [await _once(at, step, work) for _ in range(TIMES)]
            say(f"cancel {step}: {min(samples):.2f} to {max(samples):.2f} s until the worker stood still")
            found += [
                Measurement("cancel", f"{step}, p{p}", "s", percentile(samples, p), (Bar("≤", 2.0),))
                for p in (50, 95)
            ]
    return found


async def _gather(job_id: UUID, at: Cancelling) -> None:
    """What the location workers do for the job, all at once."""
    async with at.tools.db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT body FROM outbox WHERE properties->>'type' = 'SearchPlaces' AND body LIKE %s",
            (f"%{job_id}%",),
        )
        orders = [SearchPlaces.model_validate_json(row["body"]) for row in await cursor.fetchall()]
    if not orders:
        raise BenchmarkError("There is nothing to gather.")
    await asyncio.gather(*(schedules.search(order, tools=at.tools) for order in orders))


async def _plan(job_id: UUID, at: Cancelling) -> None:
    await schedules.advance(GenerateSchedule(job_id=job_id), tools=at.tools)


STEPS: dict[str, Callable[[UUID, Cancelling], Awaitable[None]]] = {"gathering": _gather, "planning": _plan}


async def _once(at: Cancelling, step: str, work: Callable[[UUID, Cancelling], Awaitable[None]]) -> float:
    if step == "gathering":
        await _forget_places(at)
    job_id = await _job_in(step, at)
    working = asyncio.ensure_future(work(job_id, at))
    await asyncio.sleep(AT_WORK_SECONDS[step])
    if working.done():
        raise BenchmarkError(f"The step {step} was over before it could be cancelled.")
    begun = time.monotonic()
    await schedules.cancel(
        job_id,
        caller=at.owner,
        allowance=at.tools.allowance,
        db=at.tools.db,
        cache=at.tools.cache,
        documents=at.tools.documents,
    )
    await working
    return time.monotonic() - begun


async def _job_in(step: str, at: Cancelling) -> UUID:
    """A new job that has come to a step."""
    draft = TripDraft(
        name="Cancelled",
        start_date=date(2027, 5, 4),
        members=(MemberDraft(name="Ines", age=41),),
        destinations=(DestinationDraft(name=CITIES[step], nights=NIGHTS),),
    )
    tools = at.tools
    trip = await trips.create(draft, owner=at.owner, replay=None, db=tools.db)
    started = await schedules.request(
        trip.id,
        ScheduleRequest(seed=1),
        caller=at.owner,
        replay=None,
        allowance=tools.allowance,
        db=tools.db,
    )
    await _plan(started.id, at)
    if step == "planning" and await _state(started.id, at) == "gathering":
        await _gather(started.id, at)
    if await _state(started.id, at) != step:
        raise BenchmarkError(f"The job did not come to {step}.")
    return started.id


async def _state(job_id: UUID, at: Cancelling) -> str | None:
    async with at.tools.db.transaction() as tx:
        job = await repository.find(tx, job_id)
    return job.state if job else None


async def _forget_places(at: Cancelling) -> None:
    """Nothing is known of the city, so all of it has to be gathered."""
    documents = at.tools.documents
    for row in await documents.query("places", "SELECT c.id FROM c", partition=at.region):
        await documents.drop("places", row["id"], partition=at.region)

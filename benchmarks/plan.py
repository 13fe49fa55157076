"""The optimiser and the checker alone, on the briefs that the product itself puts together."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median
from uuid import UUID

from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.tools import open_tools
from benchmarks.traveller import Traveller
from devstack.demo.parties import PARTIES
from devstack.service import Say
from devstack.stack import Stack
from shared import trips
from shared.db import Database
from shared.schedules import Tools, briefing, repository
from shared.schedules.model import Job
from shared.schedules.planning.brief import Brief
from shared.schedules.planning.checker import check
from shared.schedules.planning.optimiser import make_plan

ROUTES = {
    3: [("Munich", 2)],
    7: [("Munich", 4), ("Salzburg", 2)],
    14: [("Munich", 5), ("Salzburg", 3), ("Seoul", 5)],
}
START = "2027-05-04"
SEED = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """One plan: calendar days, seconds to make it, codes of the checks that fail."""

    days: int
    seconds: float
    failed: tuple[str, ...]


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """Seconds per plan, the median of three parties for each length, and plans without any failed check."""
    with Traveller(stack.web) as traveller:
        briefs = asyncio.run(_briefs(stack, traveller, say))
    plans = []
    for days, party, brief in briefs:
        plans.append(_plan(days, brief))
        verdict = f"fails {', '.join(plans[-1].failed)}" if plans[-1].failed else "passes every check"
        say(f"plan   {days:2} days, {party}: {plans[-1].seconds:.2f} s, {verdict}")
    lines = [
        Measurement("plan", f"{days} days, median", "s", median(p.seconds for p in plans if p.days == days))
        for days in ROUTES
    ]
    clean = sum(not plan.failed for plan in plans)
    return [*lines, Measurement("plan", "plans passing every check", f"of {len(plans)}", clean)]


def _plan(days: int, brief: Brief) -> Planned:
    begun = time.monotonic()
    plan = make_plan(brief, seed=SEED, version=1, generated_at=datetime.now(UTC))
    seconds = time.monotonic() - begun
    candidates = {place.id: place for stop in brief.stops for place in stop.candidates}
    report = check(plan, candidates=candidates)
    return Planned(days, seconds, tuple(result.code for result in report if not result.ok))


async def _briefs(stack: Stack, traveller: Traveller, say: Say) -> list[tuple[int, str, Brief]]:
    """A brief per route and party, from a store that a job of the route has filled."""
    found = []
    async with open_tools(stack.settings) as tools:
        for days, stops in ROUTES.items():
            trip = traveller.new_trip("friends", stops, start=START)["id"]
            job_id = traveller.ask(trip, seed=SEED)
            await asyncio.to_thread(traveller.wait_for, job_id, "drafted", "refining", "completed")
            say(f"plan   the places for {days} days are in the store")
            job = await _job(UUID(job_id), traveller.id, tools.db)
            for party in PARTIES:
                trip = traveller.new_trip(party, stops, start=START)["id"]
                found.append((days, party, await _brief(job, UUID(trip), tools)))
    return found


async def _brief(job: Job, trip_id: UUID, tools: Tools) -> Brief:
    trip = await trips.get(trip_id, owner=job.owner_id, db=tools.db)
    if job.route is None:
        raise BenchmarkError("A drafted job has no route.")
    own = replace(job, trip_id=trip_id)
    return await briefing.assemble(own, trip, job.route, briefing.wishes(own, None), tools=tools)


async def _job(job_id: UUID, owner: UUID, db: Database) -> Job:
    async with db.transaction() as tx:
        job = await repository.find(tx, job_id)
    if job is None:
        raise BenchmarkError("A job is not in the database.")
    return job

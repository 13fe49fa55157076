"""What travellers do with plans: ask for one, watch it being made, cancel it, read it."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared import trips
from shared.cache import Cache
from shared.db import Database, Replay, Transaction, new_id, recall, remember
from shared.documents import Documents
from shared.errors import Conflict, InvalidRequest, NotFound
from shared.messaging import GenerateSchedule, post
from shared.schedules import repository, store
from shared.schedules.model import ENDED, STEPS, Job, JobStatus, ScheduleRequest, Started
from shared.schedules.planning.document import Plan
from shared.trips import BulkDeleted, Trip

LONGEST_NIGHTS = 60


def channel(job_id: UUID) -> str:
    """Where news of a job is called out."""
    return f"schedule-job:{job_id}"


async def request(
    trip_id: UUID, wishes: ScheduleRequest, *, owner: UUID, replay: Replay | None, db: Database
) -> Started:
    """Queue a job for a trip; `Conflict` while another one runs, `InvalidRequest` for an empty trip."""
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Started.model_validate(answer)
        trip = await trips.find(tx, trip_id, owner=owner)
        if trip is None:
            raise NotFound(f"Trip {trip_id} does not exist or is not yours.")
        _require_plannable(trip)
        started = await _queue(tx, trip, wishes)
        await remember(tx, replay, started.model_dump(mode="json", by_alias=True))
    return started


async def status(
    job_id: UUID, *, owner: UUID, after: int, wait: int, db: Database, cache: Cache
) -> JobStatus:
    """The job and its events newer than `after`; waits up to `wait` seconds for one."""
    if not wait:
        return await _look(job_id, owner=owner, after=after, db=db)
    deadline = time.monotonic() + wait
    async with cache.listening(channel(job_id)) as news:
        while True:
            seen = await _look(job_id, owner=owner, after=after, db=db)
            left = deadline - time.monotonic()
            if seen.events or seen.state in ENDED or left <= 0:
                return seen
            await news.wait(min(left, 2.0))


async def cancel(job_id: UUID, *, owner: UUID, db: Database, cache: Cache, documents: Documents) -> JobStatus:
    """End a running job and leave no result of it behind; `Conflict` when it has ended already."""
    async with db.transaction() as tx:
        job = await _own_job(tx, job_id, owner=owner)
        if not await repository.cancel(tx, job):
            raise Conflict(f"This job is {job.state} already, there is nothing left to cancel.")
    await cache.call(channel(job_id))
    await store.drop(job.trip_id, job_id, documents=documents)
    return await _look(job_id, owner=owner, after=0, db=db)


async def current(trip_id: UUID, *, owner: UUID, db: Database, documents: Documents) -> Plan:
    """The trip's newest plan, a draft while it is being refined."""
    async with db.transaction() as tx:
        if await trips.find(tx, trip_id, owner=owner) is None:
            raise NotFound(f"Trip {trip_id} does not exist or is not yours.")
        job_id = await store.newest(tx, trip_id)
    plan = await store.read(trip_id, job_id, documents=documents) if job_id else None
    if plan is None:
        raise NotFound("This trip has no plan yet. POST to its schedule-jobs to have one made.")
    return plan


async def forget(trip_id: UUID, *, owner: UUID, seen: int | None, db: Database, documents: Documents) -> None:
    """Delete a trip with everything that hangs on it, its plans included."""
    async with db.transaction() as tx:
        jobs = await repository.jobs_of(tx, [trip_id], owner=owner)
        await trips.delete(tx, trip_id, owner=owner, seen=seen)
    await _drop_all(jobs, documents)


async def forget_all(
    trip_ids: Sequence[UUID], *, owner: UUID, db: Database, documents: Documents
) -> BulkDeleted:
    """Delete those of the trips that are the owner's, likewise; all of them or, when it fails, none."""
    async with db.transaction() as tx:
        jobs = await repository.jobs_of(tx, trip_ids, owner=owner)
        gone = await trips.delete_all(tx, trip_ids, owner=owner)
    await _drop_all(jobs, documents)
    asked = dict.fromkeys(trip_ids)
    return BulkDeleted(
        deleted=tuple(trip for trip in asked if trip in gone),
        missing=tuple(trip for trip in asked if trip not in gone),
    )


async def _drop_all(jobs: Sequence[tuple[UUID, UUID]], documents: Documents) -> None:
    await asyncio.gather(*(store.drop(trip, job, documents=documents) for trip, job in jobs))


async def _queue(tx: Transaction, trip: Trip, wishes: ScheduleRequest) -> Started:
    job_id = new_id()
    seed = wishes.seed if wishes.seed is not None else secrets.randbelow(2**31)
    await repository.insert(
        tx, job_id=job_id, trip_id=trip.id, owner=trip.owner_id, request=wishes, seed=seed
    )
    await repository.add_event(tx, job_id, "queued", percent=0, message="Waiting for a free planner.")
    await post(tx, GenerateSchedule(job_id=job_id))
    return Started(id=job_id, trip_id=trip.id, state="queued")


def _require_plannable(trip: Trip) -> None:
    if not trip.members:
        raise InvalidRequest("This trip has no members. Add who is travelling first.")
    if not trip.destinations:
        raise InvalidRequest("This trip has no destinations. Add where it goes first.")
    nights = sum(stop.nights for stop in trip.destinations)
    if nights > LONGEST_NIGHTS:
        raise InvalidRequest(f"A plan covers at most {LONGEST_NIGHTS} nights, this trip has {nights}.")


async def _own_job(tx: Transaction, job_id: UUID, *, owner: UUID) -> Job:
    job = await repository.find(tx, job_id, owner=owner)
    if job is None:
        raise NotFound(f"Job {job_id} does not exist or is not yours.")
    return job


async def _look(job_id: UUID, *, owner: UUID, after: int, db: Database) -> JobStatus:
    async with db.transaction() as tx:
        job = await _own_job(tx, job_id, owner=owner)
        events = await repository.events_after(tx, job_id, after)
        usual = None if job.state in ENDED else await repository.usual_seconds(tx)
    elapsed = (datetime.now(UTC) - job.created_at).total_seconds()
    return JobStatus(
        id=job.id,
        trip_id=job.trip_id,
        state=job.state,
        percent=job.percent,
        eta_seconds=None if usual is None else max(1, round(usual - elapsed)),
        reason=job.reason,
        version=job.version if job.state not in {"failed", "cancelled"} else None,
        steps=STEPS,
        events=events,
        created_at=job.created_at,
        updated_at=job.updated_at,
    )

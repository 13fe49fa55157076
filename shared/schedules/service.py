"""What travellers do with schedule jobs: have a plan made, watch it being made, cancel it."""

import secrets
import time
from collections.abc import Sequence
from uuid import UUID

from pydantic.alias_generators import to_camel

from shared import trips
from shared.cache import Cache
from shared.db import Database, Replay, Transaction, new_id, recall, remember
from shared.documents import Documents
from shared.errors import Conflict, FieldError, InvalidRequest, NotFound
from shared.schedules import history, line, repository, store
from shared.schedules.line import Allowance
from shared.schedules.model import ENDED, STEPS, Job, JobStatus, NewJob, ScheduleRequest, Started
from shared.trips import BulkDeleted, Trip

LONGEST_NIGHTS = 60
MOST_TIMES_AGAIN = 5
"""Times one day of a plan may be planned again (product rules, regeneration)."""


def channel(job_id: UUID) -> str:
    """Where news of a job is called out."""
    return f"schedule-job:{job_id}"


async def request(
    trip_id: UUID,
    wishes: ScheduleRequest,
    *,
    caller: UUID,
    replay: Replay | None,
    allowance: Allowance,
    db: Database,
) -> Started:
    """Queue a job for a trip, or for one day of it.

    `Conflict` while another one runs or when the day was planned too often, `InvalidRequest` for an empty
    trip or a day it does not have, `RateLimited` beyond the owner's allowance.
    """
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Started.model_validate(answer)
        trip = await trips.require(tx, trip_id, caller=caller)
        _require_plannable(trip, wishes)
        started = await _queue(tx, trip, wishes, allowance=allowance)
        await remember(tx, replay, started.model_dump(mode="json", by_alias=True))
    return started


async def status(
    job_id: UUID, *, caller: UUID, after: int, wait: int, db: Database, cache: Cache
) -> JobStatus:
    """The job and its events newer than `after`; waits up to `wait` seconds for one."""
    if not wait:
        return await _look(job_id, caller=caller, after=after, db=db)
    deadline = time.monotonic() + wait
    async with cache.listening(channel(job_id)) as news:
        while True:
            seen = await _look(job_id, caller=caller, after=after, db=db)
            left = deadline - time.monotonic()
            if seen.events or seen.state in ENDED or left <= 0:
                return seen
            await news.wait(min(left, 2.0))


async def cancel(
    job_id: UUID, *, caller: UUID, allowance: Allowance, db: Database, cache: Cache, documents: Documents
) -> JobStatus:
    """End a running job and leave no result of it behind; `Conflict` when it has ended already."""
    async with db.transaction() as tx:
        job = await _job(tx, job_id, caller=caller)
        if not await repository.cancel(tx, job):
            raise Conflict(f"This job is {job.state} already, there is nothing left to cancel.")
        await line.move_on(tx, job.owner_id, allowance=allowance)
    await cache.call(channel(job_id))
    await store.drop_soon(job.trip_id, [job_id], documents=documents)
    return await _look(job_id, caller=caller, after=0, db=db)


async def forget(trip_id: UUID, *, owner: UUID, seen: int | None, db: Database, documents: Documents) -> None:
    """Delete a trip with everything that hangs on it, its plans included."""
    async with db.transaction() as tx:
        plans = await store.documents_of(tx, trip_id)
        await trips.delete(tx, trip_id, owner=owner, seen=seen)
    await store.drop_soon(trip_id, plans, documents=documents)


async def forget_all(
    trip_ids: Sequence[UUID], *, owner: UUID, db: Database, documents: Documents
) -> BulkDeleted:
    """Delete those of the trips that are the owner's, likewise; all of them or, when it fails, none."""
    asked = dict.fromkeys(trip_ids)
    async with db.transaction() as tx:
        plans = {trip_id: await store.documents_of(tx, trip_id) for trip_id in asked}
        gone = await trips.delete_all(tx, trip_ids, owner=owner)
    for trip_id in gone:
        await store.drop_soon(trip_id, plans[trip_id], documents=documents)
    return BulkDeleted(
        deleted=tuple(trip for trip in asked if trip in gone),
        missing=tuple(trip for trip in asked if trip not in gone),
    )


async def _queue(tx: Transaction, trip: Trip, wishes: ScheduleRequest, *, allowance: Allowance) -> Started:
    await store.one_at_a_time(tx, trip.id)
    base = await store.newest_version(tx, trip.id) if wishes.day is not None else None
    job = NewJob(
        id=new_id(),
        trip_id=trip.id,
        owner_id=trip.owner_id,
        request=wishes,
        seed=wishes.seed if wishes.seed is not None else secrets.randbelow(2**31),
        days=_days(trip),
        base_document=base.document_id if base else None,
    )
    await repository.insert(tx, job)
    if wishes.day is not None:
        await _require_another_try(tx, trip, wishes.day, planned=base is not None)
    await line.count_start(tx, trip.owner_id, allowance=allowance)
    await line.join(tx, job.id, trip.owner_id, allowance=allowance)
    return Started(id=job.id, trip_id=trip.id, state="queued")


async def _require_another_try(tx: Transaction, trip: Trip, day: int, *, planned: bool) -> None:
    if not planned:
        raise Conflict("This trip has no plan yet. Ask for one of the whole trip first, without `day`.")
    if await repository.times_again(tx, trip.id, day) >= MOST_TIMES_AGAIN:
        raise Conflict(
            f"Day {day} was planned again {MOST_TIMES_AGAIN} times, more is not allowed for one plan."
            " Edit the day by hand, or ask for a new plan of the whole trip."
        )


def _require_plannable(trip: Trip, wishes: ScheduleRequest) -> None:
    if not trip.members:
        raise InvalidRequest("This trip has no members. Add who is travelling first.")
    if not trip.destinations:
        raise InvalidRequest("This trip has no destinations. Add where it goes first.")
    days = _days(trip)
    if days > LONGEST_NIGHTS + 1:
        raise InvalidRequest(f"A plan covers at most {LONGEST_NIGHTS} nights, this trip has {days - 1}.")
    if wishes.day is not None:
        _require_day(wishes, wishes.day, days)


def _require_day(wishes: ScheduleRequest, day: int, days: int) -> None:
    """The day is one of the trip's, and comes without wishes of its own."""
    if day > days:
        fix = f"This trip has the days 1 to {days}."
        raise InvalidRequest(f"/day: {fix}", errors=[FieldError("/day", fix)])
    others = sorted(to_camel(name) for name in wishes.model_fields_set - {"day", "seed"})
    if others:
        fix = "A day keeps the wishes of its plan. Leave this out, or ask for a plan of the whole trip."
        raise InvalidRequest(f"/{others[0]}: {fix}", errors=[FieldError(f"/{name}", fix) for name in others])


def _days(trip: Trip) -> int:
    return sum(stop.nights for stop in trip.destinations) + 1


async def _job(tx: Transaction, job_id: UUID, *, caller: UUID) -> Job:
    """A job of the caller's, or of a trip the caller edits."""
    missing = NotFound(f"Job {job_id} does not exist or is not yours.")
    job = await repository.find(tx, job_id)
    if job is None:
        raise missing
    if job.owner_id != caller:
        try:
            await trips.require(tx, job.trip_id, caller=caller)
        except NotFound as error:
            raise missing from error
    return job


async def _look(job_id: UUID, *, caller: UUID, after: int, db: Database) -> JobStatus:
    async with db.transaction() as tx:
        job = await _job(tx, job_id, caller=caller)
        events = await repository.events_after(tx, job_id, after)
        left = None if job.state in ENDED else await history.remaining_seconds(tx, job)
    return JobStatus(
        id=job.id,
        trip_id=job.trip_id,
        day=job.day,
        state=job.state,
        percent=job.percent,
        eta_seconds=left,
        reason=job.reason,
        version=job.version if job.state not in {"failed", "cancelled"} else None,
        steps=STEPS,
        events=events,
        created_at=job.created_at,
        updated_at=job.updated_at,
    )

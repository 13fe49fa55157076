"""Fairness between travellers, their daily allowance, and what past jobs say about the next."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from shared import schedules, trips
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.errors import Conflict, RateLimited
from shared.schedules import Allowance, ScheduleRequest, Started, history, line, repository
from shared.schedules.lease import LEASE
from shared.schedules.model import Job, JobState
from shared.trips import DestinationDraft, MemberDraft, TripDraft
from tests.integration.travellers import new_user

TWO_AT_ONCE = Allowance(at_once=2, per_day=100)


async def ask(db: Database, owner: UUID, *, allowance: Allowance = TWO_AT_ONCE, nights: int = 1) -> Started:
    """A job for a trip of its own."""
    draft = TripDraft(
        name="Alps",
        start_date=date(2027, 5, 4),
        members=(MemberDraft(name="Ines", age=41),),
        destinations=(DestinationDraft(name="Munich", nights=nights),),
    )
    trip = await trips.create(draft, owner=owner, replay=None, db=db)
    return await schedules.request(
        trip.id, ScheduleRequest(), caller=owner, replay=None, allowance=allowance, db=db
    )


async def posted(db: Database) -> list[str]:
    """Ids of the jobs whose message waits in the outbox, in order."""
    async with db.transaction() as tx:
        cursor = await tx.execute("SELECT body::json->>'jobId' AS job FROM outbox ORDER BY id")
        return [row["job"] for row in await cursor.fetchall()]


async def job_of(db: Database, job_id: UUID) -> Job:
    async with db.transaction() as tx:
        job = await repository.lock(tx, job_id)
    assert job is not None
    return job


async def cancel(started: Started, owner: UUID, *, db: Database, cache: Cache, documents: Documents) -> None:
    await schedules.cancel(
        started.id, caller=owner, allowance=TWO_AT_ONCE, db=db, cache=cache, documents=documents
    )


async def test_a_tenth_job_waits_in_its_row_and_another_users_first_does_not(empty_db: Database) -> None:
    greedy, modest = await new_user(empty_db), await new_user(empty_db)
    many = [await ask(empty_db, greedy) for _ in range(10)]
    first = await ask(empty_db, modest)
    assert await posted(empty_db) == [str(one.id) for one in (*many[:2], first)]
    assert [(await job_of(empty_db, one.id)).waiting for one in many] == [False] * 2 + [True] * 8


async def test_the_end_of_a_job_lets_the_oldest_in_line_start(
    empty_db: Database, cache: Cache, documents: Documents
) -> None:
    owner = await new_user(empty_db)
    jobs = [await ask(empty_db, owner) for _ in range(4)]
    await cancel(jobs[0], owner, db=empty_db, cache=cache, documents=documents)
    assert await posted(empty_db) == [str(one.id) for one in jobs[:3]]
    told = await schedules.status(jobs[2].id, caller=owner, after=0, wait=0, db=empty_db, cache=cache)
    assert [event.message.split(":")[0] for event in told.events][-1] == "It is this plan's turn"
    await cancel(jobs[3], owner, db=empty_db, cache=cache, documents=documents)
    assert await posted(empty_db) == [str(one.id) for one in jobs[:3]]


async def test_jobs_that_end_together_let_as_many_start_and_no_more(
    empty_db: Database, cache: Cache, documents: Documents
) -> None:
    owner = await new_user(empty_db)
    jobs = [await ask(empty_db, owner) for _ in range(6)]
    await asyncio.gather(
        *(cancel(job, owner, db=empty_db, cache=cache, documents=documents) for job in jobs[:2])
    )
    waiting = [(await job_of(empty_db, one.id)).waiting for one in jobs[2:]]
    assert waiting == [False, False, True, True]
    assert len(await posted(empty_db)) == 4


async def test_many_requests_at_once_do_not_overrun_the_line(empty_db: Database) -> None:
    owner = await new_user(empty_db)
    await asyncio.gather(*(ask(empty_db, owner) for _ in range(8)))
    assert len(await posted(empty_db)) == 2


async def test_a_message_does_not_start_a_job_that_waits(empty_db: Database) -> None:
    owner = await new_user(empty_db)
    jobs = [await ask(empty_db, owner) for _ in range(3)]
    async with empty_db.transaction() as tx:
        holder, lease = jobs[0].id, LEASE
        assert await repository.claim(tx, jobs[2].id, holder=holder, lease=lease) is None
        assert await repository.claim(tx, jobs[1].id, holder=holder, lease=lease) is not None


async def test_a_line_moves_on_when_its_jobs_go_with_their_trips(
    empty_db: Database, documents: Documents
) -> None:
    owner = await new_user(empty_db)
    jobs = [await ask(empty_db, owner) for _ in range(3)]
    for job in jobs[:2]:
        await schedules.forget(job.trip_id, owner=owner, seen=None, db=empty_db, documents=documents)
    assert (await job_of(empty_db, jobs[2].id)).waiting
    assert await line.sweep(db=empty_db, allowance=TWO_AT_ONCE) == 1
    assert not (await job_of(empty_db, jobs[2].id)).waiting
    assert (await posted(empty_db))[-1] == str(jobs[2].id)


async def test_a_full_line_is_left_alone_by_the_sweep(empty_db: Database) -> None:
    owner = await new_user(empty_db)
    for _ in range(3):
        await ask(empty_db, owner)
    assert await line.sweep(db=empty_db, allowance=TWO_AT_ONCE) == 0


async def test_beyond_the_days_allowance_no_job_starts_until_the_first_is_a_day_old(
    empty_db: Database,
) -> None:
    owner = await new_user(empty_db)
    few = Allowance(at_once=2, per_day=2)
    await ask(empty_db, owner, allowance=few)
    async with empty_db.transaction() as tx:
        await tx.execute("UPDATE schedule_job_starts SET at = at - interval '23 hours'")
    await ask(empty_db, owner, allowance=few)
    with pytest.raises(RateLimited) as refused:
        await ask(empty_db, owner, allowance=few)
    assert 3_500 < refused.value.retry_after <= 3_600
    assert len(await posted(empty_db)) == 2
    async with empty_db.transaction() as tx:
        await tx.execute("UPDATE schedule_job_starts SET at = at - interval '1 hour'")
    await ask(empty_db, owner, allowance=few)


async def test_an_allowance_is_each_users_own_and_outlives_deleted_trips(
    empty_db: Database, documents: Documents
) -> None:
    owner, other = await new_user(empty_db), await new_user(empty_db)
    one = Allowance(at_once=2, per_day=1)
    started = await ask(empty_db, owner, allowance=one)
    await schedules.forget(started.trip_id, owner=owner, seen=None, db=empty_db, documents=documents)
    with pytest.raises(RateLimited):
        await ask(empty_db, owner, allowance=one)
    await ask(empty_db, other, allowance=one)


async def test_a_request_that_is_refused_does_not_count(empty_db: Database) -> None:
    owner = await new_user(empty_db)
    two = Allowance(at_once=2, per_day=2)
    started = await ask(empty_db, owner, allowance=two)
    with pytest.raises(Conflict):
        await schedules.request(
            started.trip_id, ScheduleRequest(), caller=owner, replay=None, allowance=two, db=empty_db
        )
    await ask(empty_db, owner, allowance=two)


async def run_through(db: Database, owner: UUID, seconds: dict[JobState, int], *, nights: int = 1) -> None:
    """A job whose steps took so long."""
    started = await ask(db, owner, nights=nights)
    for step, following in zip(seconds, [*list(seconds)[1:], "completed"], strict=True):
        async with db.transaction() as tx:
            await tx.execute(
                "UPDATE schedule_jobs SET state_since = now() - make_interval(secs => %s) WHERE id = %s",
                (seconds[step], started.id),
            )
            job = await repository.lock(tx, started.id)
            assert job is not None
            assert job.state == step
            assert await repository.move(tx, job, following, percent=1, message="on")


STEP_SECONDS: dict[JobState, int] = {"queued": 1, "gathering": 4, "planning": 8, "drafted": 2}


async def eta(db: Database, cache: Cache, job: Started, owner: UUID) -> int | None:
    return (await schedules.status(job.id, caller=owner, after=0, wait=0, db=db, cache=cache)).eta_seconds


async def test_what_is_left_is_the_sum_of_the_medians_of_trips_of_this_length(
    empty_db: Database, cache: Cache
) -> None:
    owner = await new_user(empty_db)
    for factor in (1, 1, 50):  # one that hung does not spoil the rest
        await run_through(empty_db, owner, {step: factor * s for step, s in STEP_SECONDS.items()})
    job = await ask(empty_db, owner)
    assert 14 <= (await eta(empty_db, cache, job, owner) or 0) <= 15
    long = await ask(empty_db, owner, nights=12)
    assert await eta(empty_db, cache, long, owner) is None


async def test_without_history_nothing_is_promised_and_in_line_neither(
    empty_db: Database, cache: Cache
) -> None:
    owner = await new_user(empty_db)
    for _ in range(history.FEWEST - 1):
        await run_through(empty_db, owner, STEP_SECONDS)
    first = await ask(empty_db, owner)
    assert await eta(empty_db, cache, first, owner) is None
    await run_through(empty_db, owner, STEP_SECONDS)
    assert await eta(empty_db, cache, first, owner) is not None
    await ask(empty_db, owner)
    assert await eta(empty_db, cache, await ask(empty_db, owner), owner) is None


async def test_only_the_newest_times_are_remembered(empty_db: Database) -> None:
    owner = await new_user(empty_db)
    started = await ask(empty_db, owner)
    job = await job_of(empty_db, started.id)
    async with empty_db.transaction() as tx:
        for _ in range(history.REMEMBERED + 5):
            await history.remember(tx, job, "planning", since=job.created_at)
        cursor = await tx.execute("SELECT count(*) AS total FROM schedule_step_times")
        row = await cursor.fetchone()
    assert row is not None
    assert row["total"] == history.REMEMBERED


@pytest.mark.parametrize(
    ("days", "others"), [(1, []), (2, []), (3, [4]), (5, [6, 8]), (9, [16]), (17, [32]), (33, [61])]
)
def test_trips_of_about_the_same_length_are_compared(days: int, others: list[int]) -> None:
    assert {history.length_class(other) for other in others} <= {history.length_class(days)}
    assert history.length_class(days) != history.length_class(days - 1) or days == 1

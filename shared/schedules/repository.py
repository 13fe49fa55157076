"""Every SQL statement about schedule jobs."""

from datetime import timedelta
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from shared.db import Transaction
from shared.errors import Conflict
from shared.schedules import history
from shared.schedules.model import Job, JobEvent, JobState, NewJob, Route, job_from_row

_JOB = (
    "id, trip_id, owner_id, state, request, seed, route, version, percent, reason, attempts,"
    " created_at, updated_at, day, base_document, days, waiting, started_at, state_since"
)
_RUNNING = "state NOT IN ('completed', 'failed', 'cancelled')"


async def insert(tx: Transaction, job: NewJob) -> None:
    """A new job, unless one is running for the trip: then `Conflict`."""
    try:
        await tx.execute(
            "INSERT INTO schedule_jobs"
            " (id, trip_id, owner_id, state, request, seed, day, base_document, days)"
            " VALUES (%s, %s, %s, 'queued', %s, %s, %s, %s, %s)",
            (
                job.id,
                job.trip_id,
                job.owner_id,
                Jsonb(job.request.model_dump(mode="json", by_alias=True)),
                job.seed,
                job.request.day,
                job.base_document,
                job.days,
            ),
        )
    except UniqueViolation as error:
        raise busy() from error


def busy() -> Conflict:
    """Somebody is making a plan for the trip right now."""
    return Conflict("A plan for this trip is being made already. Wait for it, or cancel it first.")


async def runs(tx: Transaction, trip_id: UUID) -> bool:
    """Whether a job of the trip is running."""
    cursor = await tx.execute(
        f"SELECT 1 FROM schedule_jobs WHERE trip_id = %s AND {_RUNNING}",
        (trip_id,),
    )
    return await cursor.fetchone() is not None


async def times_again(tx: Transaction, trip_id: UUID, day: int) -> int:
    """How often a day was planned again since the trip was last planned as a whole."""
    cursor = await tx.execute(
        "SELECT count(*) AS times FROM schedule_jobs WHERE trip_id = %(trip)s AND day = %(day)s"
        " AND state = 'completed' AND created_at > coalesce((SELECT max(created_at) FROM schedule_jobs"
        " WHERE trip_id = %(trip)s AND day IS NULL AND state = 'completed'), '-infinity')",
        {"trip": trip_id, "day": day},
    )
    row = await cursor.fetchone()
    return int(row["times"]) if row else 0


async def find(tx: Transaction, job_id: UUID) -> Job | None:
    """The job, whoever asks; who may know of it is for the caller to find out in the same transaction."""
    cursor = await tx.execute(f"SELECT {_JOB} FROM schedule_jobs WHERE id = %s", (job_id,))
    row = await cursor.fetchone()
    return job_from_row(row) if row else None


async def lock(tx: Transaction, job_id: UUID) -> Job | None:
    """The job, locked until the transaction ends."""
    cursor = await tx.execute(
        f"SELECT {_JOB} FROM schedule_jobs WHERE id = %s FOR UPDATE",
        (job_id,),
    )
    row = await cursor.fetchone()
    return job_from_row(row) if row else None


async def progress(tx: Transaction, job: Job, *, percent: int, message: str) -> None:
    """Say how far a job is within its state."""
    await tx.execute(
        "UPDATE schedule_jobs SET percent = greatest(percent, %s), updated_at = now() WHERE id = %s",
        (percent, job.id),
    )
    await add_event(tx, job.id, job.state, percent=max(percent, job.percent), message=message)


async def report(tx: Transaction, job: Job, *, holder: UUID, percent: int, message: str) -> None:
    """Say how far a step is, as long as it is ours: nothing is told after a cancel."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET percent = greatest(percent, %s), updated_at = now()"
        " WHERE id = %s AND state = %s AND lease_holder = %s",
        (percent, job.id, job.state, holder),
    )
    if cursor.rowcount == 1:
        await add_event(tx, job.id, job.state, percent=percent, message=message)


async def claim(tx: Transaction, job_id: UUID, *, holder: UUID, lease: timedelta) -> Job | None:
    """The running job, leased to `holder`; None when it is gone, ended, or leased to somebody alive."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET lease_holder = %s, lease_until = now() + %s, attempts = attempts + 1"
        f" WHERE id = %s AND {_RUNNING} AND NOT waiting AND (lease_until IS NULL OR lease_until < now())"
        f" RETURNING {_JOB}",
        (holder, lease, job_id),
    )
    row = await cursor.fetchone()
    return job_from_row(row) if row else None


async def renew(tx: Transaction, job_id: UUID, *, holder: UUID, lease: timedelta) -> bool:
    """Hold on to a lease; False when the job ended or somebody else has it now."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET lease_until = now() + %s"
        f" WHERE id = %s AND lease_holder = %s AND {_RUNNING}",
        (lease, job_id, holder),
    )
    return cursor.rowcount == 1


async def release(tx: Transaction, job_id: UUID, *, holder: UUID, finished: bool) -> None:
    """Give a lease back; a step that finished and found nothing to move is no failed attempt."""
    await tx.execute(
        "UPDATE schedule_jobs SET lease_holder = NULL, lease_until = NULL, attempts = attempts - %s::int"
        " WHERE id = %s AND lease_holder = %s",
        (finished, job_id, holder),
    )


async def move(
    tx: Transaction, job: Job, to: JobState, *, percent: int, message: str, holder: UUID | None = None
) -> bool:
    """Leave `job.state` for `to`, give the lease back, write an event; False when it has moved already."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET state = %(to)s, percent = %(percent)s, attempts = 0, updated_at = now(),"
        " state_since = clock_timestamp(), lease_holder = NULL, lease_until = NULL,"
        " ended_at = CASE WHEN %(to)s IN ('completed', 'failed', 'cancelled') THEN now() END"
        " WHERE id = %(id)s AND state = %(from)s"
        " AND (%(holder)s::uuid IS NULL OR lease_holder = %(holder)s) RETURNING old.state_since",
        {"to": to, "percent": percent, "id": job.id, "from": job.state, "holder": holder},
    )
    row = await cursor.fetchone()
    if row is None:
        return False
    if to != "failed":
        await history.remember(tx, job, job.state, since=row["state_since"])
    await add_event(tx, job.id, to, percent=percent, message=message)
    return True


async def refine(tx: Transaction, job: Job, *, holder: UUID, message: str) -> None:
    """drafted → refining under the same lease; twice is once."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET state = 'refining', percent = 75, updated_at = now(),"
        " state_since = clock_timestamp()"
        " WHERE id = %s AND state = 'drafted' AND lease_holder = %s RETURNING old.state_since",
        (job.id, holder),
    )
    row = await cursor.fetchone()
    if row is not None:
        await history.remember(tx, job, "drafted", since=row["state_since"])
        await add_event(tx, job.id, "refining", percent=75, message=message)


async def add_event(tx: Transaction, job_id: UUID, state: JobState, *, percent: int, message: str) -> None:
    """Append to the job's story. The job's row is locked by the caller's update, so numbers have no race."""
    await tx.execute(
        "INSERT INTO schedule_job_events (job_id, number, state, percent, message)"
        " SELECT %(id)s, coalesce(max(number), 0) + 1, %(state)s, %(percent)s, %(message)s"
        " FROM schedule_job_events WHERE job_id = %(id)s",
        {"id": job_id, "state": state, "percent": percent, "message": message},
    )


async def cancel(tx: Transaction, job: Job) -> bool:
    """End a running job, and take back the draft it may have stored."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET state = 'cancelled', lease_holder = NULL, lease_until = NULL,"
        f" updated_at = now(), ended_at = now() WHERE id = %s AND owner_id = %s AND {_RUNNING}",
        (job.id, job.owner_id),
    )
    if cursor.rowcount != 1:
        return False
    await take_back(tx, job.id)
    await add_event(tx, job.id, "cancelled", percent=job.percent, message="Cancelled at your request.")
    return True


async def take_back(tx: Transaction, job_id: UUID) -> None:
    """Forget the draft a job that ends without a plan may have stored."""
    await tx.execute("DELETE FROM schedule_versions WHERE job_id = %s", (job_id,))


async def explain(tx: Transaction, job_id: UUID, reason: str) -> None:
    """Why the job ended as it did, in the traveller's words."""
    await tx.execute("UPDATE schedule_jobs SET reason = %s WHERE id = %s", (reason, job_id))


async def keep_route(tx: Transaction, job_id: UUID, route: Route) -> None:
    await tx.execute(
        "UPDATE schedule_jobs SET route = %s WHERE id = %s",
        (Jsonb(route.model_dump(mode="json", by_alias=True)), job_id),
    )


async def events_after(tx: Transaction, job_id: UUID, number: int) -> tuple[JobEvent, ...]:
    cursor = await tx.execute(
        "SELECT number, state, percent, message, at FROM schedule_job_events"
        " WHERE job_id = %s AND number > %s ORDER BY number",
        (job_id, number),
    )
    return tuple(JobEvent(**row) for row in await cursor.fetchall())


async def adopt_stalled(tx: Transaction, *, after: timedelta, limit: int) -> list[UUID]:
    """Running jobs that nobody holds and nothing has moved for a while; touched, so each comes up once."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET updated_at = now() WHERE id IN ("
        f"SELECT id FROM schedule_jobs WHERE {_RUNNING} AND NOT waiting AND updated_at < now() - %s"
        " AND (lease_until IS NULL OR lease_until < now())"
        " ORDER BY updated_at LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
        (after, limit),
    )
    return [row["id"] for row in await cursor.fetchall()]

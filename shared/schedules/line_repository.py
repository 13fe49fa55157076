"""Every SQL statement about lines and quotas."""

from uuid import UUID

from shared.db import Transaction

_RUNNING = "state NOT IN ('completed', 'failed', 'cancelled')"


async def lock(tx: Transaction, owner: UUID) -> None:
    """Wait for whoever else counts or moves the owner's jobs, until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"line of {owner}",))


async def starts_of(tx: Transaction, owner: UUID, *, seconds: int) -> list[float]:
    """Ages in seconds of the owner's job starts within so many seconds, the oldest first."""
    await tx.execute(
        "DELETE FROM schedule_job_starts WHERE owner_id = %s AND at < now() - make_interval(secs => %s)",
        (owner, seconds),
    )
    cursor = await tx.execute(
        "SELECT extract(epoch FROM now() - at)::float AS age FROM schedule_job_starts"
        " WHERE owner_id = %s ORDER BY at",
        (owner,),
    )
    return [row["age"] for row in await cursor.fetchall()]


async def add_start(tx: Transaction, owner: UUID) -> None:
    await tx.execute("INSERT INTO schedule_job_starts (owner_id) VALUES (%s)", (owner,))


async def moving(tx: Transaction, owner: UUID) -> int:
    """How many running jobs of the owner do not stand in line."""
    cursor = await tx.execute(
        f"SELECT count(*) AS total FROM schedule_jobs WHERE owner_id = %s AND {_RUNNING} AND NOT waiting",
        (owner,),
    )
    row = await cursor.fetchone()
    return int(row["total"]) if row else 0


async def make_wait(tx: Transaction, job_id: UUID) -> None:
    await tx.execute("UPDATE schedule_jobs SET waiting = true WHERE id = %s", (job_id,))


async def end_wait(tx: Transaction, owner: UUID, *, limit: int) -> list[UUID]:
    """Take the oldest out of the line; one that is being cancelled right now is passed over."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET waiting = false, started_at = now(), updated_at = now(),"
        " state_since = clock_timestamp() WHERE id IN ("
        f"SELECT id FROM schedule_jobs WHERE owner_id = %s AND {_RUNNING} AND waiting"
        " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
        (owner, limit),
    )
    return sorted(row["id"] for row in await cursor.fetchall())


async def owners_in_line(tx: Transaction, *, limit: int) -> list[UUID]:
    cursor = await tx.execute(
        f"SELECT DISTINCT owner_id FROM schedule_jobs WHERE waiting AND {_RUNNING} LIMIT %s", (limit,)
    )
    return [row["owner_id"] for row in await cursor.fetchall()]

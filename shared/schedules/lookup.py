"""A job as operators see it: how it goes, and nothing of the trip it is for or of who is on it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shared.auth import Operator
from shared.db import Database, record
from shared.errors import NotFound
from shared.schedules.model import JobState, Wire

_JOB = """
    SELECT id, owner_id, state, percent, attempts, waiting, lease_until, version, outside_calls,
           outside_cost_usd, created_at, started_at, state_since, updated_at, ended_at,
           (SELECT count(*) FROM schedule_job_searches
            WHERE job_id = schedule_jobs.id AND outcome = 'open') AS open_searches,
           (SELECT coalesce(json_agg(json_build_object('number', number, 'state', e.state,
                       'percent', e.percent, 'at', at) ORDER BY number), '[]')
            FROM schedule_job_events e WHERE job_id = schedule_jobs.id) AS events
    FROM schedule_jobs WHERE id = %s
"""


class JobMoment(Wire):
    """An event of a job without its words, which name places."""

    number: int
    state: JobState
    percent: int
    at: datetime


class JobRecord(Wire):
    """`attempts` are those of its state; at `lease_until` its worker counts as dead; None: it has none."""

    id: UUID
    owner_id: UUID
    state: JobState
    percent: int
    attempts: int
    waiting: bool
    lease_until: datetime | None
    open_searches: int
    version: int | None
    outside_calls: dict[str, int]
    outside_cost_usd: Decimal
    created_at: datetime
    started_at: datetime
    state_since: datetime
    updated_at: datetime
    ended_at: datetime | None
    events: tuple[JobMoment, ...]


async def look_up(job_id: UUID, *, operator: Operator, db: Database) -> JobRecord:
    """The job of whoever asked for it; that it was looked at is in the audit log."""
    async with db.transaction() as tx:
        cursor = await tx.execute(_JOB, (job_id,))
        row = await cursor.fetchone()
        await record(
            tx,
            "operator-read-job",
            subject=row["owner_id"] if row else None,
            operator=operator.id,
            job=str(job_id),
        )
    if row is None:
        raise NotFound(f"There is no job {job_id}.")
    return JobRecord.model_validate(row)

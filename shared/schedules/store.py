"""Where plans are kept: the document in Cosmos DB, the pointer to it in PostgreSQL.

A document is written before its pointer is committed: what no pointer names does not exist for a reader.
"""

from uuid import UUID

from shared.ai import Transcript
from shared.db import Transaction
from shared.documents import Documents
from shared.schedules.planning.document import Plan

CONTAINER = "schedules"
VERSIONS_KEPT = 3
DRAFT_SECONDS = 86_400
"""A draft that is never finished, because its job was cancelled or lost, deletes itself after a day."""


async def write(plan: Plan, *, job_id: UUID, documents: Documents, said: Transcript | None = None) -> None:
    """Store the plan of a job, and what a model said; the same job writes the same document again."""
    document = {
        "id": str(job_id),
        "tripId": plan.trip_id,
        "version": plan.version,
        "plan": plan.model_dump(mode="json", by_alias=True),
        "ttl": DRAFT_SECONDS if plan.status == "draft" else -1,
    }
    if said is not None and said.exchanges:
        document["transcript"] = said.model_dump(mode="json", by_alias=True)
    await documents.put(CONTAINER, document)


async def read(trip_id: UUID, job_id: UUID, *, documents: Documents) -> Plan | None:
    document = await documents.find(CONTAINER, str(job_id), partition=str(trip_id))
    return Plan.model_validate(document["plan"]) if document else None


async def transcript(trip_id: UUID, job_id: UUID, *, documents: Documents) -> Transcript | None:
    """What a model said about the plan of a job; None when none was asked, or the plan is gone."""
    document = await documents.find(CONTAINER, str(job_id), partition=str(trip_id))
    said = document.get("transcript") if document else None
    return Transcript.model_validate(said) if said else None


async def drop(trip_id: UUID, job_id: UUID, *, documents: Documents) -> None:
    await documents.drop(CONTAINER, str(job_id), partition=str(trip_id))


async def next_version(tx: Transaction, trip_id: UUID, job_id: UUID) -> int:
    """The version this job writes: its own if it has one, else one more than the newest of the trip."""
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET version = coalesce(version, (SELECT coalesce(max(version), 0) + 1"
        " FROM schedule_versions WHERE trip_id = %s)) WHERE id = %s RETURNING version",
        (trip_id, job_id),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the caller holds the job's lease
    return int(row["version"])


async def point(tx: Transaction, plan: Plan, job_id: UUID) -> None:
    """Make the stored document the trip's version."""
    await tx.execute(
        "INSERT INTO schedule_versions (trip_id, version, job_id, status) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (job_id) DO UPDATE SET status = excluded.status",
        (plan.trip_id, plan.version, job_id, plan.status),
    )


async def newest(tx: Transaction, trip_id: UUID) -> UUID | None:
    """The job whose plan a reader of the trip gets."""
    cursor = await tx.execute(
        "SELECT job_id FROM schedule_versions WHERE trip_id = %s ORDER BY version DESC LIMIT 1", (trip_id,)
    )
    row = await cursor.fetchone()
    return row["job_id"] if row else None


async def retire(tx: Transaction, trip_id: UUID) -> list[UUID]:
    """Forget all but the last versions; returns the jobs whose documents may go."""
    cursor = await tx.execute(
        "DELETE FROM schedule_versions WHERE trip_id = %(trip)s AND version <= ("
        "SELECT max(version) FROM schedule_versions WHERE trip_id = %(trip)s) - %(kept)s RETURNING job_id",
        {"trip": trip_id, "kept": VERSIONS_KEPT},
    )
    return [row["job_id"] for row in await cursor.fetchall()]

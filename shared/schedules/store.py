"""Where plans are kept: the document in Cosmos DB, the pointer to it in PostgreSQL.

A document is announced to the sweep, then written, then its pointer is committed: what no pointer names does
not exist for a reader, and does not stay.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.db import Page, Transaction
from shared.documents import Documents
from shared.errors import AppError
from shared.schedules import leftovers
from shared.schedules.leftovers import CONTAINER
from shared.schedules.planning.document import Plan
from shared.schedules.planning.inputs import Inputs, pack, unpack

logger = logging.getLogger(__name__)

VERSIONS_KEPT = 3
DRAFT_SECONDS = 86_400
"""A draft that is never finished, because its job was cancelled or lost, deletes itself after a day."""

type Origin = Literal["plan", "day", "edit", "restore"]

_ROW = "version, document_id, status, origin, based_on, day, note, created_at"


@dataclass(frozen=True, slots=True)
class Version:
    """A row of `schedule_versions`: which document is this version of the trip's plan, and how it came."""

    version: int
    document_id: UUID
    status: Literal["draft", "final"]
    created_at: datetime
    origin: Origin = "plan"
    based_on: int | None = None
    day: int | None = None
    note: str | None = None

    @property
    def tag(self) -> str:
        """The entity tag of the plan: a draft becomes final under the same number."""
        return f"{self.version}-{self.status}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan with what it was made from."""

    plan: Plan
    inputs: Inputs


async def write(kept: Kept, *, document_id: UUID, documents: Documents) -> None:
    """Store a plan; the same id is the same document again."""
    plan = kept.plan
    document = {
        "id": str(document_id),
        "tripId": plan.trip_id,
        "version": plan.version,
        "plan": plan.model_dump(mode="json", by_alias=True),
        "inputs": pack(kept.inputs),
        "ttl": DRAFT_SECONDS if plan.status == "draft" else -1,
    }
    await documents.put(CONTAINER, document)


async def read(trip_id: UUID, document_id: UUID, *, documents: Documents) -> Plan | None:
    document = await _find(trip_id, document_id, documents)
    return Plan.model_validate(document["plan"]) if document else None


async def read_whole(trip_id: UUID, document_id: UUID, *, documents: Documents) -> Kept | None:
    """The plan and its inputs."""
    document = await _find(trip_id, document_id, documents)
    if document is None:
        return None
    return Kept(plan=Plan.model_validate(document["plan"]), inputs=unpack(document["inputs"]))


async def drop(trip_id: UUID, document_id: UUID, *, documents: Documents) -> None:
    await documents.drop(CONTAINER, str(document_id), partition=str(trip_id))


async def drop_soon(trip_id: UUID, document_ids: Sequence[UUID], *, documents: Documents) -> None:
    """Drop documents that no version has any more; what cannot be dropped now is left to the sweep."""
    for document_id in document_ids:
        try:
            await drop(trip_id, document_id, documents=documents)
        except AppError as error:
            logger.warning("document %s stays for the sweep: %s", document_id, error)


async def one_at_a_time(tx: Transaction, trip_id: UUID) -> None:
    """Wait for whoever else changes which versions the trip has, until this transaction ends."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"versions of trip {trip_id}",)
    )


async def next_version(tx: Transaction, trip_id: UUID, job_id: UUID) -> int:
    """The version this job writes: its own if it has one, else one more than the newest of the trip.

    Its document is announced, since it will be written soon.
    """
    cursor = await tx.execute(
        "UPDATE schedule_jobs SET version = coalesce(version, (SELECT coalesce(max(version), 0) + 1"
        " FROM schedule_versions WHERE trip_id = %s)) WHERE id = %s RETURNING version",
        (trip_id, job_id),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the caller holds the job's lease
    cursor = await tx.execute("SELECT 1 FROM schedule_versions WHERE document_id = %s", (job_id,))
    if not await cursor.fetchone():
        await leftovers.owe(tx, trip_id, job_id)
    return int(row["version"])


async def point(tx: Transaction, trip_id: UUID, new: Version, *, job_id: UUID | None = None) -> None:
    """Make a stored document a version of the trip; again makes its status the new one."""
    await tx.execute(
        "INSERT INTO schedule_versions"
        " (trip_id, version, job_id, document_id, status, origin, based_on, day, note, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (document_id) DO UPDATE SET status = excluded.status",
        (
            trip_id,
            new.version,
            job_id,
            new.document_id,
            new.status,
            new.origin,
            new.based_on,
            new.day,
            new.note,
            new.created_at,
        ),
    )
    await leftovers.settle(tx, new.document_id)


async def newest(tx: Transaction, trip_id: UUID) -> UUID | None:
    """The document a reader of the trip gets."""
    version = await newest_version(tx, trip_id)
    return version.document_id if version else None


async def newest_version(tx: Transaction, trip_id: UUID) -> Version | None:
    cursor = await tx.execute(
        f"SELECT {_ROW} FROM schedule_versions WHERE trip_id = %s ORDER BY version DESC LIMIT 1",  # noqa: S608
        (trip_id,),
    )
    return _version(await cursor.fetchone())


async def version(tx: Transaction, trip_id: UUID, number: int) -> Version | None:
    cursor = await tx.execute(
        f"SELECT {_ROW} FROM schedule_versions WHERE trip_id = %s AND version = %s",  # noqa: S608
        (trip_id, number),
    )
    return _version(await cursor.fetchone())


async def page(tx: Transaction, trip_id: UUID, wanted: Page) -> list[Version]:
    """Newest first; one more than the page has room for when there are more."""
    at, last = wanted.after or (None, None)
    cursor = await tx.execute(
        f"SELECT {_ROW} FROM schedule_versions WHERE trip_id = %(trip)s"  # noqa: S608
        " AND (%(at)s::timestamptz IS NULL OR (created_at, document_id) < (%(at)s, %(last)s::uuid))"
        " ORDER BY created_at DESC, document_id DESC LIMIT %(limit)s",
        {"trip": trip_id, "at": at, "last": last, "limit": wanted.limit + 1},
    )
    return [Version(**row) for row in await cursor.fetchall()]


async def documents_of(tx: Transaction, trip_id: UUID) -> list[UUID]:
    cursor = await tx.execute("SELECT document_id FROM schedule_versions WHERE trip_id = %s", (trip_id,))
    return [row["document_id"] for row in await cursor.fetchall()]


async def retire(tx: Transaction, trip_id: UUID) -> list[UUID]:
    """Forget all but the last versions; returns the documents that may go."""
    cursor = await tx.execute(
        "DELETE FROM schedule_versions WHERE trip_id = %(trip)s AND version <= ("
        "SELECT max(version) FROM schedule_versions WHERE trip_id = %(trip)s) - %(kept)s"
        " RETURNING document_id",
        {"trip": trip_id, "kept": VERSIONS_KEPT},
    )
    return [row["document_id"] for row in await cursor.fetchall()]


async def _find(trip_id: UUID, document_id: UUID, documents: Documents) -> dict[str, Any] | None:
    return await documents.find(CONTAINER, str(document_id), partition=str(trip_id))


def _version(row: dict[str, Any] | None) -> Version | None:
    return Version(**row) if row else None

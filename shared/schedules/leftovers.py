"""Documents that nobody may read any more: owed to the sweep until they are surely gone.

There is no transaction over both stores. So a document is written down here before it is written there, the
commit that points a version at it strikes it off, and the end of a version writes it down again. Whatever
dies in between, a row says which document to drop.
"""

from datetime import timedelta
from uuid import UUID

from shared.db import Database, Transaction
from shared.documents import Documents

CONTAINER = "schedules"
WRITTEN_WITHIN = timedelta(hours=1)
"""No job and no request lives longer than this between announcing a document and pointing at it."""
AGAIN_AFTER = timedelta(minutes=1)
SWEPT_AT_ONCE = 50


async def owe(tx: Transaction, trip_id: UUID, document_id: UUID) -> None:
    """Announce a document that is about to be written; it is dropped in an hour unless a version has it."""
    await tx.execute(
        "INSERT INTO schedule_leftovers (document_id, trip_id, due_at) VALUES (%s, %s, now() + %s)"
        " ON CONFLICT (document_id) DO UPDATE SET due_at = excluded.due_at",
        (document_id, trip_id, WRITTEN_WITHIN),
    )


async def settle(tx: Transaction, document_id: UUID) -> None:
    """A version points at the document now: it stays."""
    await tx.execute("DELETE FROM schedule_leftovers WHERE document_id = %s", (document_id,))


async def sweep(*, db: Database, documents: Documents) -> int:
    """Drop what is due; returns how many. A row goes after its document: a crash only repeats the drop."""
    async with db.transaction() as tx:
        due = await _take(tx)
    for trip_id, document_id in due:
        await documents.drop(CONTAINER, str(document_id), partition=str(trip_id))
    if due:
        async with db.transaction() as tx:
            await tx.execute(
                "DELETE FROM schedule_leftovers WHERE document_id = ANY(%s)", ([one for _, one in due],)
            )
    return len(due)


async def _take(tx: Transaction) -> list[tuple[UUID, UUID]]:
    """Some of what is due, put off for a minute so that no other sweep drops it at the same time."""
    cursor = await tx.execute(
        "UPDATE schedule_leftovers SET due_at = now() + %s WHERE document_id IN ("
        "SELECT document_id FROM schedule_leftovers AS owed WHERE due_at <= now() AND NOT EXISTS ("
        "SELECT FROM schedule_versions WHERE document_id = owed.document_id)"
        " ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING trip_id, document_id",
        (AGAIN_AFTER, SWEPT_AT_ONCE),
    )
    return [(row["trip_id"], row["document_id"]) for row in await cursor.fetchall()]

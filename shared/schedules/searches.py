"""SQL of the fan-out: the searches a gathering job waits for."""

from collections.abc import Sequence
from uuid import UUID

from shared.db import Transaction
from shared.messaging import SearchCategory

type SearchKey = tuple[str, SearchCategory]
"""Region and category."""


async def open_all(tx: Transaction, job_id: UUID, keys: Sequence[SearchKey]) -> None:
    for region, category in keys:
        await tx.execute(
            "INSERT INTO schedule_job_searches (job_id, region, category) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (job_id, region, category),
        )


async def close(tx: Transaction, job_id: UUID, key: SearchKey) -> bool:
    """Close one search; True when the job was waiting for it."""
    cursor = await tx.execute(
        "UPDATE schedule_job_searches SET outcome = 'found'"
        " WHERE job_id = %s AND region = %s AND category = %s AND outcome = 'open'",
        (job_id, *key),
    )
    return cursor.rowcount == 1


async def still_open(tx: Transaction, job_id: UUID) -> list[SearchKey]:
    cursor = await tx.execute(
        "SELECT region, category FROM schedule_job_searches WHERE job_id = %s AND outcome = 'open'",
        (job_id,),
    )
    return [(row["region"], row["category"]) for row in await cursor.fetchall()]


async def count(tx: Transaction, job_id: UUID) -> int:
    cursor = await tx.execute(
        "SELECT count(*) AS total FROM schedule_job_searches WHERE job_id = %s", (job_id,)
    )
    row = await cursor.fetchone()
    return int(row["total"]) if row else 0

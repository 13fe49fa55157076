"""What a job asks of outside services: counted while a step runs, kept on its row, written to the log."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.db import Database
from shared.maps import Maps, Meter

logger = logging.getLogger(__name__)


@asynccontextmanager
async def counted(job_id: UUID, *, db: Database) -> AsyncIterator[None]:
    """Add the calls of the block to the job, those of a block that fails too."""
    with Maps.metering(str(job_id)) as meter:
        try:
            yield
        finally:
            if meter.calls:
                await _keep(job_id, meter, db)


async def _keep(job_id: UUID, meter: Meter, db: Database) -> None:
    calls, cost = meter.calls, meter.cost_usd
    logger.info("job %s made %d calls for %s USD: %s", job_id, sum(calls.values()), cost, calls)
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE schedule_jobs SET outside_cost_usd = outside_cost_usd + %(cost)s, outside_calls = ("
            "SELECT jsonb_object_agg(key, total) FROM (SELECT key, sum(value::int) AS total FROM ("
            "SELECT * FROM jsonb_each_text(outside_calls) UNION ALL SELECT * FROM jsonb_each_text(%(calls)s)"
            ") AS each GROUP BY key) AS summed) WHERE id = %(id)s",
            {"id": job_id, "calls": Jsonb(calls), "cost": cost},
        )

"""A job is worked on by one worker at a time, and by another one soon after that one died."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from shared.db import Database
from shared.errors import Transient
from shared.schedules import repository

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
BEAT_SECONDS = 1.0


@contextlib.asynccontextmanager
async def held(job_id: UUID, *, holder: UUID, db: Database) -> AsyncIterator[threading.Event]:
    """Renew the lease every second while the block runs.

    The yielded event is set once the lease is lost: the job was cancelled, or somebody else has it.
    It is a threading event because the optimiser, which has to stop then, runs in a thread.
    The lease is given back at the end; a step that moved the job has done so already.
    """
    lost = threading.Event()
    beating = asyncio.create_task(_beat(job_id, holder=holder, db=db, lost=lost))
    finished = False
    try:
        yield lost
        finished = True
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        with contextlib.suppress(Transient):  # without a database the lease ends by itself
            async with db.transaction() as tx:
                await repository.release(tx, job_id, holder=holder, finished=finished)


async def _beat(job_id: UUID, *, holder: UUID, db: Database, lost: threading.Event) -> None:
    while not lost.is_set():
        await asyncio.sleep(BEAT_SECONDS)
        try:
            async with db.transaction() as tx:
                if not await repository.renew(tx, job_id, holder=holder, lease=LEASE):
                    lost.set()
        except Transient as error:
            logger.warning("lease of job %s not renewed: %s", job_id, error)

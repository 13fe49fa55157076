"""Tell the traveller how far the planner is, while it is at work in its thread."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from shared.errors import Transient
from shared.schedules import repository
from shared.schedules.service import channel
from shared.schedules.step import Step
from shared.schedules.tools import Tools

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
SPAN = {"planning": (40, 70), "refining": (75, 98)}
"""The percents of a job between which each thinking state lies."""


@contextlib.asynccontextmanager
async def reported(step: Step, *, tools: Tools) -> AsyncIterator[Callable[[int], None]]:
    """While the block runs, write down every second what the yielded function was told, in percents."""
    heard = [0]

    def hear(percent: int) -> None:
        heard[0] = percent  # from the planner's thread: one assignment, nothing to lock

    telling = asyncio.create_task(_tell(step, heard, tools))
    try:
        yield hear
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling


async def _tell(step: Step, heard: list[int], tools: Tools) -> None:
    job, told = step.job, 0
    if job.state not in SPAN:
        return
    low, high = SPAN[job.state]
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        percent = low + (high - low) * heard[0] // 100
        if percent <= max(told, low):
            continue
        told = percent
        try:
            async with tools.db.transaction() as tx:
                message = f"Trying out days: {heard[0]} %."
                await repository.report(tx, job, holder=step.holder, percent=percent, message=message)
        except Transient as error:
            logger.warning("progress of job %s not told: %s", job.id, error)
        await tools.cache.call(channel(job.id))

"""Fairness between travellers: a few jobs of each move at once, the others stand in line in their rows.

A job in line has no message yet, so the queue holds no more than a few of anybody's. The transaction that
ends a job posts the message of the next one; the sweep finds a line that nobody moved on.
"""

from dataclasses import dataclass
from uuid import UUID

from shared.db import Database, Transaction
from shared.errors import RateLimited
from shared.messaging import GenerateSchedule, post
from shared.schedules import line_repository as rows
from shared.schedules import repository

DAY_SECONDS = 86_400
LINES_AT_ONCE = 50
TURN = "It is this plan's turn: waiting for a free planner."


@dataclass(frozen=True, slots=True)
class Allowance:
    """What each traveller may have: jobs that move at once, and jobs started within any 24 hours."""

    at_once: int
    per_day: int


async def count_start(tx: Transaction, owner: UUID, *, allowance: Allowance) -> None:
    """Write a start down; `RateLimited` when the day's are used up. The line is locked from here on."""
    await rows.lock(tx, owner)
    starts = await rows.starts_of(tx, owner, seconds=DAY_SECONDS)
    if len(starts) >= allowance.per_day:
        # The start that has to grow a day old before the next one is allowed.
        wait = DAY_SECONDS - starts[len(starts) - allowance.per_day]
        raise RateLimited(
            f"You asked for {len(starts)} plans within 24 hours; {allowance.per_day} are allowed."
            " Edit a day of a plan you have, or come back later.",
            retry_after=max(1, round(wait)),
        )
    await rows.add_start(tx, owner)


async def join(tx: Transaction, job_id: UUID, owner: UUID, *, allowance: Allowance) -> None:
    """Let a new job start, or have it wait in line; `count_start` has locked the line."""
    others = await rows.moving(tx, owner) - 1
    if others < allowance.at_once:
        await repository.add_event(tx, job_id, "queued", percent=0, message="Waiting for a free planner.")
        await post(tx, GenerateSchedule(job_id=job_id))
        return
    await rows.make_wait(tx, job_id)
    message = f"{others} of your plans are being made. This one starts when one of them is done."
    await repository.add_event(tx, job_id, "queued", percent=0, message=message)


async def move_on(tx: Transaction, owner: UUID, *, allowance: Allowance) -> int:
    """Let as many jobs start as have room now, the oldest first; returns how many."""
    await rows.lock(tx, owner)
    room = allowance.at_once - await rows.moving(tx, owner)
    if room <= 0:
        return 0
    started = await rows.end_wait(tx, owner, limit=room)
    for job_id in started:
        await repository.add_event(tx, job_id, "queued", percent=0, message=TURN)
        await post(tx, GenerateSchedule(job_id=job_id))
    return len(started)


async def sweep(*, db: Database, allowance: Allowance) -> int:
    """Move on lines whose last job ended without a word: with its trip, for example."""
    async with db.transaction() as tx:
        owners = await rows.owners_in_line(tx, limit=LINES_AT_ONCE)
    total = 0
    for owner in owners:
        async with db.transaction() as tx:
            total += await move_on(tx, owner, allowance=allowance)
    return total

"""How long the steps of past jobs took, and what that says about a running one."""

from datetime import UTC, datetime

from shared.db import Transaction
from shared.schedules.model import STEPS, Job

FEWEST = 3
"""Past jobs of a length before anything is said about the next."""
REMEMBERED = 100
"""Times kept per kind, length and step; older ones say little about today."""


def length_class(days: int) -> int:
    """Trips that take about the same time: 1, 2, 3–4, 5–8, 9–16, 17–32 and more days."""
    return (days - 1).bit_length()


def likeness(job: Job) -> tuple[str, int]:
    """What jobs have to share to be compared: one day again takes the same in any trip."""
    return ("trip", length_class(job.days)) if job.day is None else ("day", 0)


async def remember(tx: Transaction, job: Job, step: str, *, since: datetime) -> None:
    """The job has just left a step it was in since then."""
    where = (*likeness(job), step)
    await tx.execute(
        "INSERT INTO schedule_step_times (kind, length, step, seconds)"
        " VALUES (%s, %s, %s, extract(epoch FROM clock_timestamp() - %s))",
        (*where, since),
    )
    await tx.execute(
        "DELETE FROM schedule_step_times WHERE id IN (SELECT id FROM schedule_step_times"
        " WHERE kind = %s AND length = %s AND step = %s ORDER BY id DESC OFFSET %s)",
        (*where, REMEMBERED),
    )


async def remaining_seconds(tx: Transaction, job: Job) -> int | None:
    """What is left by the medians of past jobs of this kind and length; None while too few are known.

    A job in line is not estimated: what is before it is somebody's choice.
    """
    if job.waiting:
        return None
    medians = await _medians(tx, job)
    steps = [step for step in STEPS[STEPS.index(job.state) : -1] if step != "refining" or _refines(job)]
    if any(step not in medians for step in steps):
        return None
    spent = (datetime.now(UTC) - job.state_since).total_seconds()
    left = max(0.0, medians[steps[0]] - spent) + sum(medians[step] for step in steps[1:])
    return max(1, round(left))


def _refines(job: Job) -> bool:
    return job.state == "refining" or bool(job.request.special_requests)


async def _medians(tx: Transaction, job: Job) -> dict[str, float]:
    cursor = await tx.execute(
        "SELECT step, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::float AS median"
        " FROM schedule_step_times WHERE kind = %s AND length = %s GROUP BY step HAVING count(*) >= %s",
        (*likeness(job), FEWEST),
    )
    return {row["step"]: row["median"] for row in await cursor.fetchall()}

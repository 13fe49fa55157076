"""The state machine of a schedule job: each message moves it one step, each step is safe to run twice.

`queued → gathering → planning → drafted → refining → completed`, or `failed` / `cancelled` from any state
before completed. A message never says which step to take: the job's row does, so a duplicate or a late
message does whatever is due now, or nothing.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from shared import trips
from shared.errors import NotFound, Transient, Unplannable
from shared.messaging import GenerateSchedule, NotifyUser, post
from shared.schedules import gather, leftovers, line, produce, repository
from shared.schedules.lease import LEASE, held
from shared.schedules.model import Job
from shared.schedules.planning.optimiser import Stopped
from shared.schedules.service import channel
from shared.schedules.spending import counted
from shared.schedules.step import Step
from shared.schedules.tools import Tools
from shared.telemetry import meters, note, timed

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
"""Claims of one state before the job is given up; a worker that crashes in a loop ends here."""
DEADLINE = timedelta(minutes=10)
STALLED_AFTER = timedelta(seconds=10)
SWEEP_LIMIT = 50
DRAFTED = frozenset({"drafted", "refining"})

type Take = Callable[[Step, Tools], Awaitable[None]]

_STEPS: dict[str, Take] = {
    "queued": gather.fan_out,
    "gathering": gather.search_again,
    "planning": produce.draft,
    "drafted": produce.refine,
    "refining": produce.refine,
}


async def advance(order: GenerateSchedule, *, tools: Tools) -> None:
    """Take the step that is due; returns quietly when there is none, or somebody else is taking it."""
    holder = uuid4()
    async with tools.db.transaction() as tx:
        job = await repository.claim(tx, order.job_id, holder=holder, lease=LEASE)
    if job is None:
        logger.info("job %s is gone, ended, or in other hands", order.job_id)
        return
    async with held(job.id, holder=holder, db=tools.db) as lost:
        try:
            take = _refuse_hopeless(job) or _STEPS[job.state]
            note({"tripgen.job.id": str(job.id), "tripgen.job.step": job.state})
            async with counted(job.id, db=tools.db):
                with timed(meters.STEP_SECONDS, {"tripgen.job.step": job.state}):
                    await take(Step(job=job, holder=holder, lost=lost), tools)
        except Stopped:
            logger.info("job %s was taken from us while planning", job.id)
        except NotFound:
            logger.info("the trip of job %s was deleted meanwhile", job.id)
        except Unplannable as error:
            await _fail(job, holder, error.detail, tools=tools)
    await tools.cache.call(channel(job.id))


async def sweep(*, tools: Tools) -> int:
    """Continue jobs whose worker died or whose message was lost, lines that stand still, and drop what is
    left over; returns how many jobs were continued."""
    async with tools.db.transaction() as tx:
        stalled = await repository.adopt_stalled(tx, after=STALLED_AFTER, limit=SWEEP_LIMIT)
        for job_id in stalled:
            await post(tx, GenerateSchedule(job_id=job_id))
    moved_on = await line.sweep(db=tools.db, allowance=tools.allowance)
    try:
        await leftovers.sweep(db=tools.db, documents=tools.documents)
    except Transient as error:
        logger.warning("leftovers stay for the next sweep: %s", error)
    return len(stalled) + moved_on


def _refuse_hopeless(job: Job) -> Take | None:
    """The step to take instead of the one that does not work out: a draft is worth more than a failure."""
    tired, late = job.attempts > MAX_ATTEMPTS, datetime.now(UTC) - job.started_at > DEADLINE
    if (tired or late) and job.state in DRAFTED and job.attempts <= 2 * MAX_ATTEMPTS:
        return produce.keep_draft
    if tired:
        raise Unplannable("Something went wrong on our side, several times. We are looking into it.")
    if late:
        raise Unplannable(
            f"The services we depend on did not answer within {DEADLINE.seconds // 60} minutes."
            " Please ask for the plan again."
        )
    return None


async def _fail(job: Job, holder: UUID, reason: str, *, tools: Tools) -> None:
    async with tools.db.transaction() as tx:
        if not await repository.move(tx, job, "failed", percent=job.percent, message=reason, holder=holder):
            return
        await repository.take_back(tx, job.id)
        await repository.explain(tx, job.id, reason)
        trip = await trips.find(tx, job.trip_id, owner=job.owner_id)
        await post(
            tx,
            NotifyUser(
                notification_id=job.id,
                user_id=job.owner_id,
                kind="schedule-failed",
                trip_id=job.trip_id,
                subject=trip.name if trip else "your trip",
            ),
        )
        await line.move_on(tx, job.owner_id, allowance=tools.allowance)
    meters.job_ended("failed", started_at=job.started_at)

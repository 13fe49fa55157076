"""Planning and refining: make a plan, have it checked, store it, and say so."""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from uuid import UUID

from shared import trips
from shared.ai import Constraints, Conversation, Recorded
from shared.db import Transaction
from shared.errors import ModelUnavailable, Unplannable
from shared.messaging import GenerateSchedule, NotifyUser, post
from shared.schedules import legs, line, refining, replaying, repository, store
from shared.schedules.model import Job
from shared.schedules.planning import relaxing
from shared.schedules.planning.brief import Brief, candidates_of
from shared.schedules.planning.days import Crowded
from shared.schedules.planning.document import Plan, Unmet
from shared.schedules.planning.inputs import Inputs, remake
from shared.schedules.planning.optimiser import Stopped
from shared.schedules.planning.optimiser.words import TooLate
from shared.schedules.question import inputs_of
from shared.schedules.reporting import reported
from shared.schedules.service import channel
from shared.schedules.step import Step
from shared.schedules.store import Kept, Version
from shared.schedules.tools import Tools
from shared.telemetry import meters

logger = logging.getLogger(__name__)

NO_MODEL = "No language model is set up here: free text stays on the plan, but nobody has read it."
UNREAD = "We could not read your special requests this time, so the plan does not reflect them."
NOT_FEASIBLE = "With these requests fewer checks would pass, so the plan was kept without them."
NOT_UNDERSTOOD = "We did not understand this part."
REPLAY_SECONDS, RELAXING_SECONDS = 60.0, 2.0
OF_THE_REQUEST = frozenset({"budget", "must-see"})
"""Checks that only a request can fail: a plan is not worse for having one that it cannot meet."""


async def draft(step: Step, tools: Tools) -> None:
    """planning → drafted: the first checked plan, without a model; stored and announced."""
    job = step.job
    made = await _make(step, None, tools)
    await _write(step, made, tools)
    async with tools.db.transaction() as tx:
        message = f"A first plan is ready: {_sum(made.plan)}."
        if await repository.move(tx, job, "drafted", percent=70, message=message, holder=step.holder):
            await _point(tx, job, made)
            await post(tx, GenerateSchedule(job_id=job.id))
            old = []
        else:
            old = await _unwanted(tx, job)
    await store.drop_soon(job.trip_id, old, documents=tools.documents)


async def refine(step: Step, tools: Tools) -> None:
    """drafted → refining → completed: read what only a model can read, and put in the real legs."""
    job = step.job
    made = await _drafted(step, tools)
    text = job.request.special_requests
    if text and tools.model is not None:
        step = await _announce(step, tools)
        made = await _reread(step, made, text, talk=tools.model.conversation(), tools=tools)
    else:
        made = await _with_legs(step, made, tools)
        made = _with_unmet(made, Unmet(wish=text, reason=NO_MODEL)) if text else made
    await _complete(step, made, tools)


async def keep_draft(step: Step, tools: Tools) -> None:
    """drafted or refining, and no way forward: the draft is the plan, and says so."""
    made = await _drafted(step, tools)
    text = step.job.request.special_requests
    await _complete(step, _with_unmet(made, Unmet(wish=text, reason=UNREAD)) if text else made, tools)


async def _drafted(step: Step, tools: Tools) -> Kept:
    kept = await store.read_whole(step.job.trip_id, step.job.id, documents=tools.documents)
    return kept or await _make(step, None, tools)  # a draft deletes itself after a day


async def _announce(step: Step, tools: Tools) -> Step:
    async with tools.db.transaction() as tx:
        await repository.refine(tx, step.job, holder=step.holder, message="Reading your special requests.")
    await tools.cache.call(channel(step.job.id))
    return replace(step, job=replace(step.job, state="refining"))


async def replay(step: Step, kept: Kept, tools: Tools) -> Kept:
    """The refined plan of a job, made again from what a model said then and from the places of today.

    Nothing is stored. `Unreplayable` says why the same plan does not come of it any more.
    """
    replaying.require_readable(kept.said)
    talk = Conversation(Recorded(kept.said), seconds=REPLAY_SECONDS)
    drafted = await _make(step, None, tools)
    made = await _reread(step, drafted, step.job.request.special_requests or "", talk=talk, tools=tools)
    replaying.require_same(made, kept)
    return replace(made, plan=made.plan.model_copy(update={"status": kept.plan.status}))


async def _reread(step: Step, drafted: Kept, text: str, *, talk: Conversation, tools: Tools) -> Kept:
    """The better plan and what was said; the draft says why the special requests are not in it."""
    made = await _refined(step, drafted, text, talk=talk, tools=tools)
    said = talk.transcript
    cost = "at an unknown price" if said.dollars is None else f"for {said.dollars:.6f} USD"
    logger.info("job %s took %d tokens of the model %s", step.job.id, said.tokens, cost)
    return replace(made, said=said)


async def _refined(step: Step, drafted: Kept, text: str, *, talk: Conversation, tools: Tools) -> Kept:
    try:
        refined, read = await refining.refine(
            text,
            talk,
            assemble=partial(inputs_of, step.job, tools=tools),
            think=partial(_planned_with_legs, step, tools=tools),
        )
    except ModelUnavailable as error:
        logger.warning("job %s keeps its draft: %s", step.job.id, error)
        return _with_unmet(await _with_legs(step, drafted, tools), Unmet(wish=text, reason=UNREAD))
    if _failures(refined.plan, ignored=OF_THE_REQUEST) > _failures(drafted.plan, ignored=OF_THE_REQUEST):
        kept = await _with_legs(step, drafted, tools)
        return _with_unmet(kept, Unmet(wish=text, reason=NOT_FEASIBLE))
    puzzling = [Unmet(wish=part, reason=NOT_UNDERSTOOD) for part in read.not_understood]
    plan = refined.plan.model_copy(update={"model": talk.transcript.reader})
    return _with_unmet(replace(refined, plan=plan), *puzzling)


async def _make(step: Step, read: Constraints | None, tools: Tools) -> Kept:
    return await _planned(step, await inputs_of(step.job, read, tools=tools), tools=tools)


async def _planned(step: Step, inputs: Inputs, *, tools: Tools) -> Kept:
    job = step.job
    async with tools.db.transaction() as tx:
        version = await store.next_version(tx, job.trip_id, job.id)
    async with reported(step, tools=tools) as hear:
        # In a thread: the loop goes on renewing leases and serving other jobs.
        return await asyncio.to_thread(_think, job, inputs, version, lost=step.lost, hear=hear)


async def _planned_with_legs(step: Step, inputs: Inputs, *, tools: Tools) -> Kept:
    return await _with_legs(step, await _planned(step, inputs, tools=tools), tools)


async def _with_legs(step: Step, made: Kept, tools: Tools) -> Kept:
    """The plan with its real legs; a single day planned again keeps those of the plan it is of."""
    if made.inputs.day is not None:
        return made

    async def again(informed: Brief) -> Kept:
        return await _planned(step, replace(made.inputs, brief=informed), tools=tools)

    return await legs.with_real_legs(made, again=again, tools=tools, stop=step.lost.is_set)


def _think(
    job: Job, inputs: Inputs, version: int, *, lost: threading.Event, hear: Callable[[int], None]
) -> Kept:
    known = candidates_of(inputs.brief).values()
    # Not the clock: a step that runs twice writes the same plan, and no fact in it is younger than the plan.
    made = max([job.created_at, *(candidate.fetched_at for candidate in known)])
    try:
        plan = remake(
            inputs,
            seed=job.seed,
            version=version,
            generated_at=made,
            stop=lost.is_set,
            progress=hear,
        )
    except (Crowded, TooLate) as error:
        raise Unplannable(str(error)) from error
    return Kept(relaxing.proven(plan, inputs.brief, over=_over(lost)), inputs)


def _over(lost: threading.Event) -> Callable[[], bool]:
    """Whether the time to look for what would meet unmet wishes is up, or the job in other hands."""
    ends = monotonic() + RELAXING_SECONDS
    return lambda: lost.is_set() or monotonic() > ends


async def _complete(step: Step, made: Kept, tools: Tools) -> None:
    job = step.job
    final = replace(made, plan=made.plan.model_copy(update={"status": "final"}))
    await _write(step, final, tools)
    async with tools.db.transaction() as tx:
        message = f"Done: {_sum(final.plan)}."
        done = await repository.move(tx, job, "completed", percent=100, message=message, holder=step.holder)
        if done:
            await _point(tx, job, final)
            old = await store.retire(tx, job.trip_id)
            await post(tx, await _good_news(tx, job))
            await line.move_on(tx, job.owner_id, allowance=tools.allowance)
        else:
            old = await _unwanted(tx, job)
    if done:
        meters.job_ended("completed", started_at=job.started_at)
    await store.drop_soon(job.trip_id, old, documents=tools.documents)


async def _write(step: Step, made: Kept, tools: Tools) -> None:
    """Store the plan, unless the job was taken from us: then somebody may have cleared up already."""
    if step.lost.is_set():
        raise Stopped("The job was taken from us before its plan was stored.")
    await store.write(made, document_id=step.job.id, documents=tools.documents)


async def _point(tx: Transaction, job: Job, made: Kept) -> None:
    new = Version(
        version=made.plan.version,
        document_id=job.id,
        status=made.plan.status,
        created_at=datetime.now(UTC),
        origin="plan" if job.day is None else "day",
        based_on=made.inputs.base.version if made.inputs.base else None,
        day=job.day,
    )
    await store.point(tx, job.trip_id, new, job_id=job.id)


async def _good_news(tx: Transaction, job: Job) -> NotifyUser:
    trip = await trips.find(tx, job.trip_id, owner=job.owner_id)
    return NotifyUser(
        notification_id=job.id,
        user_id=job.owner_id,
        kind="schedule-ready",
        trip_id=job.trip_id,
        subject=trip.name if trip else "your trip",
    )


async def _unwanted(tx: Transaction, job: Job) -> list[UUID]:
    """The job's document, when the job was ended or deleted under us; nothing when somebody else moved it."""
    now = await repository.lock(tx, job.id)
    return [job.id] if now is None or now.state in {"cancelled", "failed"} else []


def _with_unmet(made: Kept, *unmet: Unmet) -> Kept:
    return replace(made, plan=made.plan.model_copy(update={"unmet": [*made.plan.unmet, *unmet]}))


def _failures(plan: Plan, *, ignored: Collection[str] = ()) -> int:
    return sum(not result.ok and result.code not in ignored for result in plan.report)


def _sum(plan: Plan) -> str:
    visits = sum(item.kind == "visit" for day in plan.days for item in day.items)
    failed = _failures(plan)
    verdict = "every check passed" if not failed else f"{failed} of {len(plan.report)} checks need your eye"
    ways = ", some travel times are estimates" if legs.has_estimates(plan) else ""
    return f"{visits} places on {len(plan.days)} days, {verdict}{ways}"

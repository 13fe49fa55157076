"""Planning and refining: make a plan, have it checked, store it, and say so."""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from time import monotonic
from uuid import UUID

from shared import trips
from shared.ai import Constraints, Conversation, Recorded, Transcript
from shared.db import Transaction
from shared.errors import ModelUnavailable, Unplannable
from shared.messaging import GenerateSchedule, NotifyUser, post
from shared.schedules import briefing, refining, repository, store
from shared.schedules.model import Job
from shared.schedules.planning import explain, relaxing
from shared.schedules.planning.brief import Brief
from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Plan, Unmet
from shared.schedules.planning.optimiser import make_plan
from shared.schedules.service import channel
from shared.schedules.step import Step
from shared.schedules.tools import Tools

logger = logging.getLogger(__name__)

NO_MODEL = "No language model is set up here: free text stays on the plan, but nobody has read it."
UNREAD = "We could not read your special requests this time, so the plan does not reflect them."
NOT_FEASIBLE = "With these requests fewer checks would pass, so the plan was kept without them."
NOT_UNDERSTOOD = "We did not understand this part."
REPLAY_SECONDS = 60.0
RELAXING_SECONDS = 2.0
OF_THE_REQUEST = frozenset({"budget", "must-see"})
"""Checks that only a request can fail: a plan is not worse for having one that it cannot meet."""


async def draft(step: Step, tools: Tools) -> None:
    """planning → drafted: the first checked plan, without a model; stored and announced."""
    job = step.job
    plan = await _plan(step, None, tools)
    await store.write(plan, job_id=job.id, documents=tools.documents)
    async with tools.db.transaction() as tx:
        message = f"A first plan is ready: {_sum(plan)}."
        if await repository.move(tx, job, "drafted", percent=70, message=message, holder=step.holder):
            await store.point(tx, plan, job.id)
            await post(tx, GenerateSchedule(job_id=job.id))
            old = []
        else:
            old = await _unwanted(tx, job)
    await _drop(job, old, tools)


async def refine(step: Step, tools: Tools) -> None:
    """drafted → refining → completed: read what only a model can read, plan again, keep the better plan."""
    job = step.job
    plan = await store.read(job.trip_id, job.id, documents=tools.documents)
    if plan is None:  # a draft deletes itself after a day
        plan = await _plan(step, None, tools)
    text, said = job.request.special_requests, Transcript()
    if text and tools.model is not None:
        step = await _announce(step, tools)
        talk = tools.model.conversation()
        plan = await _reread(step, plan, text, talk=talk, tools=tools)
        said = talk.transcript
        _tell_cost(job, said)
    elif text:
        plan = _with_unmet(plan, Unmet(wish=text, reason=NO_MODEL))
    await _complete(step, plan, said, tools)


async def _announce(step: Step, tools: Tools) -> Step:
    async with tools.db.transaction() as tx:
        await repository.refine(tx, step.job, holder=step.holder, message="Reading your special requests.")
    await tools.cache.call(channel(step.job.id))
    return replace(step, job=replace(step.job, state="refining"))


async def replay(step: Step, drafted: Plan, said: Transcript, tools: Tools) -> Plan:
    """A draft refined by what a model said before: the same plan while the stored places are the same."""
    talk = Conversation(Recorded(said), seconds=REPLAY_SECONDS)
    return await _reread(step, drafted, step.job.request.special_requests or "", talk=talk, tools=tools)


async def _reread(step: Step, drafted: Plan, text: str, *, talk: Conversation, tools: Tools) -> Plan:
    """The plan with the special requests in it, or the draft with the reason why they are not."""
    try:
        refined, read = await refining.refine(
            text,
            talk,
            assemble=partial(_brief, step, tools=tools),
            think=partial(_checked, step, tools=tools),
        )
    except ModelUnavailable as error:
        logger.warning("job %s keeps its draft: %s", step.job.id, error)
        return _with_unmet(drafted, Unmet(wish=text, reason=UNREAD))
    if _failures(refined, ignored=OF_THE_REQUEST) > _failures(drafted, ignored=OF_THE_REQUEST):
        return _with_unmet(drafted, Unmet(wish=text, reason=NOT_FEASIBLE))
    puzzling = [Unmet(wish=part, reason=NOT_UNDERSTOOD) for part in read.not_understood]
    return _with_unmet(refined.model_copy(update={"model": talk.transcript.reader}), *puzzling)


def _tell_cost(job: Job, said: Transcript) -> None:
    cost = "at an unknown price" if said.dollars is None else f"for {said.dollars:.6f} USD"
    logger.info("job %s took %d tokens of the model %s", job.id, said.tokens, cost)


async def _plan(step: Step, read: Constraints | None, tools: Tools) -> Plan:
    return await _checked(step, await _brief(step, read, tools=tools), tools=tools)


async def _brief(step: Step, read: Constraints | None, *, tools: Tools) -> Brief:
    job = step.job
    trip = await trips.get(job.trip_id, owner=job.owner_id, db=tools.db)
    if job.route is None or [d.name for d in trip.destinations] != [stop.name for stop in job.route.stops]:
        raise Unplannable("The route changed while it was being planned. Please ask for the plan again.")
    return await briefing.assemble(job, trip, job.route, briefing.wishes(job, read), tools=tools)


async def _checked(step: Step, brief: Brief, *, tools: Tools) -> Plan:
    job = step.job
    async with tools.db.transaction() as tx:
        version = await store.next_version(tx, job.trip_id, job.id)
    # In a thread: the loop goes on renewing leases and serving other jobs.
    return await asyncio.to_thread(_think, job, brief, version, step.lost)


def _think(job: Job, brief: Brief, version: int, lost: threading.Event) -> Plan:
    candidates = {candidate.id: candidate for stop in brief.stops for candidate in stop.candidates}
    # Not the clock: a step that runs twice writes the same plan, and no fact in it is younger than the plan.
    made = max([job.created_at, *(candidate.fetched_at for candidate in candidates.values())])
    plan = make_plan(brief, seed=job.seed, version=version, generated_at=made, stop=lost.is_set)
    plan = relaxing.proven(plan, brief, over=_over(lost))
    report = explain.waivers(check(plan, candidates=candidates), plan)
    return plan.model_copy(update={"report": report})


def _over(lost: threading.Event) -> Callable[[], bool]:
    """Whether the time to look for what would meet unmet wishes is up, or the job in other hands."""
    ends = monotonic() + RELAXING_SECONDS
    return lambda: lost.is_set() or monotonic() > ends


async def _complete(step: Step, plan: Plan, said: Transcript, tools: Tools) -> None:
    job = step.job
    final = plan.model_copy(update={"status": "final"})
    await store.write(final, job_id=job.id, documents=tools.documents, said=said)
    async with tools.db.transaction() as tx:
        message = f"Done: {_sum(final)}."
        if await repository.move(tx, job, "completed", percent=100, message=message, holder=step.holder):
            await store.point(tx, final, job.id)
            old = await store.retire(tx, job.trip_id)
            await post(tx, await _good_news(tx, job))
        else:
            old = await _unwanted(tx, job)
    await _drop(job, old, tools)


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


async def _drop(job: Job, jobs: list[UUID], tools: Tools) -> None:
    for job_id in jobs:
        await store.drop(job.trip_id, job_id, documents=tools.documents)


def _with_unmet(plan: Plan, *unmet: Unmet) -> Plan:
    return plan.model_copy(update={"unmet": [*plan.unmet, *unmet]})


def _failures(plan: Plan, *, ignored: Collection[str] = ()) -> int:
    return sum(not result.ok and result.code not in ignored for result in plan.report)


def _sum(plan: Plan) -> str:
    visits = sum(item.kind == "visit" for day in plan.days for item in day.items)
    failed = _failures(plan)
    verdict = "every check passed" if not failed else f"{failed} of {len(plan.report)} checks need your eye"
    return f"{visits} places on {len(plan.days)} days, {verdict}"

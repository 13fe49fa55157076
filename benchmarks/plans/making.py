"""One case in one process of its own: the job's real steps over the real stores, and what came of it."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

from benchmarks.measurement import BenchmarkError
from benchmarks.plans import quality
from benchmarks.plans.cases import Case, case
from benchmarks.tools import open_tools
from shared import schedules, trips
from shared.messaging import GenerateSchedule
from shared.schedules import JobStatus, Tools, store
from shared.schedules.planning.brief import Brief, candidates_of
from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Plan

ENDED = frozenset({"completed", "failed", "cancelled"})
MOST_STEPS = 10
"""Messages of one job; with all places known it takes three."""
OF_TIME = frozenset(
    {"order", "open", "duration", "travel", "meals", "rests", "day-window", "transfer", "clock"}
)
"""Checks that being late can break; a slower walk is no longer, so the limits of legs are left out."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Of one plan: ratios of its days, means over its days, shares of the whole."""

    zigzags: tuple[float, ...]
    of_bound: float
    walk_minutes: float
    walk_metres: float
    wait_minutes: float
    diversity: float
    holds_when_slow: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: why there is no plan, or which checks it fails and whether it says why."""

    number: int
    words: str
    seconds: float
    reason: str | None
    findings: Mapping[str, str]
    waived: frozenset[str]
    quality: Quality | None

    @property
    def unexplained(self) -> frozenset[str]:
        """Codes of checks that fail without a word to the traveller."""
        return frozenset(self.findings) - self.waived


def make(number: int, owner: UUID, settings: Mapping[str, str]) -> Outcome:
    """Plan a case as a traveller's job; what keeps a plan from being delivered is the reason."""
    logging.disable(logging.WARNING)  # what a plan lacks is said on the plan
    return asyncio.run(_make(case(number), owner, settings))


async def _make(wanted: Case, owner: UUID, settings: Mapping[str, str]) -> Outcome:
    async with open_tools(settings) as tools:
        trip = await trips.create(wanted.trip, owner=owner, replay=None, db=tools.db)
        begun = time.monotonic()
        try:
            job = await _run(trip.id, wanted, owner=owner, tools=tools)
        except Exception as error:  # noqa: BLE001 -- a step that crashes delivers no plan, the bench goes on
            return _lost(wanted, time.monotonic() - begun, _crash(error))
        seconds = time.monotonic() - begun
        kept = await store.read_whole(trip.id, job.id, documents=tools.documents)
    if job.state != "completed" or kept is None:
        return _lost(wanted, seconds, job.reason or f"the job is {job.state}")
    failed = [result for result in kept.plan.report if not result.ok]
    return Outcome(
        wanted.number,
        str(wanted),
        seconds,
        reason=None,
        findings={r.code: f"{r.findings[0].where} {r.findings[0].message}" for r in failed},
        waived=frozenset(result.code for result in failed if result.waiver),
        quality=measured(kept.plan, kept.inputs.brief),
    )


def _lost(wanted: Case, seconds: float, reason: str) -> Outcome:
    return Outcome(wanted.number, str(wanted), seconds, reason, {}, frozenset(), None)


def _crash(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


async def _run(trip_id: UUID, wanted: Case, *, owner: UUID, tools: Tools) -> JobStatus:
    started = await schedules.request(
        trip_id, wanted.request, caller=owner, replay=None, allowance=tools.allowance, db=tools.db
    )
    for _ in range(MOST_STEPS):
        await schedules.advance(GenerateSchedule(job_id=started.id), tools=tools)
        job = await schedules.status(
            started.id, caller=owner, after=0, wait=0, db=tools.db, cache=tools.cache
        )
        if job.state in ENDED:
            return job
    raise BenchmarkError(f"The job of {wanted} is still {job.state} after {MOST_STEPS} steps.")


def measured(plan: Plan, brief: Brief) -> Quality:
    """The plan by every formula."""
    ratios = [quality.zigzag(day) for day in plan.days]
    on_foot = [quality.walked(day) for day in plan.days]
    return Quality(
        zigzags=tuple(ratio for ratio in ratios if ratio is not None),
        of_bound=quality.share_of_bound(plan, brief),
        walk_minutes=fmean(minutes for minutes, _ in on_foot),
        walk_metres=fmean(metres for _, metres in on_foot),
        wait_minutes=fmean(quality.waited(day) for day in plan.days),
        diversity=quality.diversity(plan),
        holds_when_slow=holds_when_slow(plan, brief),
    )


def holds_when_slow(plan: Plan, brief: Brief) -> bool:
    """Whether no check of time fails with 20 % more travel that does not fail without (robustness)."""
    return not (_failing(quality.slowed(plan), brief) - _failing(plan, brief)) & OF_TIME


def _failing(plan: Plan, brief: Brief) -> set[str]:
    return {result.code for result in check(plan, candidates=candidates_of(brief)) if not result.ok}

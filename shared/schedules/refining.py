"""Refines a draft with what a model reads and says; its kept transcript gives the same plan."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from shared.ai import Constraints, Conversation, Score, Sight
from shared.errors import ModelUnavailable
from shared.schedules.planning.brief import Brief, Candidate
from shared.schedules.planning.inputs import Inputs
from shared.schedules.planning.optimiser.scoring import VISIT_CATEGORIES, visit_score
from shared.schedules.planning.remarks import facts_by_visit, with_remarks
from shared.schedules.store import Kept

logger = logging.getLogger(__name__)

SIGHTS_SCORED = 60
"""The best of the trip by our own score: three thousand tokens or so."""

type Assemble = Callable[[Constraints], Awaitable[Inputs]]
type Think = Callable[[Inputs], Awaitable[Kept]]


async def refine(
    text: str, talk: Conversation, *, assemble: Assemble, think: Think
) -> tuple[Kept, Constraints]:
    """The plan with the request in it, and how the request was read.

    `ModelUnavailable` when nobody could read it. Scores and remarks are extra: without them the plan stands.
    """
    read = await talk.read_requests(text)
    inputs = await assemble(read)
    scored = with_scores(inputs.brief, await _scores(text, talk, inputs.brief))
    made = await think(replace(inputs, brief=scored))
    try:
        remarks = await talk.remark(facts_by_visit(made.plan, scored, only=inputs.day))
    except ModelUnavailable as error:
        logger.warning("the reasons of the plan are our own: %s", error)
        remarks = {}
    return replace(made, plan=with_remarks(made.plan, remarks)), read


async def _scores(text: str, talk: Conversation, brief: Brief) -> Mapping[str, Score]:
    try:
        return await talk.score(text, [_sight(candidate) for candidate in _best(brief)])
    except ModelUnavailable as error:
        logger.warning("places are scored without the model: %s", error)
        return {}


def with_scores(brief: Brief, scores: Mapping[str, Score]) -> Brief:
    """The brief with the fit and the minutes of the places that were scored."""
    stops = tuple(
        replace(stop, candidates=tuple(_scored(c, scores.get(c.id)) for c in stop.candidates))
        for stop in brief.stops
    )
    return replace(brief, stops=stops)


def _scored(candidate: Candidate, score: Score | None) -> Candidate:
    if score is None:
        return candidate
    return replace(candidate, fit=score.fit, visit_minutes=score.minutes or candidate.visit_minutes)


def _best(brief: Brief) -> list[Candidate]:
    """Places to visit, the best first; those of the same score in the order of their ids."""
    visits = {c.id: c for stop in brief.stops for c in stop.candidates if c.category in VISIT_CATEGORIES}
    ranked = sorted(visits.values(), key=lambda c: (-visit_score(c, brief.party), c.id))
    return ranked[:SIGHTS_SCORED]


def _sight(candidate: Candidate) -> Sight:
    return Sight(
        id=candidate.id,
        name=candidate.name,
        kind=candidate.category,
        least=candidate.min_visit_minutes,
        usual=candidate.visit_minutes,
    )

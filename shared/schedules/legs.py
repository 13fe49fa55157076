"""Puts real legs into a chosen plan: asks for its ways, times it again, mends the days that break."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from shared.errors import AppError
from shared.maps import TravelMode
from shared.places import country_of
from shared.schedules.journeys import journey
from shared.schedules.planning.brief import Brief
from shared.schedules.planning.document import Plan
from shared.schedules.planning.inputs import judged
from shared.schedules.planning.mending import as_timed, broken_days, mended, timing_of
from shared.schedules.planning.optimiser import ESTIMATED, never
from shared.schedules.planning.ways import Kind, Measured, Way, measured
from shared.schedules.store import Kept
from shared.schedules.tools import Tools

logger = logging.getLogger(__name__)

MOST_WAYS = 200
"""Ways asked for in one job: enough for most trips of fourteen days, a bound on what a plan may cost."""
DEADLINE_SECONDS = 12.0
"""After it nothing more is asked for, mended or planned again; what is known by then is used."""
MOST_MENDS = 3
"""Times the days of one plan are mended: a mended day goes other ways, which may break it in turn."""
MOST_PLANS = 3
"""Times the whole plan is made anew, where mending its days does not help."""
MODES: dict[Kind, TravelMode] = {"walk": "walk", "public": "transit", "road": "drive"}

type Again = Callable[[Brief], Awaitable[Kept]]
"""Makes a checked plan of a brief with more known ways."""


@dataclass(slots=True)
class Survey:
    """What one job asks the route service: each way once, within a number of ways and a time."""

    tools: Tools
    brief: Brief
    asked: set[Way] = field(default_factory=set)
    known: dict[Way, Measured] = field(default_factory=dict)
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.tools.clock() + DEADLINE_SECONDS

    @property
    def informed(self) -> Brief:
        return replace(self.brief, known=dict(self.known))

    @property
    def seconds_left(self) -> float:
        return self.until - self.tools.clock()

    async def ask(self, ways: Sequence[Way]) -> bool:
        """Look up what was not asked before; whether anything new is known."""
        new = [way for way in ways if way not in self.asked][: MOST_WAYS - len(self.asked)]
        if not new or self.seconds_left <= 0:
            return False
        self.asked.update(new)
        told: dict[Way, Measured] = {}
        try:
            async with asyncio.timeout(self.seconds_left):
                await asyncio.gather(*(self._one(way, told) for way in new))
        except TimeoutError:
            logger.warning("the route service took too long: %d ways stay estimated", len(new) - len(told))
        # In the order asked, not that of the answers: a plan follows from it.
        self.known |= {way: told[way] for way in new if way in told}
        return bool(told)

    async def _one(self, way: Way, told: dict[Way, Measured]) -> None:
        try:
            found = await journey(
                way.start,
                way.end,
                mode=MODES[way.kind],
                zone=way.zone,
                day=self.brief.start_date,
                country=country_of(way.zone),
                maps=self.tools.maps,
                cache=self.tools.cache,
            )
        except AppError as error:
            logger.warning("a way stays estimated: %s", type(error).__name__)
            return
        if found is not None:
            told[way] = measured(way.kind, minutes=found.minutes, metres=found.metres, walk=found.walk_metres)


@dataclass(frozen=True, slots=True)
class Tried:
    """A plan on its real ways; `broken` days are no better than before they were mended."""

    kept: Kept
    broken: int

    @property
    def flaws(self) -> tuple[int, int]:
        """Days that do not hold, then checks that fail."""
        return self.broken, _failing(self.kept)


async def with_real_legs(made: Kept, *, again: Again, tools: Tools, stop: Callable[[], bool] = never) -> Kept:
    """The plan with the legs that the route service tells; the days that break by them are mended, and where
    that does not help the whole trip is planned again with them.

    Of several plans the one with the fewest broken days, then the fewest failing checks is kept, the earliest
    of those. Legs that nobody told stay estimated and say so; nothing here fails because the service is away.
    """
    survey, failing = Survey(tools, made.inputs.brief), _failing(made)
    tried = [await _tried(made, survey, stop)]
    while tried[-1].flaws > (0, failing) and len(tried) <= MOST_PLANS and survey.seconds_left > 0:
        try:
            made = await again(survey.informed)
        except ValueError:  # the ways that are known leave no day at all
            break
        tried.append(await _tried(made, survey, stop))
    best = min(tried, key=lambda one: one.flaws)
    if best.broken:
        logger.warning("trip %s: %d days do not fit their real legs", made.plan.trip_id, best.broken)
    return best.kept


async def _tried(made: Kept, survey: Survey, stop: Callable[[], bool]) -> Tried:
    """The plan timed with its real legs and mended; ways that come up by that are asked for in turn."""
    plan, before, mends = made.plan, made.plan.report, list[int]()
    while True:
        brief = survey.informed
        timing = await asyncio.to_thread(timing_of, brief, plan)
        if await survey.ask(timing.unknown):
            continue
        broken = await asyncio.to_thread(broken_days, brief, plan, timing, before=before)
        if not broken or len(mends) == MOST_MENDS or survey.seconds_left <= 0:
            break
        better = await asyncio.to_thread(mended, brief, plan, broken, before=before, stop=stop)
        if better is plan:
            break
        plan = better
        mends.append(len(survey.known))
    inputs = replace(made.inputs, told=dict(survey.known), mends=tuple(mends))
    return Tried(Kept(await asyncio.to_thread(judged, as_timed(plan, timing), inputs), inputs), len(broken))


def has_estimates(plan: Plan) -> bool:
    """Whether the length of any leg is our own estimate."""
    return any(ESTIMATED in (item.warnings or ()) for day in plan.days for item in day.items)


def _failing(made: Kept) -> int:
    return sum(not result.ok for result in made.plan.report)

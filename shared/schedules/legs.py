"""Puts real legs into a chosen plan: asks for its ways, times it again, plans again where it breaks."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from shared.errors import AppError
from shared.maps import TravelMode
from shared.places import country_of
from shared.schedules.journeys import journey
from shared.schedules.planning.brief import Brief
from shared.schedules.planning.document import Plan
from shared.schedules.planning.inputs import judged
from shared.schedules.planning.optimiser import ESTIMATED, retime
from shared.schedules.planning.ways import Kind, Measured, Way, measured
from shared.schedules.store import Kept
from shared.schedules.tools import Tools

logger = logging.getLogger(__name__)

MOST_WAYS = 200
"""Ways asked for in one job: enough for fourteen days, a bound on what a plan may cost."""
DEADLINE_SECONDS = 12.0
"""After it nothing more is asked for or planned again; what is known by then is used."""
MOST_PLANS = 3
"""Times a plan is made anew because the ways of the one before do not fit it."""
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
    until: float = field(default_factory=lambda: time.monotonic() + DEADLINE_SECONDS)

    @property
    def informed(self) -> Brief:
        return replace(self.brief, known=dict(self.known))

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until or len(self.asked) >= MOST_WAYS

    async def ask(self, ways: Sequence[Way]) -> bool:
        """Look up what was not asked before; whether anything new is known."""
        new = [way for way in ways if way not in self.asked][: MOST_WAYS - len(self.asked)]
        if not new or self.over:
            return False
        self.asked.update(new)
        before = len(self.known)
        try:
            async with asyncio.timeout_at(_loop_time(self.until)):
                await asyncio.gather(*(self._one(way) for way in new))
        except TimeoutError:
            logger.warning("the route service took too long: %d ways stay estimated", self._unknown)
        return len(self.known) > before

    @property
    def _unknown(self) -> int:
        return len(self.asked) - len(self.known)

    async def _one(self, way: Way) -> None:
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
            self.known[way] = measured(
                way.kind, minutes=found.minutes, metres=found.metres, walk=found.walk_metres
            )


async def with_real_legs(made: Kept, *, again: Again, tools: Tools) -> Kept:
    """The plan with the legs that the route service tells; where it breaks by them, planned again with them.

    Of several plans the one that fails the fewest checks is kept, the earliest of those. Legs that nobody
    told stay estimated and say so; nothing here fails because the service is away.
    """
    survey = Survey(tools, made.inputs.brief)
    tried: list[Kept] = []
    failing = _failing(made)
    for attempt in range(MOST_PLANS + 1):
        with_ways = await _timed(made, survey)
        if with_ways is not None:
            tried.append(with_ways)
            if _failing(with_ways) <= failing:
                break
        if attempt == MOST_PLANS or time.monotonic() >= survey.until:
            break
        try:
            made = await again(survey.informed)
        except ValueError:  # the ways that are known leave no day at all
            break
    if not tried:
        logger.warning("trip %s keeps estimated legs: the real ones fit no plan", made.plan.trip_id)
        return replace(made, plan=estimated(made.plan))
    return min(tried, key=_failing)


async def _timed(made: Kept, survey: Survey) -> Kept | None:
    """The plan timed with its real legs; ways that come up by that are asked for in turn."""
    while True:
        found = await asyncio.to_thread(retime, survey.informed, made.plan)
        if not await survey.ask(found.unknown):
            break
    if found.plan is None:
        return None
    inputs = replace(made.inputs, told=dict(survey.known))
    return Kept(await asyncio.to_thread(judged, found.plan, inputs), inputs)


def estimated(plan: Plan) -> Plan:
    """The plan as it is, every leg inside a city marked as estimated."""
    days = [
        day.model_copy(
            update={
                "items": [
                    item.model_copy(update={"warnings": [ESTIMATED]})
                    if item.kind == "leg" and item.mode not in ("intercity", "flight")
                    else item
                    for item in day.items
                ]
            }
        )
        for day in plan.days
    ]
    return plan.model_copy(update={"days": days})


def has_estimates(plan: Plan) -> bool:
    """Whether the length of any leg is our own estimate."""
    return any(ESTIMATED in (item.warnings or ()) for day in plan.days for item in day.items)


def _failing(made: Kept) -> int:
    return sum(not result.ok for result in made.plan.report)


def _loop_time(monotonic: float) -> float:
    return asyncio.get_running_loop().time() + monotonic - time.monotonic()

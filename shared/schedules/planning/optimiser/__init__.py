"""The optimiser: from a brief to a plan by the kernel and an exact simulation of days; pure, repeatable."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from shared.schedules.planning.brief import Brief
from shared.schedules.planning.document import Plan, Request, Route, RouteStop, Wish
from shared.schedules.planning.optimiser.instance import build
from shared.schedules.planning.optimiser.retime import ESTIMATED, Retimed, retime
from shared.schedules.planning.optimiser.search import Search
from shared.schedules.planning.optimiser.settle import settle
from shared.schedules.planning.optimiser.start import Stopped
from shared.schedules.planning.optimiser.travel import Travel
from shared.schedules.planning.optimiser.unmet import unmet_budget, unmet_wishes
from shared.schedules.planning.optimiser.weather import bad_intervals
from shared.schedules.planning.optimiser.words import clock_text
from shared.schedules.planning.optimiser.world import World
from shared.schedules.planning.optimiser.writer import DayWriter

__all__ = [
    "ESTIMATED",
    "ITERATIONS_PER_DAY",
    "Retimed",
    "Stopped",
    "bad_intervals",
    "make_plan",
    "never",
    "retime",
]

ITERATIONS_PER_DAY = 150
LONG_TRIP_EXPONENT = 0.85
"""Long trips get less effort per day: their days differ less, and the whole stays a matter of seconds."""


def never() -> bool:
    """A stop signal that never comes."""
    return False


def make_plan(
    brief: Brief,
    *,
    seed: int,
    version: int,
    generated_at: datetime,
    iterations: int = ITERATIONS_PER_DAY,
    stop: Callable[[], bool] = never,
    progress: Callable[[int], None] | None = None,
) -> Plan:
    """A draft plan with an empty report; the same brief and seed give the same plan.

    `iterations` is the effort per day of a short trip; `stop` is asked before every simulated day and
    `progress` is told percents.
    Raises `Stopped` once `stop()` is true and ValueError when the stops cannot be joined at all.
    """
    instance = build(brief)
    world = World(instance, Travel(instance), bad_intervals(instance))
    rng = Random(seed)  # noqa: S311 -- repeatable search, nothing secret
    effort = round(iterations * len(instance.frames) ** LONG_TRIP_EXPONENT)
    found = Search(instance, world, rng, stop).run(effort, progress)
    days = [
        DayWriter(instance, frame).write(settle(world, frame, day))
        for frame, day in zip(instance.frames, found, strict=True)
    ]
    return Plan(
        trip_id=brief.trip_id,
        version=version,
        status="draft",
        seed=seed,
        generated_at=generated_at,
        candidates_snapshot=brief.snapshot,
        party=list(brief.party),
        transport=brief.transport,
        request=_request(brief),
        days=days,
        unmet=unmet_wishes(instance, days) + unmet_budget(instance, days),
    )


def _request(brief: Brief) -> Request:
    return Request(
        start_time=clock_text(brief.start_time),
        special_requests=brief.special_requests,
        must_see=[Wish(wish=wish, place_id=place) for wish, place in brief.must_see],
        budget=brief.budget,
        excluded_categories=list(brief.excluded_categories),
        route=_route(brief),
    )


def _route(brief: Brief) -> Route:
    return Route(
        start_date=brief.start_date,
        arrival_time=_clock(brief.arrival_time),
        departure_time=_clock(brief.departure_time),
        stops=[
            RouteStop(
                name=stop.name,
                nights=stop.nights,
                lodging=stop.lodging,
                check_in=_clock(stop.check_in),
                check_out=_clock(stop.check_out),
            )
            for stop in brief.stops
        ],
    )


def _clock(minutes: int | None) -> str | None:
    return None if minutes is None else clock_text(minutes)

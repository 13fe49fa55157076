"""What the planner is asked by a job: a whole trip, or one day of a plan there is."""

from shared import trips
from shared.ai import Constraints
from shared.errors import Unplannable
from shared.schedules import briefing, store
from shared.schedules.model import Job, Route
from shared.schedules.planning.brief import Brief
from shared.schedules.planning.days import same_trip, with_fresh_day
from shared.schedules.planning.inputs import Inputs
from shared.schedules.store import Kept
from shared.schedules.tools import Tools
from shared.trips import Trip

CHANGED = "The route changed while it was being planned. Please ask for the plan again."
ANOTHER_TRIP = (
    "Party, route or times of the trip are not those of the plan any more, so a single day of it cannot be"
    " planned again. Please ask for a plan of the whole trip."
)


async def inputs_of(job: Job, read: Constraints | None, *, tools: Tools) -> Inputs:
    """Everything the job's plan follows from; `Unplannable` when the trip has become another one."""
    trip = await trips.get(job.trip_id, owner=job.owner_id, db=tools.db)
    route = job.route
    if route is None or [d.name for d in trip.destinations] != [stop.name for stop in route.stops]:
        raise Unplannable(CHANGED)
    if job.day is None:
        return Inputs(await briefing.assemble(job, trip, route, briefing.wishes(job, read), tools=tools))
    return await _day_again(job, job.day, trip, route, tools=tools)


async def _day_again(job: Job, day: int, trip: Trip, route: Route, *, tools: Tools) -> Inputs:
    base = await _base(job, tools)
    fresh = await briefing.assemble(job, trip, route, _wishes(base.inputs.brief), tools=tools)
    if not same_trip(base.inputs.brief, fresh):
        raise Unplannable(ANOTHER_TRIP)
    brief = with_fresh_day(base.inputs.brief, fresh, base.plan, day - 1)
    return Inputs(brief, day=day, base=base.plan)


async def _base(job: Job, tools: Tools) -> Kept:
    """The plan the day is of. While the job runs nobody makes a version, so it is not dropped either."""
    kept = None
    if job.base_document is not None:
        kept = await store.read_whole(job.trip_id, job.base_document, documents=tools.documents)
    if kept is None:
        raise Unplannable("The plan this day is of is gone. Please ask for a plan of the whole trip.")
    return kept


def _wishes(brief: Brief) -> briefing.Wishes:
    """Those of the plan there is."""
    return briefing.Wishes(
        start_time=brief.start_time,
        must_see=tuple(wish for wish, _ in brief.must_see),
        excluded=brief.excluded_categories,
        budget=brief.budget,
    )

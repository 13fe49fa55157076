"""Gathering: find the destinations, ask for the places nobody has looked up yet, wait for none of them."""

import asyncio
from dataclasses import replace

from shared import places, trips
from shared.db import Transaction
from shared.errors import Unplannable
from shared.messaging import GenerateSchedule, SearchPlaces, post
from shared.schedules import repository, searches
from shared.schedules.model import Job, ResolvedStop, Route
from shared.schedules.searches import SearchKey
from shared.schedules.service import channel
from shared.schedules.spending import counted
from shared.schedules.step import Step
from shared.schedules.tools import Tools

GATHERED_PERCENT = 40


async def fan_out(step: Step, tools: Tools) -> None:
    """queued → gathering: resolve the route, open one search per region and category that is not fresh."""
    job = step.job
    trip = await trips.get(job.trip_id, owner=job.owner_id, db=tools.db)
    route = Route(stops=tuple(await asyncio.gather(*(_resolve(s.name, tools) for s in trip.destinations))))
    wanted = await _not_fresh(route, tools)
    async with tools.db.transaction() as tx:
        message = f"Looking around {_and(sorted({stop.name for stop in route.stops}))}."
        if not await repository.move(tx, job, "gathering", percent=5, message=message, holder=step.holder):
            return
        await repository.keep_route(tx, job.id, route)
        found = zip(trip.destinations, route.stops, strict=True)
        await trips.learn_zones(tx, {stop.id: resolved.zone for stop, resolved in found})
        await searches.open_all(tx, job.id, wanted)
        await _post_searches(tx, job, route, wanted)
        if not wanted:
            await _continue(tx, job)


async def search_again(step: Step, tools: Tools) -> None:
    """gathering, and nothing moved for a while: ask again for what is still open."""
    job = step.job
    async with tools.db.transaction() as tx:
        still_open = await searches.still_open(tx, job.id)
        if still_open and job.route is not None:
            await _post_searches(tx, job, job.route, still_open)
        else:
            await _continue(tx, job)


async def search(order: SearchPlaces, *, tools: Tools) -> None:
    """Fill the store for one region and category; the last search of a job lets it go on."""
    if order.job_id is None:
        await places.search(order, shelf=tools.shelf, maps=tools.maps)
        return
    async with counted(order.job_id, db=tools.db):
        found = await places.search(order, shelf=tools.shelf, maps=tools.maps)
    async with tools.db.transaction() as tx:
        job = await repository.lock(tx, order.job_id)
        if job is None or job.state != "gathering":
            return
        if not await searches.close(tx, job.id, (order.region, order.category)):
            return
        await _after_search(tx, job, order, found)
    await tools.cache.call(channel(order.job_id))


async def _after_search(tx: Transaction, job: Job, order: SearchPlaces, found: int) -> None:
    still_open = len(await searches.still_open(tx, job.id))
    total = await searches.count(tx, job.id)
    percent = 5 + round((GATHERED_PERCENT - 5) * (total - still_open) / total)
    what = places.LABELS[order.category]
    await repository.progress(tx, job, percent=percent, message=f"{found} {what} found.")
    if not still_open:
        await _continue(tx, job)


async def _continue(tx: Transaction, job: Job) -> None:
    gathering = replace(job, state="gathering")
    message = "Everything is gathered, the planner is at work."
    if await repository.move(tx, gathering, "planning", percent=GATHERED_PERCENT, message=message):
        await post(tx, GenerateSchedule(job_id=job.id))


async def _post_searches(tx: Transaction, job: Job, route: Route, keys: list[SearchKey]) -> None:
    centres = {stop.region: stop for stop in route.stops}
    for region, category in keys:
        stop = centres[region]
        await post(
            tx,
            SearchPlaces(
                region=region,
                category=category,
                lat=stop.lat,
                lng=stop.lng,
                zone=stop.zone,
                job_id=job.id,
            ),
        )


async def _not_fresh(route: Route, tools: Tools) -> list[SearchKey]:
    regions = sorted({stop.region for stop in route.stops})
    fresh = await asyncio.gather(*(places.fresh_categories(r, shelf=tools.shelf) for r in regions))
    return sorted(
        (region, category)
        for region, known in zip(regions, fresh, strict=True)
        for category in places.PLANNED
        if category not in known
    )


async def _resolve(name: str, tools: Tools) -> ResolvedStop:
    found = await places.locate(name, maps=tools.maps, cache=tools.cache)
    if found is None:
        raise Unplannable(
            f"We could not find a place called “{name}”. Check its spelling, or add the country."
        )
    if found.partial:
        raise Unplannable(
            f"We are not sure where “{name}” is: the closest we know is “{found.name}”."
            " Change the destination to that, or to a place that maps know by its whole name."
        )
    return ResolvedStop(
        name=name,
        lat=found.lat,
        lng=found.lng,
        country=found.country,
        zone=found.zone,
        region=places.region_of(found.lat, found.lng),
    )


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

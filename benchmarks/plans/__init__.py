"""Plans of many parties and routes, made as the product makes them: how many pass, and how good they are."""

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from statistics import fmean
from uuid import UUID

from benchmarks.account import new_account
from benchmarks.measurement import Bar, BenchmarkError, Measurement, percentile
from benchmarks.plans.cases import CONTINENTS
from benchmarks.plans.making import Outcome, Quality, make
from benchmarks.tools import open_tools
from devstack.service import Say
from devstack.stack import Stack
from shared import places
from shared.messaging import SearchPlaces
from shared.schedules import Tools

WHOLE, EVERY = 300, 5
"""Cases there are, and every which is taken unless all are asked for."""
PROCESSES = 2
SAID_EVERY = 10
ALL = (Bar("≥", 100),)


def numbers(*, whole: bool, only: Sequence[int] = ()) -> list[int]:
    """The cases to plan: those that are named, all, or a sample of them."""
    return list(only) or list(range(0, WHOLE, 1 if whole else EVERY))


def measure(stack: Stack, say: Say, *, wanted: Sequence[int]) -> list[Measurement]:
    """Shares of plans delivered, passing and explained, then what the plans are like."""
    owner = asyncio.run(_prepare(stack))
    say(f"plans  the places of all cities are in the store; {len(wanted)} cases")
    made = []
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        planning = [pool.submit(make, number, owner, dict(stack.settings)) for number in wanted]
        for done, future in enumerate(as_completed(planning), start=1):
            made.append(future.result())
            for line in trouble(made[-1]):
                say(line)
            if done % SAID_EVERY == 0 or done == len(planning):
                say(f"plans  {done} of {len(planning)}")
    return lines(made)


def trouble(one: Outcome) -> Iterator[str]:
    """What is wrong with a case, and how to see it again."""
    again = f"./tripgen bench plans --case {one.number}"
    if one.reason is not None:
        yield f"plans  no plan: {one.reason} ({one.words}; {again})"
    for code in sorted(one.findings):
        said = "waived" if code in one.waived else "NOT explained"
        yield f"plans  {code} {said}: {one.findings[code]} ({one.words}; {again})"


def lines(made: Sequence[Outcome]) -> list[Measurement]:
    """The rows of the table; what plans are like is told of those that were delivered."""
    if not made:
        raise BenchmarkError("There is no case to plan.")
    plans = [one.quality for one in made if one.quality is not None]
    said = [one.reason is None and not one.unexplained for one in made]
    clean = [one.reason is None and not one.findings for one in made]
    waived = Counter(code for one in made for code in sorted(one.waived))
    return [
        _share("delivered", [one.reason is None for one in made], ALL),
        _share("passing every check, or saying why not", said, ALL),
        _share("passing every check", clean),
        *(_share(f"with a waiver for {c}", [c in one.waived for one in made]) for c in sorted(waived)),
        *(_of_quality(plans) if plans else []),
        Measurement(
            "plans", "one plan with its real legs, p50", "s", percentile([m.seconds for m in made], 50)
        ),
        Measurement(
            "plans", "one plan with its real legs, p95", "s", percentile([m.seconds for m in made], 95)
        ),
    ]


def _of_quality(plans: Sequence[Quality]) -> list[Measurement]:
    zigzags = [ratio for plan in plans for ratio in plan.zigzags]
    return [
        *(
            [
                Measurement("plans", "way over the shortest order, mean", "×", fmean(zigzags)),
                Measurement("plans", "way over the shortest order, p95", "×", percentile(zigzags, 95)),
            ]
            if zigzags
            else []
        ),
        Measurement("plans", "score of its upper bound, mean", "%", 100 * fmean(p.of_bound for p in plans)),
        Measurement("plans", "on foot a day, mean", "min", fmean(p.walk_minutes for p in plans)),
        Measurement("plans", "on foot a day, mean", "m", fmean(p.walk_metres for p in plans)),
        Measurement("plans", "waiting a day, mean", "min", fmean(p.wait_minutes for p in plans)),
        Measurement("plans", "diversity of visits, mean", "0 to 1", fmean(p.diversity for p in plans)),
        _share("holding with 20 % more travel", [p.holds_when_slow for p in plans]),
    ]


def _share(what: str, each: Sequence[bool], bars: tuple[Bar, ...] = ()) -> Measurement:
    return Measurement("plans", f"{what}, of {len(each)}", "%", 100 * fmean(each), bars)


async def _prepare(stack: Stack) -> UUID:
    """An account to plan for, and every city's places in the store."""
    async with open_tools(stack.settings) as tools:
        for city in (city for names in CONTINENTS for city in names):
            await _fill(city, tools)
        return await new_account(tools.db)


async def _fill(city: str, tools: Tools) -> None:
    found = await places.locate(city, maps=tools.maps, cache=tools.cache)
    if found is None:
        raise BenchmarkError(f"The geocoder does not know {city}.")
    region = places.region_of(found.lat, found.lng)
    for category in places.PLANNED:
        order = SearchPlaces(region=region, category=category, lat=found.lat, lng=found.lng, zone=found.zone)
        await places.search(order, shelf=tools.shelf, maps=tools.maps)

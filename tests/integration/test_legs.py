"""The limits of real legs: a plan of any length comes in time, whatever the route service does."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.maps import Meter
from shared.schedules import Allowance, Tools, legs
from shared.schedules.planning.brief import Brief, Stop
from shared.schedules.planning.document import Day, Item, Plan, Point
from shared.schedules.planning.inputs import Inputs, judged, remake
from shared.schedules.planning.optimiser import ESTIMATED
from shared.schedules.store import Kept
from shared.weather import Forecasts
from shared.web import Patience
from tests.integration.planners import traveller
from tests.integration.services import MAPS_KEY, WEATHER_KEY, broken, calls, forget_calls, maps_at
from tests.launch import server
from tests.unit.planning.optimiser_towns import NOW, plan_of, town, trip

ROUTES = "routes.computeRoutes"
IMPATIENT = Patience(read_seconds=1.5, attempts=1)
"""A call that hangs ends soon, and no test leaves threads behind for long."""


@dataclass
class Clock:
    """Seconds that go on only by what it is told: `steps` are what each look at it sees, the last one for
    good."""

    steps: list[float] = field(default_factory=lambda: [0.0])

    def __call__(self) -> float:
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


@dataclass
class Asked:
    """What is delivered, how often the whole trip was planned again, and what the meter counted."""

    kept: Kept
    again: int
    meter: Meter

    @property
    def metered(self) -> dict[str, int]:
        return self.meter.calls

    @property
    def legs(self) -> list[Item]:
        """All ways inside a city."""
        return legs_of(self.kept.plan)


@pytest.fixture(scope="module")
def routes_url() -> Iterator[str]:
    """A route service of our own to break."""
    with server("devstack.googlemaps", "--key", MAPS_KEY) as url:
        yield url


@pytest.fixture
def tools(db: Database, cache: Cache, documents: Documents, routes_url: str) -> Tools:
    return Tools(
        db=db,
        cache=cache,
        documents=documents,
        maps=maps_at(routes_url, patience=IMPATIENT),
        forecasts=Forecasts(url="http://127.0.0.1:9", key=WEATHER_KEY),
        model=None,
        allowance=Allowance(at_once=3, per_day=1_000),
    )


def legs_of(plan: Plan) -> list[Item]:
    items = [item for day in plan.days for item in day.items]
    return [item for item in items if item.kind == "leg" and item.mode not in ("intercity", "flight")]


def drafted(brief: Brief, *, iterations: int = 4) -> Kept:
    inputs = Inputs(brief)
    return Kept(judged(plan_of(brief, iterations=iterations), inputs), inputs)


async def with_legs(made: Kept, tools: Tools) -> Asked:
    again = 0

    async def plan_again(informed: Brief) -> Kept:
        nonlocal again
        again += 1
        return await asyncio.to_thread(drafted, informed)

    with tools.maps.metering("job") as meter:
        kept = await legs.with_real_legs(made, again=plan_again, tools=tools)
        return Asked(kept, again, meter)


def with_car_parks(stop: Stop) -> Stop:
    """A car park near every place, so that the party drives."""
    parks = [
        replace(
            place,
            id=f"{place.id}-park",
            category="parking",
            point=Point(lat=place.point.lat + 0.001, lng=place.point.lng),
        )
        for place in stop.candidates
        if place.category != "parking"
    ]
    return replace(stop, candidates=(*stop.candidates, *parks))


def estimated(items: list[Item]) -> list[Item]:
    return [item for item in items if ESTIMATED in (item.warnings or ())]


@contextmanager
def counting(url: str) -> Iterator[Counter[str]]:
    """What the service was asked in the block, once it is over."""
    forget_calls(url)
    counted = Counter[str]()
    yield counted
    counted.update(calls(url))


async def test_a_trip_that_needs_more_ways_asks_for_two_hundred_and_estimates_the_rest(
    tools: Tools, routes_url: str
) -> None:
    """Fourteen days by car: a drive is three ways, to the car, on the road, and from the car park."""
    stop = with_car_parks(town("Alba", 13, seed=21))
    made = await asyncio.to_thread(drafted, trip(stop, transport="car"))
    with counting(routes_url) as counted:
        asked = await with_legs(made, tools)
    assert counted[ROUTES] == legs.MOST_WAYS
    assert asked.metered == {ROUTES: legs.MOST_WAYS}
    assert len(asked.kept.inputs.told or ()) == legs.MOST_WAYS
    assert len(asked.kept.plan.days) == 14
    assert 0 < len(estimated(asked.legs)) < len(asked.legs)
    assert all(result.ok or result.waiver for result in asked.kept.plan.report)


async def test_a_service_that_hangs_is_waited_for_until_the_time_is_up(tools: Tools, routes_url: str) -> None:
    made = drafted(trip(town("Alba", 2, seed=22)))
    clock = Clock([0.0, legs.DEADLINE_SECONDS - 0.5])
    with counting(routes_url) as counted, broken(routes_url, "slow", latencyMs=60_000, path="/directions"):
        asked = await with_legs(made, replace(tools, clock=clock))
        await asyncio.sleep(IMPATIENT.read_seconds)  # what was under way then ends, and nothing follows it
    assert 0 < counted[ROUTES] == asked.metered[ROUTES] <= 16
    assert estimated(asked.legs) == [leg for leg in asked.legs if (leg.metres or 0) >= 20]
    assert [day.items for day in without_warnings(asked.kept.plan)] == [day.items for day in made.plan.days]
    assert asked.again == 0


async def test_what_a_slow_service_told_in_time_is_used(tools: Tools, routes_url: str) -> None:
    """Sixteen answers come at once, each round of them takes a second, and there is time for one or two."""
    made = drafted(trip(town("Alba", 8, seed=23)))
    clock = Clock([0.0, legs.DEADLINE_SECONDS - 2.5])
    patient = maps_at(routes_url, patience=Patience(attempts=1))
    with counting(routes_url) as counted, broken(routes_url, "slow", latencyMs=1_000, path="/directions"):
        asked = await with_legs(made, replace(tools, clock=clock, maps=patient))
        await asyncio.sleep(1.0)  # what was under way then ends
    told = len(asked.kept.inputs.told or ())
    assert 0 < told < counted[ROUTES] <= told + 16
    assert 0 < len(estimated(asked.legs)) < len(asked.legs)
    assert asked.metered[ROUTES] == counted[ROUTES]


async def test_after_the_time_is_up_nothing_is_asked_mended_or_planned_again(
    tools: Tools, routes_url: str
) -> None:
    made = drafted(trip(town("Alba", 2, seed=24)))
    late = replace(tools, clock=Clock([0.0, legs.DEADLINE_SECONDS]))
    with counting(routes_url) as counted:
        asked = await with_legs(made, late)
    assert (counted[ROUTES], asked.again, asked.kept.inputs.mends) == (0, 0, ())
    assert estimated(asked.legs)


async def test_a_quota_that_ends_half_way_leaves_the_rest_estimated(tools: Tools) -> None:
    made = drafted(trip(town("Alba", 4, seed=25)))
    allowed = 15
    with server("devstack.googlemaps", "--key", MAPS_KEY, "--quota-per-minute", str(allowed)) as url:
        asked = await with_legs(made, replace(tools, maps=maps_at(url)))
        counted = calls(url)
    assert len(asked.kept.inputs.told or ()) == allowed
    assert asked.metered == {ROUTES: counted[ROUTES]}
    assert 0 < len(estimated(asked.legs)) < len(asked.legs)
    assert all(result.ok or result.waiver for result in asked.kept.plan.report)


@pytest.mark.parametrize("trouble", ["error", "garbage", "truncated", "drop"])
async def test_ways_that_are_refused_or_unreadable_stay_estimated_and_the_others_are_told(
    tools: Tools, routes_url: str, trouble: str
) -> None:
    made = drafted(trip(town("Alba", 2, seed=26 + len(trouble))))
    fault = broken(routes_url, trouble, status=400, count=3, path="/directions")
    with counting(routes_url) as counted, fault:
        asked = await with_legs(made, tools)
    told = asked.kept.inputs.told or {}
    assert len(told) == counted[ROUTES] - 3
    assert asked.metered == {ROUTES: counted[ROUTES]}
    assert 0 < len(estimated(asked.legs)) < len(asked.legs)


async def test_what_is_kept_gives_the_delivered_plan_again(tools: Tools) -> None:
    brief = trip(town("Alba", 2, seed=40))
    draft = await asyncio.to_thread(remake, Inputs(brief), seed=1, version=1, generated_at=NOW)
    asked = await with_legs(Kept(draft, Inputs(brief)), tools)
    again = await asyncio.to_thread(remake, asked.kept.inputs, seed=1, version=1, generated_at=NOW)
    assert again == asked.kept.plan


async def test_a_job_in_a_quota_error_completes_and_its_row_counts_what_was_asked(
    tools: Tools, weather_url: str
) -> None:
    with server("devstack.googlemaps", "--key", MAPS_KEY) as url:
        own = replace(
            tools,
            maps=maps_at(url, patience=Patience(attempts=2)),
            forecasts=Forecasts(url=weather_url, key=WEATHER_KEY),
        )
        who = await traveller(own, city="Busan", nights=1)
        with broken(url, "error", status=429, count=4, path="/directions"):
            job_id = await who.plan()
        counted = calls(url)
    async with own.db.transaction() as tx:
        cursor = await tx.execute("SELECT state, outside_calls FROM schedule_jobs WHERE id = %s", (job_id,))
        row = await cursor.fetchone()
    assert row is not None
    assert row["state"] == "completed"
    ours = {name: row["outside_calls"].get(name) for name in counted}
    assert ours == counted


def without_warnings(plan: Plan) -> list[Day]:
    return [
        day.model_copy(
            update={
                "items": [
                    item.model_copy(update={"warnings": None}) if item.kind == "leg" else item
                    for item in day.items
                ]
            }
        )
        for day in plan.days
    ]

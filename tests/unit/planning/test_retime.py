"""A chosen plan timed again with the ways that the route service told."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.schedules.planning.brief import Brief
from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Day, Item, Plan, Point
from shared.schedules.planning.optimiser import ESTIMATED, make_plan, retime
from shared.schedules.planning.optimiser.geometry import path_metres
from shared.schedules.planning.optimiser.travel import TAXI_WAIT
from shared.schedules.planning.ways import Measured, Way, measured
from tests.unit.planning.optimiser_towns import NOW, member, plan_of, rain, town, trip

TRIPS = {
    "three days": lambda: trip(town("Alba", 2)),
    "one day": lambda: trip(town("Alba", 0)),
    "in rain": lambda: trip(town("Alba", 2), weather=rain(0, 1)),
    "two towns": lambda: trip(town("Alba", 1), town("Berg", 2)),
    "through a town": lambda: trip(town("Alba", 1), town("Berg", 0), town("Cala", 1)),
    "there and back": lambda: trip(town("Alba", 1), town("Berg", 0), town("Alba", 1)),
    "by car": lambda: trip(town("Alba", 1), town("Berg", 1), transport="car"),
    "early departure": lambda: trip(town("Alba", 1), departure_time=8 * 60),
    "in a wheelchair": lambda: trip(town("Alba", 2), party=(member(70, "limited"),)),
}

type Answer = Callable[[Way], Measured]


def told(brief: Brief, plan: Plan, answer: Answer, rounds: int = 5) -> tuple[Brief, Plan | None]:
    """The brief with every way of the plan known, and the plan timed with them."""
    for _ in range(rounds):
        found = retime(brief, plan)
        if not found.unknown:
            return brief, found.plan
        brief = replace(brief, known={**brief.known, **{way: answer(way) for way in found.unknown}})
    raise AssertionError("the ways of one plan come to an end")


def taking(walk: int, public: int, road: int, metres: int | None = None) -> Answer:
    """Every way takes so many minutes by its kind, and is as long as estimated; walks as long as given."""
    minutes = {"walk": walk, "public": public, "road": road}

    def answer(way: Way) -> Measured:
        length = path_metres(*(Point(lat=lat, lng=lng) for lat, lng in (way.start, way.end)))
        if way.kind == "walk":
            return Measured(minutes["walk"], metres or length, metres or length)
        return measured(way.kind, minutes=minutes[way.kind], metres=length, walk=400)

    return answer


def legs(plan: Plan) -> list[Item]:
    return [item for day in plan.days for item in day.items if item.kind == "leg"]


def stays(day: Day) -> list[tuple[str, str | None]]:
    return [(i.kind, i.place.id if i.place else None) for i in day.items if i.kind not in ("leg", "free")]


def unmarked(plan: Plan) -> list[object]:
    """The days without what a leg says about being estimated."""
    return [
        [item.model_copy(update={"warnings": None}) if item.kind == "leg" else item for item in day.items]
        for day in plan.days
    ]


@pytest.mark.parametrize("name", TRIPS)
def test_with_nothing_told_a_plan_stays_as_it_was_and_says_that_it_is_estimated(name: str) -> None:
    brief = TRIPS[name]()
    plan = plan_of(brief)
    found = retime(brief, plan)
    assert found.plan is not None
    assert unmarked(found.plan) == unmarked(plan)
    assert [day.totals for day in found.plan.days] == [day.totals for day in plan.days]
    assert found.unknown
    for leg in legs(found.plan):
        told_with_the_brief = leg.mode in ("intercity", "flight") or (leg.metres or 0) < 20
        assert leg.warnings == (None if told_with_the_brief else [ESTIMATED])


def test_ways_that_are_told_are_the_legs_of_the_plan() -> None:
    brief = TRIPS["three days"]()
    plan = plan_of(brief)
    known, timed = told(brief, plan, taking(walk=20, public=14, road=9))
    assert timed is not None
    assert {leg.minutes for leg in legs(timed) if leg.mode == "walk" and (leg.metres or 0) > 20} == {20}
    assert {leg.minutes for leg in legs(timed) if leg.mode == "public"} <= {14}
    assert {leg.walk_metres for leg in legs(timed) if leg.mode == "public"} <= {400}
    assert all(leg.warnings is None for leg in legs(timed))
    assert [stays(day) for day in timed.days] == [stays(day) for day in plan.days]
    places = {candidate.id: candidate for stop in known.stops for candidate in stop.candidates}
    assert [result.code for result in check(timed, candidates=places) if not result.ok] == []


def test_ways_that_take_much_longer_leave_no_plan_and_planning_again_finds_one_with_them() -> None:
    brief = TRIPS["three days"]()
    plan = plan_of(brief)
    slow = taking(walk=19, public=55, road=50)
    known, timed = told(brief, plan, slow)
    assert timed is None
    again = make_plan(known, seed=1, version=1, generated_at=NOW, iterations=60)
    assert [stays(day) for day in again.days] != [stays(day) for day in plan.days]
    for way, answer in known.known.items():
        assert answer == slow(way)
    found = retime(known, again)
    assert found.plan is not None, "what was planned with these ways fits them"


def test_a_walk_that_is_too_long_becomes_a_ride() -> None:
    brief = TRIPS["one day"]()
    plan = plan_of(brief)
    _, timed = told(brief, plan, taking(walk=40, public=10, road=9, metres=2_500))
    assert timed is not None
    # A journey that the service makes all on foot is a walk, and no longer than told.
    assert all((leg.metres or 0) <= 400 for leg in legs(timed) if leg.mode == "walk")


def test_public_transport_with_too_much_walking_becomes_a_taxi() -> None:
    brief = TRIPS["one day"]()
    plan = plan_of(brief)
    assert any(leg.mode == "public" for leg in legs(plan))

    def answer(way: Way) -> Measured:
        if way.kind == "public":
            return measured("public", minutes=40, metres=4_000, walk=3_000)
        return taking(walk=6, public=0, road=9)(way)

    _, timed = told(brief, plan, answer)
    assert timed is not None
    assert not any(leg.mode == "public" for leg in legs(timed))
    assert {leg.minutes for leg in legs(timed) if leg.mode == "taxi"} == {9 + TAXI_WAIT}


def test_a_place_that_is_no_longer_known_leaves_no_plan() -> None:
    brief = TRIPS["one day"]()
    plan = plan_of(brief)
    used = {item.place.id for day in plan.days for item in day.items if item.place}
    stop = brief.stops[0]
    fewer = replace(stop, candidates=tuple(c for c in stop.candidates if c.id not in used))
    assert retime(replace(brief, stops=(fewer,)), plan).plan is None


def test_an_answer_faster_than_a_plan_may_be_is_slowed_down() -> None:
    assert measured("walk", minutes=1, metres=500, walk=None) == Measured(5, 500, 500)
    assert measured("public", minutes=2, metres=5_000, walk=600) == Measured(6, 5_000, 600)
    assert measured("road", minutes=9, metres=3_000, walk=None) == Measured(9, 3_000, 0)


def test_a_car_is_as_far_away_as_the_walk_from_it_is_told() -> None:
    brief = TRIPS["by car"]()
    known, timed = told(brief, plan_of(brief), shorter)
    plan = timed or make_plan(known, seed=1, version=1, generated_at=NOW, iterations=60)
    places = {candidate.id: candidate for stop in brief.stops for candidate in stop.candidates}
    report = {result.code: result for result in check(plan, candidates=places)}
    assert report["parking"].findings == []
    assert report["travel"].findings == []


def shorter(way: Way) -> Measured:
    """Everything is a twentieth shorter than estimated."""
    metres = path_metres(*(Point(lat=lat, lng=lng) for lat, lng in (way.start, way.end))) * 19 // 20
    return measured(way.kind, minutes=10, metres=metres, walk=400)

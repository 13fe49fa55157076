"""A plan on its real ways: the days that break are mended, the others only move in time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from shared.schedules.planning.brief import Brief, candidates_of
from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Day, Plan, Point
from shared.schedules.planning.inputs import Inputs, pack, remake, unpack
from shared.schedules.planning.mending import as_timed, broken_days, mended, timing_of
from shared.schedules.planning.optimiser import retime
from shared.schedules.planning.optimiser.geometry import path_metres
from shared.schedules.planning.optimiser.travel import estimated
from shared.schedules.planning.ways import Measured, Way, way
from tests.unit.planning.optimiser_towns import NOW, plan_of, town, trip
from tests.unit.planning.test_retime import TRIPS, stays

LONG, TOO_LONG = 54, 600
"""Minutes: no morning has room for two legs of the first before lunch, and no day for one of the second."""

type Answer = Callable[[Way], Measured]


@dataclass(frozen=True)
class Told:
    """A plan with all its ways known: as the search left it, as timed, and as mended."""

    brief: Brief
    draft: Plan
    timed: Plan
    broken: list[int]
    mended: Plan


def as_estimated(asked: Way) -> Measured:
    """What the search took for granted."""
    ends = (Point(lat=lat, lng=lng) for lat, lng in (asked.start, asked.end))
    return estimated(asked.kind, path_metres(*ends))


def tell(brief: Brief, draft: Plan, answer: Answer) -> Told:
    """All ways of the plan told, then of the mended plan, once."""
    before = check(draft, candidates=candidates_of(brief))
    brief = _told(brief, draft, answer)
    timing = timing_of(brief, draft)
    broken = broken_days(brief, draft, timing, before=before)
    made = mended(brief, draft, broken, before=before)
    brief = _told(brief, made, answer)
    final = as_timed(made, timing_of(brief, made))
    return Told(brief, draft, as_timed(draft, timing), broken, final)


def _told(brief: Brief, plan: Plan, answer: Answer) -> Brief:
    while unknown := timing_of(brief, plan).unknown:
        brief = replace(brief, known={**brief.known, **{one: answer(one) for one in unknown}})
    return brief


def longer(day: Day, zone: str = "Europe/Berlin") -> Answer:
    """As estimated, but the ways of a day up to lunch take long, whatever they are made by."""
    slow = {*_ways_to_lunch(day, zone)}

    def answer(asked: Way) -> Measured:
        told = as_estimated(asked)
        return replace(told, minutes=LONG) if asked in slow else told

    return answer


def _ways_to_lunch(day: Day, zone: str) -> Iterator[Way]:
    at = day.start.point
    for item in day.items:
        if item.place:
            yield from (way(kind, zone, at, item.place.point) for kind in ("walk", "public", "road"))
            at = item.place.point
        if item.meal == "lunch":
            return


def remote(*days: Day) -> Answer:
    """As estimated, but nobody gets to what these days show first."""
    ends = {next(_end(item.place.point) for item in day.items if item.place) for day in days}

    def answer(asked: Way) -> Measured:
        told = as_estimated(asked)
        return replace(told, minutes=told.minutes + TOO_LONG) if asked.end in ends else told

    return answer


def _end(point: Point) -> tuple[float, float]:
    """As ways have it."""
    return round(point.lat, 5), round(point.lng, 5)


def failing(plan: Plan, brief: Brief) -> list[str]:
    return [result.code for result in check(plan, candidates=candidates_of(brief)) if not result.ok]


@pytest.mark.parametrize("name", TRIPS)
def test_days_timed_one_by_one_are_those_of_the_whole_plan_timed_at_once(name: str) -> None:
    brief = TRIPS[name]()
    draft = plan_of(brief)
    for known in (brief, _told(brief, draft, as_estimated)):
        timing, at_once = timing_of(known, draft), retime(known, draft)
        assert at_once.plan is not None
        assert as_timed(draft, timing) == at_once.plan
        assert timing.unknown == at_once.unknown


@pytest.mark.parametrize("name", TRIPS)
def test_nothing_is_mended_where_the_ways_are_as_long_as_thought(name: str) -> None:
    brief = TRIPS[name]()
    told = tell(brief, plan_of(brief), as_estimated)
    assert told.broken == []
    assert [stays(day) for day in told.mended.days] == [stays(day) for day in told.draft.days]


def test_a_way_that_takes_a_little_longer_moves_times_alone() -> None:
    brief = TRIPS["three days"]()
    told = tell(brief, plan_of(brief), lambda asked: _plus(as_estimated(asked), 1))
    assert told.broken == []
    assert told.mended == told.timed
    assert [stays(day) for day in told.mended.days] == [stays(day) for day in told.draft.days]
    assert [day.items for day in told.mended.days] != [day.items for day in told.draft.days]


def _plus(told: Measured, minutes: int) -> Measured:
    return replace(told, minutes=told.minutes + minutes)


def test_ways_that_let_lunch_come_too_late_change_their_day_and_no_other() -> None:
    brief = TRIPS["three days"]()
    draft = plan_of(brief)
    told = tell(brief, draft, longer(draft.days[1]))
    assert told.broken == [1]
    _only_these_changed(told, (1,))


@pytest.mark.parametrize(
    ("name", "index"),
    [("three days", 1), ("two towns", 2), ("by car", 2), ("in rain", 1), ("in a wheelchair", 1)],
)
def test_a_place_out_of_reach_changes_its_day_and_no_other(name: str, index: int) -> None:
    brief = TRIPS[name]()
    draft = plan_of(brief)
    told = tell(brief, draft, remote(draft.days[index]))
    assert told.broken == [index]
    _only_these_changed(told, (index,))


def test_two_days_that_break_are_both_mended() -> None:
    brief = trip(town("Alba", 4))
    draft = plan_of(brief)
    told = tell(brief, draft, remote(draft.days[1], draft.days[3]))
    assert told.broken == [1, 3]
    _only_these_changed(told, (1, 3))


@pytest.mark.parametrize("name", ["two towns", "through a town", "by car"])
def test_a_transfer_day_is_mended_with_its_travel(name: str) -> None:
    brief = TRIPS[name]()
    draft = plan_of(brief)
    assert draft.days[1].kind == "transfer"
    told = tell(brief, draft, remote(draft.days[1]))
    assert told.broken == [1]
    _only_these_changed(told, (1,))
    before, after = ([item.mode for item in plan.days[1].items] for plan in (draft, told.mended))
    assert after.count("intercity") == before.count("intercity")
    assert (told.mended.days[1].start, told.mended.days[1].end) == (draft.days[1].start, draft.days[1].end)


def test_a_car_park_that_is_further_than_thought_is_used_no_more() -> None:
    brief = TRIPS["by car"]()
    draft = plan_of(brief)
    index, place, park = next(
        (index, stay.place, leg.parking)
        for index, day in enumerate(draft.days)
        for leg, stay in pairwise(day.items)
        if leg.mode == "car" and leg.parking and stay.place
    )
    far = way("walk", "Europe/Berlin", park.point, place.point)

    def answer(asked: Way) -> Measured:
        return Measured(60, 4_000, 4_000) if asked == far else as_estimated(asked)

    told = tell(brief, draft, answer)
    assert told.broken == [index]
    _only_these_changed(told, (index,))
    parked = [(leg.parking, stay.place) for leg, stay in pairwise(told.mended.days[index].items)]
    assert not any(at == park and to and to.id == place.id for at, to in parked)


def _only_these_changed(told: Told, days: Iterable[int]) -> None:
    for index, (timed, made) in enumerate(zip(told.timed.days, told.mended.days, strict=True)):
        if index in days:
            assert made.model_dump_json() != timed.model_dump_json()
        else:
            assert made.model_dump_json() == timed.model_dump_json()
    assert failing(told.mended, told.brief) == failing(told.draft, told.brief)
    assert timing_of(told.brief, told.mended).unknown == ()


def test_a_meal_that_comes_too_late_moves_and_the_places_of_the_day_stay() -> None:
    """The way to lunch takes long from where the party was, not from elsewhere."""
    brief = TRIPS["three days"]()
    draft = plan_of(brief)
    told = tell(brief, draft, longer(draft.days[1]))
    assert told.broken == [1]
    before, now = ({place for _, place in stays(plan.days[1])} for plan in (draft, told.mended))
    assert len(before & now) >= len(before) // 2


def test_a_day_that_nothing_helps_says_that_it_is_estimated_and_the_others_do_not() -> None:
    brief = trip(town("Alba", 2))
    draft = plan_of(brief)
    elsewhere = {_end(item.place.point) for day in draft.days[1:] for item in day.items if item.place}
    places = {_end(candidate.point) for stop in brief.stops for candidate in stop.candidates}

    def answer(asked: Way) -> Measured:
        return (
            Measured(400, 400, 400)
            if {asked.start, asked.end} & (places - elsewhere)
            else as_estimated(asked)
        )

    told = tell(brief, draft, answer)
    assert told.broken == [0]
    for index, day in enumerate(told.mended.days):
        legs = [leg for leg in day.items if leg.kind == "leg" and (leg.metres or 0) >= 20]
        assert legs
        assert all(bool(leg.warnings) == (index == 0) for leg in legs)


def test_kept_inputs_give_the_mended_plan_again() -> None:
    brief = TRIPS["three days"]()
    draft = remake(Inputs(brief), seed=3, version=1, generated_at=NOW)
    told = tell(brief, draft, longer(draft.days[1]))
    assert told.broken == [1]
    known_then = len(_told(brief, draft, longer(draft.days[1])).known)
    inputs = Inputs(brief, told=told.brief.known, mends=(known_then,))
    again = remake(unpack(pack(inputs)), seed=3, version=1, generated_at=NOW)
    assert again.days == told.mended.days
    assert unpack(pack(inputs)) == inputs

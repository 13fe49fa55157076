"""A day planned again, and the inputs that give the same plan once more."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.schedules.planning.brief import Brief
from shared.schedules.planning.days import Crowded, DayMaker, same_trip, with_fresh_day
from shared.schedules.planning.document import Day, Money, Plan
from shared.schedules.planning.edit import edited
from shared.schedules.planning.inputs import Inputs, pack, remake, unpack
from shared.schedules.planning.rearrange import Rearrangement
from tests.unit.planning.optimiser_towns import NOW, member, rain, town, trip

SENIORS = (member(72, "caution", "culture"), member(79, "good", "rest"))
BRIEFS = {
    "town": trip(town("Alba", 2), must_see=(("Culture 6", "Alba-culture-6"),)),
    "two towns": trip(town("Alba", 1), town("Berg", 1), weather=rain(0, 1, 2)),
    "car": trip(town("Alba", 2), transport="car"),
    "seniors": trip(town("Alba", 2), party=SENIORS, budget=Money(amount=60, currency="EUR")),
}


def made(inputs: Inputs, seed: int = 1, version: int = 1) -> Plan:
    return remake(inputs, seed=seed, version=version, generated_at=NOW)


PLANS = {name: made(Inputs(brief)) for name, brief in BRIEFS.items()}
trips = st.sampled_from(sorted(BRIEFS))


def visits(day: Day) -> list[str]:
    return [item.place.id for item in day.items if item.kind == "visit" and item.place]


def with_locks(plan: Plan, brief: Brief, index: int, at: set[int]) -> Plan:
    places = tuple(place for n, place in enumerate(visits(plan.days[index])) if n in at)
    return edited(plan, brief, index, Rearrangement(lock=places))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=trips, index=st.integers(0, 2), seed=st.integers(0, 2**31 - 4), locks=st.sets(st.integers(0, 6)))
def test_other_days_stay_byte_for_byte_and_locked_visits_where_they_are(
    *, name: str, index: int, seed: int, locks: set[int]
) -> None:
    brief = BRIEFS[name]
    base = with_locks(PLANS[name], brief, index, locks)
    again = made(Inputs(brief, day=index + 1, base=base), seed, 2)
    for at, (before, after) in enumerate(zip(base.days, again.days, strict=True)):
        if at != index:
            assert after.model_dump_json() == before.model_dump_json()
    assert next(result for result in again.report if result.code == "locked").ok
    assert next(result for result in again.report if result.code == "unique").ok
    kept = [item for item in again.days[index].items if item.locked]
    assert len(kept) == sum(bool(item.locked) for item in base.days[index].items)
    assert all(result.ok or result.waiver for result in again.report)


@pytest.mark.parametrize("name", BRIEFS)
def test_a_day_planned_again_shows_other_places_but_the_wished_ones(name: str) -> None:
    brief, base = BRIEFS[name], PLANS[name]
    wished = {place for _, place in brief.must_see}
    index = 1 if name != "two towns" else 2
    again = made(Inputs(brief, day=index + 1, base=base), 5, 2)
    assert not ({*visits(base.days[index])} - wished) & {*visits(again.days[index])}
    assert [result.code for result in again.report if not result.ok and result.code != "budget"] == []


@pytest.mark.parametrize("name", BRIEFS)
def test_kept_inputs_and_seed_give_the_same_plan(name: str) -> None:
    inputs = Inputs(BRIEFS[name])
    again = Inputs(BRIEFS[name], day=2, base=PLANS[name])
    assert unpack(pack(inputs)) == inputs
    assert made(unpack(pack(inputs))) == PLANS[name]
    assert made(unpack(pack(again)), 5, 2) == made(again, 5, 2)
    assert unpack(pack(again)).brief.snapshot == BRIEFS[name].snapshot


def test_damaged_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="damaged"):
        unpack("AAAA")


def test_a_locked_visit_that_nothing_fits_around_is_named() -> None:
    brief, base = BRIEFS["town"], with_locks(PLANS["town"], BRIEFS["town"], 1, {0})
    gone = {*visits(base.days[1])[:1]}
    without = replace(
        brief,
        stops=tuple(
            replace(stop, candidates=tuple(c for c in stop.candidates if c.id not in gone))
            for stop in brief.stops
        ),
    )
    with pytest.raises(Crowded, match="Unlock"):
        DayMaker(without, base, 1).plan(seed=1, version=2, generated_at=NOW)


def test_a_fresh_day_has_new_places_and_weather_and_the_others_what_they_knew() -> None:
    known, base = BRIEFS["town"], PLANS["town"]
    elsewhere = {*visits(base.days[0]), *visits(base.days[2])}
    fresh_stop = town("Alba", 2, size=40, seed=9)
    merged = with_fresh_day(known, trip(fresh_stop, weather=rain(0, 1)), base, 1)
    by_id = {c.id: c for c in merged.stops[0].candidates}
    assert {*by_id} >= elsewhere
    assert all(by_id[place] in known.stops[0].candidates for place in elsewhere)
    assert all(c in fresh_stop.candidates for c in by_id.values() if c not in known.stops[0].candidates)
    assert [*merged.weather] == [base.days[1].date]


def test_a_trip_is_the_same_until_party_route_or_times_change() -> None:
    brief = BRIEFS["town"]
    assert same_trip(brief, replace(brief, weather=rain(0), must_see=()))
    assert not same_trip(brief, replace(brief, party=SENIORS))
    assert not same_trip(brief, replace(brief, arrival_time=700))
    assert not same_trip(brief, replace(brief, stops=(replace(brief.stops[0], nights=3),)))

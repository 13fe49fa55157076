"""A day edited by hand: what moves, what stays, what is refused, and what the checker finds."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.schedules.planning import verdict
from shared.schedules.planning.document import CheckResult, Day, Finding, Plan
from shared.schedules.planning.edit import edited
from shared.schedules.planning.inputs import Inputs, remake
from shared.schedules.planning.rearrange import Misfit, Rearrangement
from tests.unit.planning.optimiser_towns import NOW, member, town, trip

LIMITED = (member(70, "limited", "culture"),)
BRIEFS = {
    "town": trip(town("Alba", 2), must_see=(("Culture 6", "Alba-culture-6"),)),
    "towns": trip(town("Alba", 1), town("Berg", 1)),
    "car": trip(town("Alba", 2), transport="car"),
    "limited": trip(town("Alba", 2), party=LIMITED),
}
PLANS = {name: remake(Inputs(brief), seed=1, version=1, generated_at=NOW) for name, brief in BRIEFS.items()}
trips = st.sampled_from(sorted(BRIEFS))


def visits(day: Day) -> list[str]:
    return [item.place.id for item in day.items if item.kind == "visit" and item.place]


def meals(day: Day) -> list[str]:
    return [item.place.id for item in day.items if item.kind == "meal" and item.place]


def of_day(name: str, index: int, change: Rearrangement) -> Plan:
    return edited(PLANS[name], BRIEFS[name], index, change)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=trips, index=st.integers(0, 2), data=st.data())
def test_an_edited_day_has_what_was_asked_in_its_order_and_touches_no_other(
    *, name: str, index: int, data: st.DataObject
) -> None:
    before = PLANS[name]
    there = visits(before.days[index])
    gone = data.draw(st.sets(st.sampled_from(there), max_size=len(there)))
    left = data.draw(st.permutations([place for place in there if place not in gone]))
    change = Rearrangement(remove=tuple(sorted(gone)), order=tuple(left))
    try:
        after = edited(before, BRIEFS[name], index, change)
    except Misfit:
        assert name != "town"  # elsewhere it may be another town's turn, or there is no car park on the way
        return
    assert visits(after.days[index]) == list(left)
    assert meals(after.days[index]) == meals(before.days[index]) or set(meals(after.days[index])) == set(
        meals(before.days[index])
    )
    for at, (a, b) in enumerate(zip(before.days, after.days, strict=True)):
        assert at == index or a.model_dump_json() == b.model_dump_json()
    sound = {result.code for result in after.report if result.ok}
    assert {"order", "travel", "anchors", "dates", "unique", "grounded", "locked", "parking"} <= sound


@pytest.mark.parametrize("name", BRIEFS)
def test_locking_changes_nothing_else(name: str) -> None:
    [first, *_] = visits(PLANS[name].days[1])
    locked = of_day(name, 1, Rearrangement(lock=(first,)))
    [item] = [item for item in locked.days[1].items if item.locked]
    assert item.place
    assert item.place.id == first
    assert verdict.failures(locked.report) == verdict.failures(PLANS[name].report)
    free = edited(locked, BRIEFS[name], 1, Rearrangement(unlock=(first,)))
    assert free.days == PLANS[name].days


def test_a_locked_visit_keeps_its_time_when_others_go() -> None:
    there = visits(PLANS["town"].days[1])
    locked = of_day("town", 1, Rearrangement(lock=(there[2],)))
    after = edited(locked, BRIEFS["town"], 1, Rearrangement(remove=(there[0],)))
    one, other = (
        next(i for i in plan.days[1].items if i.place and i.place.id == there[2]) for plan in (locked, after)
    )
    assert (one.start, one.end, one.locked) == (other.start, other.end, other.locked)
    assert next(result for result in after.report if result.code == "locked").ok


def test_an_order_that_a_locked_visit_does_not_allow_is_refused_by_its_name() -> None:
    there = visits(PLANS["town"].days[1])
    locked = of_day("town", 1, Rearrangement(lock=(there[0],)))
    change = Rearrangement(order=(*there[1:], there[0]))
    with pytest.raises(Misfit, match=r"locked: “.*” at \d\d:\d\d.*Unlock"):
        edited(locked, BRIEFS["town"], 1, change)
    after = edited(locked, BRIEFS["town"], 1, replace(change, unlock=(there[0],)))
    assert visits(after.days[1]) == [*there[1:], there[0]]
    assert next(result for result in after.report if result.code == "locked").ok


def test_a_wish_taken_out_is_reported_and_one_put_in_is_met() -> None:
    place = "Alba-culture-6"
    index = next(n for n, day in enumerate(PLANS["town"].days) if place in visits(day))
    without = of_day("town", index, Rearrangement(remove=(place,)))
    assert [one.wish for one in without.unmet] == ["Culture 6"]
    assert next(result for result in without.report if result.code == "must-see").ok
    [other, *_] = visits(without.days[index])
    back = edited(without, BRIEFS["town"], index, Rearrangement(replace=((other, place),)))
    assert back.unmet == []
    assert place in visits(back.days[index])


def test_a_meal_goes_to_another_table() -> None:
    used = {item.place.id for day in PLANS["town"].days for item in day.items if item.place}
    [lunch, *_] = meals(PLANS["town"].days[1])
    table = next(c for c in BRIEFS["town"].stops[0].candidates if c.category == "food" and c.id not in used)
    after = of_day("town", 1, Rearrangement(replace=((lunch, table.id),)))
    [item] = [i for i in after.days[1].items if i.place and i.place.id == table.id]
    assert (item.kind, item.meal) == ("meal", "lunch")


def test_a_place_with_unknown_hours_is_taken_as_asked_and_named() -> None:
    used = {item.place.id for day in PLANS["town"].days for item in day.items if item.place}
    stop = BRIEFS["town"].stops[0]
    place = next(c for c in stop.candidates if c.category == "culture" and c.id not in used)
    changed = [replace(c, hours=None) if c is place else c for c in stop.candidates]
    brief = replace(BRIEFS["town"], stops=(replace(stop, candidates=tuple(changed)),))
    [first, *_] = visits(PLANS["town"].days[1])
    after = edited(PLANS["town"], brief, 1, Rearrangement(replace=((first, place.id),)))
    [item] = [i for i in after.days[1].items if i.place and i.place.id == place.id]
    assert item.place
    assert item.place.hours_today is None
    assert "hours-known" in {code for code, _ in verdict.broken(after.report, PLANS["town"].report)}


def first_place(day: int) -> str:
    return visits(PLANS["town"].days[day])[0]


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        (Rearrangement(remove=("x",)), "/remove/0", "not among"),
        (Rearrangement(lock=("x",)), "/lock/0", "not among"),
        (Rearrangement(lock=(meals(PLANS["town"].days[1])[0],)), "/lock/0", "not among the visits"),
        (Rearrangement(unlock=(first_place(1), "x")), "/unlock/1", "not among"),
        (Rearrangement(order=(first_place(1), first_place(1))), "/order", "twice"),
        (Rearrangement(order=(first_place(1),)), "/order", "missing"),
        (Rearrangement(replace=((first_place(1), "x"),)), "/replace/0/with", "not among"),
        (Rearrangement(replace=((first_place(1), first_place(0)),)), "/replace/0/with", "day 1"),
        (
            Rearrangement(replace=((first_place(1), visits(PLANS["town"].days[1])[1]),)),
            "/replace/0/with",
            "this day",
        ),
        (Rearrangement(replace=((first_place(1), "Alba-food-1"),)), "/replace/0/with", "no place to visit"),
    ],
)
def test_a_change_that_does_not_fit_is_named(change: Rearrangement, pointer: str, words: str) -> None:
    with pytest.raises(Misfit, match=words) as refused:
        of_day("town", 1, change)
    assert refused.value.pointer == pointer


def result(code: str, *messages: str, waiver: str | None = None) -> CheckResult:
    findings = [Finding(where="/days/0", message=message) for message in messages]
    return CheckResult(code=code, ok=not findings, findings=findings, waiver=waiver)


def test_waivers_speak_for_what_they_were_given_for_and_no_more() -> None:
    before = [result("open", "A is closed", waiver="as wished"), result("pace")]
    same, worse = [result("open", "A is closed"), result("pace")], [result("open", "A is closed", "B too")]
    assert verdict.carried(same, before)[0].waiver == "as wished"
    assert verdict.carried(worse, before)[0].waiver is None
    assert [code for code, _ in verdict.broken(worse, before)] == ["open"]
    assert verdict.kept(worse, before, "We like B")[0].waiver == "as wished We like B"
    assert verdict.kept(same, before, "We like B")[0].waiver == "as wished"

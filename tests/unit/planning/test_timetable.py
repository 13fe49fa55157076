"""What is left of a plan for those who may not learn anything of somebody's health."""

from shared.schedules.planning.document import Item, Plan
from shared.schedules.planning.inputs import Inputs, remake
from shared.schedules.planning.timetable import timetable_of
from tests.unit.planning.optimiser_towns import NOW, town, trip

TELLING = "because one of you walks badly"
PLAN = remake(Inputs(trip(town("Alba", 2))), seed=1, version=1, generated_at=NOW)


def telling(plan: Plan) -> Plan:
    """The plan with the secret wherever words of ours or of a traveller can be."""

    def told(item: Item) -> Item:
        return item.model_copy(update={"why": TELLING, "tips": [TELLING], "warnings": [TELLING]})

    days = [day.model_copy(update={"items": [told(item) for item in day.items]}) for day in plan.days]
    request = plan.request.model_copy(update={"special_requests": TELLING})
    return plan.model_copy(update={"days": days, "request": request})


def test_no_words_and_no_party_are_left() -> None:
    plan = telling(PLAN)
    assert TELLING in plan.model_dump_json()
    shown = timetable_of(plan).model_dump_json(by_alias=True)
    assert TELLING not in shown
    assert '"health"' not in shown
    assert '"party"' not in shown


def test_everything_that_happens_is_there_at_its_time() -> None:
    shown = timetable_of(PLAN)
    assert [[(i.kind, i.start, i.end, i.place, i.minutes) for i in day.items] for day in shown.days] == [
        [(i.kind, i.start, i.end, i.place, i.minutes) for i in day.items] for day in PLAN.days
    ]
    assert (shown.trip_id, shown.version, shown.status) == (PLAN.trip_id, PLAN.version, PLAN.status)


def test_the_plan_itself_keeps_its_words() -> None:
    plan = telling(PLAN)
    timetable_of(plan)
    assert {item.why for day in plan.days for item in day.items} == {TELLING}

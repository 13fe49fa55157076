"""Must-sees, budgets and exclusions: met when they can be, and explained when they cannot."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.schedules.planning import explain
from shared.schedules.planning.brief import Candidate, Stop
from shared.schedules.planning.document import CheckResult, Finding, Money, Plan, Point
from tests.unit.planning.optimiser_rules import violations
from tests.unit.planning.optimiser_towns import MONDAY, member, plan_of, town, trip

WISHED = "Alba-culture-60"


def visited(plan: Plan) -> set[str]:
    return {item.place.id for day in plan.days for item in day.items if item.kind == "visit" and item.place}


def with_changed(stop: Stop, place_id: str, **changes: object) -> Stop:
    """The stop with one candidate replaced."""

    def change(candidate: Candidate) -> Candidate:
        return replace(candidate, **changes) if candidate.id == place_id else candidate  # type: ignore[arg-type]

    return replace(stop, candidates=tuple(change(candidate) for candidate in stop.candidates))


def test_must_sees_get_in_before_better_places() -> None:
    stop = town("Alba", 1)
    wishes = [c.id for c in stop.candidates if c.category == "sports" and not c.strenuous][:3]
    brief = trip(stop, must_see=tuple((place, place) for place in wishes))
    plan = plan_of(brief)
    assert set(wishes) <= visited(plan)
    assert plan.unmet == []
    assert violations(plan, brief) == []


@pytest.mark.parametrize(
    ("changes", "reason", "relaxation"),
    [
        ({"hours": None}, "hours are unknown", "Ask"),
        ({"hours": {MONDAY + timedelta(days=d): () for d in range(9)}}, "closed on all days", "lengthen"),
        ({"point": Point(lat=48.40, lng=11.50)}, "more than an hour away", "Add a stop"),
        ({"strenuous": True}, "strenuous", "climb"),
        ({"step_free": "unknown"}, "step-free", "step-free access"),
        ({"category": "laundry"}, "not a place to visit", "free time"),
    ],
)
def test_unmet_must_see_says_why_and_what_would_help(
    changes: dict[str, object], reason: str, relaxation: str
) -> None:
    stop = with_changed(town("Alba", 1), WISHED, **{"strenuous": False, "step_free": "yes", **changes})
    brief = trip(stop, party=(member(70, "limited"),), must_see=(("the museum", WISHED),))
    [unmet] = plan_of(brief).unmet
    assert unmet.wish == "the museum"
    assert reason in unmet.reason
    assert relaxation in unmet.relaxations[0]


def test_wish_that_resolved_to_nothing_is_reported() -> None:
    [unmet] = plan_of(trip(town("Alba", 1), must_see=(("Atlantis", None),))).unmet
    assert "Atlantis" in unmet.reason


def test_must_see_ruled_out_by_the_request_names_the_contradiction() -> None:
    brief = trip(town("Alba", 1), must_see=(("it", WISHED),), excluded_categories=("culture",))
    [unmet] = plan_of(brief).unmet
    assert "rules its kind out" in unmet.reason


def test_known_tickets_stay_within_the_budget() -> None:
    brief = trip(town("Alba", 3), budget=Money(amount=40, currency="EUR"))
    assert violations(plan_of(brief), brief) == []


def test_must_see_beyond_the_budget_says_by_how_much() -> None:
    stop = with_changed(town("Alba", 1), WISHED, ticket=Money(amount=50, currency="EUR"), strenuous=False)
    brief = trip(stop, must_see=(("it", WISHED),), budget=Money(amount=60, currency="EUR"))
    unmet = plan_of(brief).unmet[0]
    assert "costs the party 100 EUR" in unmet.reason
    assert unmet.relaxations[0].startswith("Raise the budget by")


def test_budget_too_small_for_the_pace_is_reported_with_the_sum_that_would_do() -> None:
    stop = town("Alba", 1)
    dear = Money(amount=20, currency="EUR")
    stop = replace(stop, candidates=tuple(replace(c, ticket=dear) for c in stop.candidates))
    plan = plan_of(trip(stop, budget=Money(amount=30, currency="EUR")))
    [unmet] = plan.unmet
    assert "budget" in unmet.reason
    assert "EUR" in unmet.relaxations[0]


def test_price_of_a_place_is_that_of_the_whole_party() -> None:
    plan = plan_of(trip(town("Alba", 1), party=(member(), member(), member())))
    for day in plan.days:
        costs = [i.place.cost for i in day.items if i.kind == "visit" and i.place]
        assert all(cost is not None and cost.amount % 12 == 0 for cost in costs)
        assert day.totals is not None
        assert day.totals.cost is not None
        assert day.totals.cost.amount == sum(cost.amount for cost in costs if cost)


def test_failed_checks_get_a_waiver_that_names_the_days() -> None:
    plan = plan_of(trip(town("Alba", 2)))
    report = [
        CheckResult(code="meals", ok=False, findings=[Finding(where="/days/1/items", message="no lunch")]),
        CheckResult(code="pace", ok=False, findings=[Finding(where="/days/0", message="1 place")]),
        CheckResult(code="order", ok=True),
        CheckResult(code="something-new", ok=False),
    ]
    meals, pace, order, new = explain.waivers(report, plan)
    assert meals.waiver is not None
    assert "Tuesday 8" in meals.waiver
    assert pace.waiver is not None
    assert "Monday 7" in pace.waiver
    assert order.waiver is None
    assert new.waiver
    assert report[0].waiver is None


def test_budget_waiver_tells_a_broken_budget_from_unknown_prices() -> None:
    report = [CheckResult(code="budget", ok=False)]
    plenty = plan_of(trip(town("Alba", 1), budget=Money(amount=5_000, currency="EUR")))
    [unknown] = explain.waivers(report, plenty)
    assert "without a known price" in (unknown.waiver or "")
    small = plenty.request.model_copy(update={"budget": Money(amount=1, currency="EUR")})
    [broken] = explain.waivers(report, plenty.model_copy(update={"request": small}))
    assert "raise the budget" in (broken.waiver or "")

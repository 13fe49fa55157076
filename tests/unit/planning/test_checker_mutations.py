"""The checker finds nothing in a plan that keeps the rules, and names the one rule that was broken."""

import pytest

from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Plan
from tests.unit.planning import checker_breaking_journeys, checker_breaking_places
from tests.unit.planning.checker_breaking import Case
from tests.unit.planning.checker_plans import TRIPS

CASES = checker_breaking_journeys.breaks.cases + checker_breaking_places.breaks.cases
CODES = [
    "dates",
    "anchors",
    "order",
    "open",
    "hours-known",
    "duration",
    "travel",
    "leg-limits",
    "walk-day",
    "pace",
    "rests",
    "meals",
    "unique",
    "grounded",
    "region",
    "must-see",
    "excluded",
    "step-free",
    "budget",
    "day-window",
    "clock",
    "weather",
    "transfer",
    "parking",
    "locked",
]


@pytest.mark.parametrize("trip", TRIPS)
def test_plan_that_keeps_the_rules_passes_every_check_in_the_tables_order(trip: str) -> None:
    plan = Plan.model_validate(TRIPS[trip]())
    report = check(plan, previous=plan)
    assert [result.code for result in report] == CODES
    assert [result for result in report if not result.ok or result.findings] == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken_rule_is_named_and_no_other(case: Case) -> None:
    doc = TRIPS[case.trip]()
    case.mutation(doc)
    report = check(Plan.model_validate(doc), previous=Plan.model_validate(TRIPS[case.trip]()))
    failed = {
        result.code: [(f.where, f.message) for f in result.findings] for result in report if not result.ok
    }
    assert set(failed) == case.codes, failed


def test_every_check_has_a_mutation_that_breaks_it() -> None:
    assert {case.code for case in CASES} == set(CODES)

"""Any document the models accept is judged, never refused with an exception."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.schedules.planning.checker import check
from shared.schedules.planning.checker.registry import CHECKS
from shared.schedules.planning.document import Plan
from tests.unit.planning.checker_plans import TRIPS
from tests.unit.planning.checker_writer import Json, unshared

WORDS = ["start", "end", "Europe", "../x", "0001-01-01", "9999-12-31", "2026-03-29", "0000-01-01T00:00:00"]
WORDS += ["walk", "car", "taxi", "flight", "intercity", "visit", "meal", "rest", "leg", "free", "lunch"]
WORDS += ["arrival", "single", "transfer", "lodging", "centre", "limited", "unknown", "Asia/Seoul"]
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 29), st.integers(0, 59))
TEXTS = st.one_of(CLOCKS, st.sampled_from(WORDS), st.text(max_size=4))
NUMBERS = st.one_of(st.integers(-1, 10**400), st.integers(0, 2000), st.floats())
ANYTHING: st.SearchStrategy[Any] = st.one_of(st.none(), st.booleans(), st.just([]), st.just({}))


def slots(node: Any) -> list[tuple[Any, Any]]:
    """Every container and key of a document."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
    return [(node, key) for key in keys] + [slot for key in keys for slot in slots(node[key])]


def change(doc: Json, data: st.DataObject) -> None:
    node, key = data.draw(st.sampled_from(slots(doc)))
    match data.draw(st.sampled_from(["replace", "remove", "repeat", "swap"])):
        case "remove":
            del node[key]
        case "repeat" if isinstance(node, list):
            node.insert(key, node[key])
        case "swap" if isinstance(node, list):
            node[key], node[0] = node[0], node[key]
        case _:
            node[key] = data.draw(_like(node[key]))


def _like(value: Any) -> st.SearchStrategy[Any]:
    match value:
        case str():
            return st.one_of(TEXTS, st.none())
        case int() | float():
            return st.one_of(NUMBERS, st.none())
        case _:
            return ANYTHING


def accepted(doc: Json) -> Plan | None:
    try:
        return Plan.model_validate(doc)
    except ValidationError:
        return None


def resolves(pointer: str, node: Any) -> bool:
    for token in pointer.split("/")[1:]:
        node = node[int(token)] if isinstance(node, list) else node[token]
    return True


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutilated_documents_are_judged_by_every_check(data: st.DataObject) -> None:
    doc = TRIPS[data.draw(st.sampled_from(sorted(TRIPS)))]()
    plan = Plan.model_validate(doc)
    for _ in range(data.draw(st.integers(1, 8))):
        changed = unshared(doc)
        change(changed, data)
        if (valid := accepted(changed)) is not None:
            doc, plan = changed, valid
    report = check(plan, candidates={}, previous=plan)
    written = plan.model_dump(by_alias=True)
    assert [result.code for result in report] == list(CHECKS)
    assert all(resolves(finding.where, written) for result in report for finding in result.findings)

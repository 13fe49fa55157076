"""Unmet wishes name what excludes them, and every change that is offered was planned and meets them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.schedules.planning.brief import Brief, Interval
from shared.schedules.planning.document import Money, Plan, Point, Unmet
from shared.schedules.planning.relaxations import relaxations
from shared.schedules.planning.relaxing import proven
from tests.unit.planning.optimiser_towns import KINDS, MONDAY, member, plan_of, town, trip
from tests.unit.planning.test_optimiser_wishes import WISHED, visited, with_changed

OTHER = "Alba-nature-8"
FAR = Point(lat=48.40, lng=11.50)
DEAR = Money(amount=50, currency="EUR")
WISH = (("the museum", WISHED),)
ABLE: dict[str, object] = {"strenuous": False, "step_free": "yes"}


def never_over() -> bool:
    return False


def open_on(*offsets: int) -> dict[object, tuple[Interval, ...]]:
    """Open from nine to six on those days from the start of the trip."""
    closed: dict[object, tuple[Interval, ...]] = {MONDAY + timedelta(days=n): () for n in range(-3, 20)}
    return closed | {MONDAY + timedelta(days=n): ((540, 1080),) for n in offsets}


def with_place(**changes: object) -> Callable[..., Brief]:
    stop = with_changed(town("Alba", 1), WISHED, **ABLE | changes)
    return lambda **wishes: trip(stop, **{"must_see": WISH, **wishes})


def explained(brief: Brief) -> tuple[Plan, list[Unmet]]:
    plan = plan_of(brief)
    return plan, proven(plan, brief, over=never_over).unmet


def crowded() -> Brief:
    stop = town("Alba", 1)
    many = [c.id for c in stop.candidates if c.category in KINDS and not c.strenuous][:10]
    return trip(stop, must_see=tuple((place, place) for place in many))


def both_closed() -> Brief:
    stop = with_changed(
        with_changed(town("Alba", 1), WISHED, **ABLE | {"hours": open_on(2)}),
        OTHER,
        **ABLE | {"hours": open_on(-1)},
    )
    return trip(stop, must_see=(*WISH, ("the park", OTHER)))


SIXTY = Money(amount=60, currency="EUR")
CASES: dict[str, tuple[Brief, str, str]] = {
    "closed": (with_place(hours=open_on(2))(), "closed on all days", "Stay one night longer in Alba"),
    "too far": (with_place(point=FAR)(), "more than an hour away", "Stay near Culture 60"),
    "not step-free": (
        with_place(step_free="no")(party=(member(70, "limited"), member(40))),
        "step-free",
        "Let only those of you who can manage it",
    ),
    "step-free unknown": (
        with_place(step_free="unknown")(party=(member(70, "limited"),)), "step-free", "Ask Culture 60 about",
    ),
    "hours unknown": (with_place(hours=None)(), "hours are unknown", "Ask Culture 60 for its hours"),
    "budget": (with_place(ticket=DEAR)(budget=SIXTY), "costs the party", "Raise the budget"),
    "own exclusion": (with_place()(excluded_categories=("culture",)), "rules its kind out", "Allow culture"),
    "too many": (crowded(), "no time for", "Give up"),
    "closed for good": (with_place(hours=open_on())(), "closed on all days", "Give up the museum"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_unmet_wish_names_its_cause_and_a_change_that_helps(case: str) -> None:
    brief, reason, change = CASES[case]
    _, unmet = explained(brief)
    assert reason in unmet[0].reason
    assert any(words.startswith(change) for words in unmet[0].relaxations)


@pytest.mark.parametrize("case", sorted(set(CASES) - {"closed for good"}))
def test_change_that_is_offered_meets_the_wish_when_planned(case: str) -> None:
    brief, *_ = CASES[case]
    plan, unmet = explained(brief)
    place = dict(brief.must_see)[unmet[0].wish]
    [(stop, wished)] = [(s, c) for s in brief.stops for c in s.candidates if c.id == place]
    tried = {change.words: change for change in relaxations(brief, plan, stop, wished)}
    for words in unmet[0].relaxations:
        better = plan_of(tried[words].brief)
        assert place in visited(better), words
        assert len(better.unmet) <= len(plan.unmet)


def test_wishes_closed_on_different_days_each_get_their_own_change() -> None:
    _, unmet = explained(both_closed())
    museum, park = {entry.wish: entry for entry in unmet}.values()
    assert "Start the trip a day later" in museum.relaxations
    assert park.relaxations == ["Start the trip a day earlier"]


def test_wishes_that_exclude_each_other_name_each_other() -> None:
    brief = crowded()
    _, unmet = explained(brief)
    wishes = {wish for wish, _ in brief.must_see}
    for entry in unmet:
        rivals = {
            words.removeprefix("Give up ") for words in entry.relaxations if words.startswith("Give up")
        }
        assert rivals <= wishes - {entry.wish}
        assert all(rival in entry.reason for rival in rivals)
    assert any("cannot be met together with" in entry.reason for entry in unmet)


def test_budget_too_small_is_raised_to_a_sum_that_was_planned() -> None:
    stop = town("Alba", 1)
    dear = tuple(replace(c, ticket=Money(amount=20, currency="EUR")) for c in stop.candidates)
    brief = trip(replace(stop, candidates=dear), budget=Money(amount=30, currency="EUR"))
    _, [unmet] = explained(brief)
    [words] = unmet.relaxations
    amount = float(words.split()[-2])
    raised = plan_of(replace(brief, budget=Money(amount=amount, currency="EUR")))
    assert not [other for other in raised.unmet if other.wish.startswith("Budget")]


def test_nothing_untried_is_offered_once_the_time_is_up() -> None:
    brief = with_place(hours=open_on(2))()
    plan = plan_of(brief)
    [unmet] = proven(plan, brief, over=lambda: True).unmet
    assert unmet.relaxations == ["Give up the museum"]
    assert "closed" in unmet.reason


def test_same_wishes_are_explained_the_same_way_again() -> None:
    brief = crowded()
    assert explained(brief) == explained(brief)


def test_plan_that_meets_all_wishes_is_left_alone() -> None:
    brief = with_place()()
    plan = plan_of(brief)
    assert proven(plan, brief, over=never_over) == plan

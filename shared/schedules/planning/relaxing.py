"""Which wishes exclude each other, and the smallest changes that meet them, each proven by a plan with it."""

from collections.abc import Callable, Iterator
from itertools import islice

from shared.schedules.planning.brief import Brief, Candidate, Stop
from shared.schedules.planning.document import Plan, Unmet
from shared.schedules.planning.optimiser import Stopped, make_plan
from shared.schedules.planning.relaxations import Relaxation, relaxations, spent, with_budget

EFFORT = 8
"""Iterations per day: enough to bring a must-see in where there is room for it."""
MOST_RELAXATIONS = 3


def proven(plan: Plan, brief: Brief, *, over: Callable[[], bool]) -> Plan:
    """The plan with unmet wishes that name what excludes them and only changes that were planned and help.

    `over` tells when the time is up: what was not tried until then is not offered. The order never changes.
    A wish that no single change helps can only be given up: the plan is that of the others already.
    """
    trials = _Trials(plan, brief, over)
    return plan.model_copy(update={"unmet": [trials.explained(unmet) for unmet in plan.unmet]})


class _Trials:
    """Plans with one thing changed."""

    def __init__(self, plan: Plan, brief: Brief, over: Callable[[], bool]) -> None:
        self._plan, self._brief, self._over = plan, brief, over
        self._unmet = {unmet.wish for unmet in plan.unmet}

    def explained(self, unmet: Unmet) -> Unmet:
        place = dict(self._brief.must_see).get(unmet.wish)
        found = next(((s, c) for s in self._brief.stops for c in s.candidates if c.id == place), None)
        if found is not None:
            helping = list(islice(self._helping(unmet.wish, *found), MOST_RELAXATIONS))
            words = [relaxation.words for relaxation in helping] or [f"Give up {unmet.wish}"]
            return unmet.model_copy(update={"reason": _reason(unmet, helping), "relaxations": words})
        return self._paid(unmet) if _is_budget(unmet, self._brief) else unmet

    def _helping(self, wish: str, stop: Stop, place: Candidate) -> Iterator[Relaxation]:
        """Changes that bring the place in and cost no wish that was met, other than one they name."""
        raised = False
        for relaxation in relaxations(self._brief, self._plan, stop, place):
            raises = relaxation.words.startswith("Raise")
            if not (raises and raised) and self._meets(relaxation, wish):
                raised = raised or raises
                yield relaxation

    def _meets(self, relaxation: Relaxation, wish: str) -> bool:
        plan = self._planned(relaxation.brief)
        if plan is None:
            return False
        missed = {unmet.wish for unmet in plan.unmet} - {relaxation.drops}
        return wish not in missed and missed <= self._unmet

    def _paid(self, unmet: Unmet) -> Unmet:
        """The least of a few sums that pays for what the days have room for."""
        free = self._planned(with_budget(self._brief, 1e9))
        currency = self._brief.budget.currency if self._brief.budget else ""
        if free is None:
            return unmet.model_copy(update={"relaxations": []})
        amount = spent(free, currency)
        plan = self._planned(with_budget(self._brief, amount))
        fits = plan is not None and not any(_is_budget(other, self._brief) for other in plan.unmet)
        return unmet.model_copy(
            update={"relaxations": [f"Raise the budget to {amount:g} {currency}"] if fits else []}
        )

    def _planned(self, brief: Brief) -> Plan | None:
        """None when the time is up, or no plan can be made of it."""
        plan = self._plan
        try:
            return make_plan(
                brief,
                seed=plan.seed,
                version=plan.version,
                generated_at=plan.generated_at,
                iterations=EFFORT,
                stop=self._over,
            )
        except (Stopped, ValueError):
            return None


def _is_budget(unmet: Unmet, brief: Brief) -> bool:
    return brief.budget is not None and unmet.wish.startswith("Budget of ")


def _reason(unmet: Unmet, helping: list[Relaxation]) -> str:
    """With the wishes of which one has to go, when giving up any of them is enough."""
    rivals = [relaxation.drops for relaxation in helping if relaxation.drops]
    if not rivals:
        return unmet.reason
    return f"{unmet.reason} It cannot be met together with {' or with '.join(rivals)}."

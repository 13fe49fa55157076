"""A plan with one day changed by hand: rearranged, timed anew, checked."""

from shared.schedules.planning.brief import Brief, candidates_of
from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Day, Plan, Unmet
from shared.schedules.planning.optimiser.scoring import VISIT_CATEGORIES
from shared.schedules.planning.rearrange import Misfit, Rearrangement, rearranged, with_locks
from shared.schedules.planning.retime import retimed

TABLES = frozenset({"food", "cafe"})


def edited(plan: Plan, brief: Brief, index: int, change: Rearrangement) -> Plan:
    """The plan with the day at `index` changed, and the checker's report, without waivers, of all of it.

    All other days stay as they are. Raises `Misfit` for a change that does not fit the day.
    """
    day = plan.days[index]
    _refuse_wrong_places(plan, brief, index, change)
    wanted = rearranged(day, change)
    new = retimed(brief, day, index, wanted) if change.moves else with_locks(day, wanted)
    days = [new if at == index else other for at, other in enumerate(plan.days)]
    made = plan.model_copy(update={"days": days, "unmet": _unmet(plan, days, index)})
    unlocked = with_locks(day, rearranged(day, Rearrangement(unlock=change.unlock)))
    before = [unlocked if at == index else other for at, other in enumerate(plan.days)]
    report = check(made, candidates=candidates_of(brief), previous=plan.model_copy(update={"days": before}))
    return made.model_copy(update={"report": report})


def _refuse_wrong_places(plan: Plan, brief: Brief, index: int, change: Rearrangement) -> None:
    known = candidates_of(brief)
    kinds = {item.place.id: item.kind for item in plan.days[index].items if item.place}
    for at, (old, new) in enumerate(change.replace):
        pointer = f"/replace/{at}/with"
        if new not in known:
            raise Misfit(pointer, f"{new} is not among the places this plan was made from.")
        elsewhere = _day_of(plan, new, index)
        if elsewhere is not None:
            raise Misfit(pointer, f"“{known[new].name}” is on day {elsewhere} already.")
        meal = kinds.get(old) == "meal"
        if known[new].category not in (TABLES if meal else VISIT_CATEGORIES):
            what = "to eat at" if meal else "to visit"
            raise Misfit(pointer, f"“{known[new].name}” is no place {what} ({known[new].category}).")


def _day_of(plan: Plan, place: str, index: int) -> int | None:
    """The number of another day that has the place."""
    for number, day in enumerate(plan.days, start=1):
        if number != index + 1 and any(
            item.place is not None and item.place.id == place and item.kind != "rest" for item in day.items
        ):
            return number
    return None


def _unmet(plan: Plan, days: list[Day], index: int) -> list[Unmet]:
    """What is still unmet, and the wishes that went with the edit."""
    wishes = {wish.wish: wish.place_id for wish in plan.request.must_see}
    before, now = _visited(plan.days), _visited(days)
    kept = [one for one in plan.unmet if wishes.get(one.wish) not in now]
    lost = [wish for wish, place in wishes.items() if place in before - now]
    return [
        *kept,
        *(
            Unmet(
                wish=wish,
                reason=f"You took it out of day {index + 1}.",
                relaxations=["Put it in place of another visit, or restore an earlier version"],
            )
            for wish in lost
        ),
    ]


def _visited(days: list[Day]) -> set[str]:
    return {item.place.id for day in days for item in day.items if item.kind == "visit" and item.place}

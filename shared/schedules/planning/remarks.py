"""What is known of each visit, as sentences of our own over typed values, and where remarks go."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from shared.schedules.planning.brief import Brief, Candidate
from shared.schedules.planning.document import Day, Item, Plan

STEP_FREE = {"yes": "It is step-free.", "no": "It is not step-free."}


class Remarked(Protocol):
    """A reason to go, if there is one, and tips."""

    @property
    def why(self) -> str | None: ...

    @property
    def tips(self) -> tuple[str, ...]: ...


def facts_by_visit(plan: Plan, brief: Brief, *, only: int | None = None) -> dict[str, dict[str, str]]:
    """The facts of each place visited by their ids, in the order of the plan; `only` is a day's number.

    No name is among them: what strangers call a place cannot give orders that nobody reads.
    """
    known = {candidate.id: candidate for stop in brief.stops for candidate in stop.candidates}
    wished = {place for _, place in brief.must_see}
    return {
        item.place.id: dict(_facts(item, day, known[item.place.id], wished=item.place.id in wished))
        for number, day in enumerate(plan.days, 1)
        for item in day.items
        if only in (None, number) and item.kind == "visit" and item.place and item.place.id in known
    }


def with_remarks(plan: Plan, remarks: Mapping[str, Remarked]) -> Plan:
    """The plan with reasons and tips on its visits; a visit without keeps the reason it has."""
    days = [
        day.model_copy(update={"items": [_remarked(item, remarks) for item in day.items]})
        for day in plan.days
    ]
    return plan.model_copy(update={"days": days})


def _remarked(item: Item, remarks: Mapping[str, Remarked]) -> Item:
    remark = remarks.get(item.place.id) if item.kind == "visit" and item.place else None
    if remark is None:
        return item
    return item.model_copy(update={"why": remark.why or item.why, "tips": list(remark.tips) or None})


def _facts(item: Item, day: Day, candidate: Candidate, *, wished: bool) -> Iterator[tuple[str, str]]:
    """Pairs of id and sentence, the weightiest reason first."""
    if wished:
        yield "wish", "You asked to see this place."
    if candidate.fit > 0:
        yield "fit", "It fits what you wrote in your special requests."
    if candidate.rating is not None and candidate.ratings:
        yield "rating", f"It is rated {candidate.rating:.1f} by {candidate.ratings} visitors."
    yield "kind", f"It is a place for {candidate.category}."
    if candidate.step_free in STEP_FREE:
        yield "stepFree", STEP_FREE[candidate.step_free]
    if item.place and item.place.hours_today:
        hours = " and ".join(f"from {start} to {end}" for start, end in item.place.hours_today)
        yield "hours", f"It is open {hours} on {day.date:%A}."
    if item.place and item.place.cost:
        cost = item.place.cost
        yield "price", f"Tickets for your party cost {cost.amount:g} {cost.currency}."
    if candidate.indoor is not None:
        yield "indoor", "It is indoors." if candidate.indoor else "It is outdoors."

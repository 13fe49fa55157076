"""Checks `dates` and `anchors`: the days are those of the route, and each starts and ends where it must."""

from collections.abc import Iterator
from itertools import pairwise

from shared.schedules.planning.checker.distance import crow_metres, metres_text, same_spot
from shared.schedules.planning.checker.facts import DayFacts, Facts
from shared.schedules.planning.checker.itinerary import Role, nights_of
from shared.schedules.planning.checker.movement import steps
from shared.schedules.planning.document import Finding, Node, Point, RouteStop


def dates(facts: Facts) -> Iterator[Finding]:
    """One day per calendar date of the route, in order, with its destination and its day stops."""
    due, found = nights_of(facts.plan.request.route) + 1, len(facts.days)
    if due != found:
        yield Finding(where="/days", message=f"The route has {due} dates, the plan has {found} days.")
    for index, day in enumerate(facts.days):
        fault = next(_date_faults(day, facts.plan.request.route.start_date.toordinal() + index), None)
        if fault:
            yield Finding(where=day.where, message=fault)


def _date_faults(day: DayFacts, due: int) -> Iterator[str]:
    if day.role is None:
        yield f"{day.day.date} is not a date of the route."
        return
    if day.day.date.toordinal() != due:
        yield f"{day.day.date} is out of order: each date comes once, after the one before."
    if day.day.destination != day.role.destination:
        yield f"{day.day.date} belongs to {day.role.destination}, not to {day.day.destination}."
    wanted, listed = sorted(s.name for s in day.role.passed), sorted(s.name for s in day.day.stops)
    if wanted != listed:
        yield f"The stops without a night are {_names(wanted)}, the day lists {_names(listed)}."


def _names(names: list[str]) -> str:
    return ", ".join(names) or "none"


def anchors(facts: Facts) -> Iterator[Finding]:
    """Each day has the kind its date calls for, starts and ends at that kind's nodes, and gets to its end.

    Product rules, check `anchors`: from the arrival, at and from the lodging of the night, to the departure,
    both lodgings on a transfer day; where no lodging is given the centre of the stop stands for it.
    """
    for day in facts.days:
        if day.role is not None:
            yield from _node_findings(day, day.role)
        yield from _end_findings(day)
    for before, after in pairwise(facts.days):
        if not _continues(before, after):
            message = f"The day starts at {after.day.start.name} but the night was at {before.day.end.name}."
            yield Finding(where=f"{after.where}/start", message=message)


def _node_findings(day: DayFacts, role: Role) -> Iterator[Finding]:
    if day.day.kind != role.kind:
        message = f"The route makes {day.day.date} a day of kind {role.kind}, not {day.day.kind}."
        yield Finding(where=f"{day.where}/kind", message=message)
    ends = (("start", day.day.start, role.left, "arrival"), ("end", day.day.end, role.slept, "departure"))
    for name, node, stop, otherwise in ends:
        fault = _kind_fault(node, otherwise) if stop is None else _lodging_fault(node, stop)
        if fault:
            yield Finding(where=f"{day.where}/{name}", message=fault)


def _kind_fault(node: Node, kind: str) -> str | None:
    return None if node.kind == kind else f"{node.name} is a node of kind {node.kind}, it has to be {kind}."


def _lodging_fault(node: Node, stop: RouteStop) -> str | None:
    if stop.lodging is None:
        return _kind_fault(node, "centre")
    if node.name != stop.lodging.name or not same_spot(node.point, stop.lodging.point):
        return f"The lodging in {stop.name} is {stop.lodging.name}, not {node.name}."
    return _kind_fault(node, stop.lodging.kind)


def _end_findings(day: DayFacts) -> Iterator[Finding]:
    where, here = day.where, day.day.start.point
    reached: Point | None = here
    for step in steps(day):
        where, reached = step.entry.where, step.there
        here = reached or here
    if reached is None or not same_spot(reached, day.day.end.point):
        away = metres_text(crow_metres(here, day.day.end.point))
        yield Finding(where=where, message=f"The day ends {away} away from its end, {day.day.end.name}.")


def _continues(before: DayFacts, after: DayFacts) -> bool:
    """Whether a night at a centre, which the request does not place, is the same spot on both its days."""
    slept = before.role.slept if before.role else None
    if slept is None or slept.lodging is not None or after.role is None or after.role.left is not slept:
        return True
    return same_spot(before.day.end.point, after.day.start.point)

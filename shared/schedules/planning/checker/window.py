"""Check `day-window`: the day keeps to its start, its end, the departure, check-out and check-in."""

from collections.abc import Iterator

from shared.schedules.planning.checker.distance import same_spot
from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts, clock_text, is_lodging, minutes_of
from shared.schedules.planning.checker.itinerary import Role
from shared.schedules.planning.checker.movement import Step, steps
from shared.schedules.planning.document import Clock, Finding, Node, Request

DAY_END = 21 * 60
_START_STEP = 10


def day_window(facts: Facts) -> Iterator[Finding]:
    """The day lies between its start or the arrival and 21:00 or the departure (product rules, day).

    The start is in steps of 10 minutes; the party leaves the lodging by check-out and is not at the next one
    before its check-in.
    """
    request = facts.plan.request
    if minutes_of(request.start_time) % _START_STEP:
        message = f"The day's start, {request.start_time}, is not in steps of {_START_STEP} minutes."
        yield Finding(where="/request/startTime", message=message)
    for day in facts.days:
        earliest, latest = _earliest(day, request), _latest(day, request)
        for entry in day.entries:
            fault = _start_fault(entry, day, earliest, request) or _end_fault(entry, latest)
            if fault:
                yield Finding(where=entry.where, message=fault)
        if day.role is not None:
            yield from _lodging_findings(day, day.role)


def _earliest(day: DayFacts, request: Request) -> int:
    start, arrival = minutes_of(request.start_time), request.route.arrival_time
    arrives = day.kind in ("arrival", "single")
    return max(start, minutes_of(arrival)) if arrives and arrival else start


def _latest(day: DayFacts, request: Request) -> int:
    departure = request.route.departure_time
    departs = day.kind in ("departure", "single")
    return min(DAY_END, minutes_of(departure)) if departs and departure else DAY_END


def _start_fault(entry: Entry, day: DayFacts, earliest: int, request: Request) -> str | None:
    if entry.start >= earliest or (not entry.is_stay and _may_travel_early(entry, day, request)):
        return None
    return f"{entry.label} starts at {entry.item.start}, before the day may start at {clock_text(earliest)}."


def _may_travel_early(entry: Entry, day: DayFacts, request: Request) -> bool:
    """Whether travel before the day's start is forced, by the departure on a day of travel alone or by the
    check-out."""
    if day.role is None or day.role.left is None:
        return False
    only_travel = not any(other.is_stay for other in day.entries)
    if day.kind == "departure" and request.route.departure_time and only_travel:
        return True
    check_out = day.role.left.check_out if day.kind != "full" else None
    return check_out is not None and minutes_of(check_out) < minutes_of(request.start_time)


def _end_fault(entry: Entry, latest: int) -> str | None:
    if entry.end <= latest:
        return None
    return f"{entry.label} ends at {entry.item.end}, the day has to end by {clock_text(latest)}."


def _lodging_findings(day: DayFacts, role: Role) -> Iterator[Finding]:
    check_out = role.left.check_out if role.left and day.kind in ("departure", "transfer") else None
    check_in = role.slept.check_in if role.slept and day.kind in ("arrival", "transfer") else None
    for step in steps(day):
        fault = (check_out and _check_out_fault(step, day, check_out)) or (
            check_in and _check_in_fault(step, day, check_in)
        )
        if fault:
            yield Finding(where=step.entry.where, message=fault)


def _check_out_fault(step: Step, day: DayFacts, check_out: Clock) -> str | None:
    """A party still at the lodging after check-out, whether it waits, rests or only then leaves."""
    until = step.entry.start if step.entry.is_leg else step.entry.end
    if step.token not in _names_of(day.day.start, day) or until <= minutes_of(check_out):
        return None
    return f"At {clock_text(until)} the party is still at {day.day.start.name}; check-out is {check_out}."


def _check_in_fault(step: Step, day: DayFacts, check_in: Clock) -> str | None:
    arrival = step.entry.end if step.entry.is_leg else step.entry.start
    if step.next_token not in _names_of(day.day.end, day) or arrival >= minutes_of(check_in):
        return None
    return f"At {clock_text(arrival)} the party is at {day.day.end.name} already; check-in is {check_in}."


def _names_of(node: Node, day: DayFacts) -> set[str]:
    """What legs and items of the day may call the lodging at a node."""
    nodes = {"start": day.day.start, "end": day.day.end}
    places = (item.place for item in day.day.items if item.place is not None)
    names = {name for name, other in nodes.items() if same_spot(other.point, node.point)}
    return names | {place.id for place in places if is_lodging(place, day.day)}

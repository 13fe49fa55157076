"""Check `transfer`: who changes city rides between the cities that day, for as long as that takes."""

from collections.abc import Iterator
from itertools import pairwise

from shared.schedules.planning.checker.distance import crow_metres, metres_text
from shared.schedules.planning.checker.facts import DayFacts, Facts
from shared.schedules.planning.checker.legs import top_metres
from shared.schedules.planning.checker.movement import Step, steps
from shared.schedules.planning.document import Finding, Mode, Point, Transport

_BETWEEN_CITIES: tuple[Mode, ...] = ("intercity", "flight")
_GATEWAY_LEEWAY_METRES = 20_000


def transfer(facts: Facts) -> Iterator[Finding]:
    """A change of city has its ride, and none is claimed inside a city (product rules, legs).

    Between cities `intercity` or `flight`, in car trips also `car`: one leg at least for each change of the
    day. Inside a city neither `intercity` nor `flight`, but from the arrival or to the departure.
    """
    for day in facts.days:
        rides = [step for step in steps(day) if _between_cities(step, day, facts.plan.transport)]
        changes = _changes(day)
        if changes:
            fault = _count_fault(day, rides, changes) or _time_fault(day, rides)
            if fault:
                yield Finding(where=rides[0].entry.where if rides else day.where, message=fault)
        elif day.role is not None:
            yield from _needless(day, rides)


def crosses_cities(step: Step, day: DayFacts) -> bool:
    """Whether a leg's ends lie nearest to different cities of the day; a free-text end may be anywhere."""
    if not _changes(day):
        return False
    return step.target is None or _nearest(step.since, day) != _nearest(step.target, day)


def _changes(day: DayFacts) -> list[tuple[str, str]]:
    cities = day.role.cities if day.role else ()
    return [(a, b) for a, b in pairwise(cities) if a != b]


def _between_cities(step: Step, day: DayFacts, transport: Transport) -> bool:
    mode = step.entry.item.mode
    if not step.entry.is_leg:
        return False
    by_car = mode == "car" and transport == "car" and step.target is not None
    return mode in _BETWEEN_CITIES or (by_car and crosses_cities(step, day))


def _count_fault(day: DayFacts, rides: list[Step], changes: list[tuple[str, str]]) -> str | None:
    if len(rides) >= len(changes):
        return None
    way = ", ".join(f"{a} to {b}" for a, b in changes)
    return f"The day goes {way}, but has {len(rides)} of {len(changes)} legs between cities."


def _time_fault(day: DayFacts, rides: list[Step]) -> str | None:
    """Whether all legs of the day are too short even at top speed, from the near side of each city."""
    apart = sum(crow_metres(a, b) for a, b in pairwise(_centres(day)))
    least = apart - _GATEWAY_LEEWAY_METRES * len(rides)
    reach = sum(_reach(step) for step in steps(day) if step.entry.is_leg)
    if reach >= least:
        return None
    return f"The {metres_text(apart)} between the cities are more than the day's legs can cover."


def _reach(step: Step) -> int:
    item = step.entry.item
    return top_metres(item.mode, item.minutes or 0, item.metres or 0) if item.mode else 0


def _needless(day: DayFacts, rides: list[Step]) -> Iterator[Finding]:
    for step in rides:
        item = step.entry.item
        arrives = item.from_ == "start" and day.day.start.kind == "arrival"
        departs = item.to == "end" and day.day.end.kind == "departure"
        if not (arrives or departs):
            message = f"A leg by {item.mode} inside {day.day.destination}, where the day has no other city."
            yield Finding(where=step.entry.where, message=message)


def _centres(day: DayFacts) -> list[Point]:
    """Points of the day's cities in route order: its start, its listed stops, its end."""
    cities = day.role.cities if day.role else ()
    listed = {stop.name: stop.point for stop in day.day.stops}
    between = [listed[name] for name in cities[1:-1] if name in listed]
    return [day.day.start.point, *between, day.day.end.point]


def _nearest(point: Point, day: DayFacts) -> str:
    cities = day.role.cities if day.role else ()
    centres = dict(zip(cities, _centres(day), strict=False))
    return min(centres, key=lambda name: crow_metres(point, centres[name]))

"""Check `parking`: in a car trip every stop by car says where the car stands and how far it is from there."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.schedules.planning.checker.distance import crow_metres, metres_text, same_spot
from shared.schedules.planning.checker.facts import DayFacts, Facts, is_lodging
from shared.schedules.planning.checker.movement import Step, steps
from shared.schedules.planning.document import Finding, Parking, Point

_CROW_TOLERANCE = 0.95
_BETWEEN_CITIES = ("intercity", "flight")


@dataclass(slots=True)
class _Car:
    """Where the car stands, and whether the party came with it or on foot from it, not by other means.

    `point` is None after a train or flight: another car waits wherever the next drive begins. `named` is
    whether the spot is settled since the last drive; `left_to_walk` the metres on foot that drive counted
    beyond the way back to the car, None once the party has stopped or walked.
    """

    point: Point | None
    near: bool = True
    named: bool = True
    left_to_walk: float | None = None


def parking(facts: Facts) -> Iterator[Finding]:
    """Every stop by car names the car park and the walk from it (product rules, car mode).

    So does a stop on foot from where the car stands; a drive's walking includes the way back to the car.
    """
    if facts.plan.transport != "car":
        return
    car = _Car(facts.plan.days[0].start.point)
    for day in facts.days:
        car.near = car.point is not None
        for step in steps(day):
            fault = _leg_fault(step, car) if step.entry.is_leg else _stop_fault(step, day, car)
            if fault:
                yield Finding(where=step.entry.where, message=fault)


def _leg_fault(step: Step, car: _Car) -> str | None:
    if step.entry.item.mode == "car":
        return _drive_fault(step, car)
    if step.entry.item.mode in _BETWEEN_CITIES:
        car.point = None
    car.near = car.near and step.entry.item.mode == "walk"
    car.left_to_walk = None
    return None


def _drive_fault(step: Step, car: _Car) -> str | None:
    """Move the car; the drive must have counted the walk back to it."""
    item, back = step.entry.item, _way_back(step, car)
    spot = item.parking.point if item.parking else step.target
    car.near, car.point = True, spot or car.point
    car.named = item.parking is not None or item.to in ("start", "end")
    car.left_to_walk = (item.walk_metres or 0) - back * _CROW_TOLERANCE + 1
    if car.left_to_walk >= 0:
        return None
    return f"The drive counts {item.walk_metres or 0:,} m on foot, the car stands {metres_text(back)} away."


def _way_back(step: Step, car: _Car) -> float:
    return crow_metres(step.here, car.point) if step.here and car.point else 0.0


def _stop_fault(step: Step, day: DayFacts, car: _Car) -> str | None:
    place, spot = step.entry.item.place, step.entry.item.parking
    left_to_walk, car.left_to_walk = car.left_to_walk, None
    if place is None or not step.entry.is_stay or not car.near or is_lodging(place, day.day):
        return None
    if spot is None or not spot.name.strip():
        return f"{step.entry.label} is reached from the car, but no car park is named."
    if car.named and car.point is not None and not same_spot(spot.point, car.point):
        away = metres_text(crow_metres(spot.point, car.point))
        return f"{step.entry.label} names the car park {spot.name}, {away} from where the car stands."
    car.point, car.named = spot.point, True
    if left_to_walk is not None and spot.walk_metres > left_to_walk:
        return f"The drive does not count the {spot.walk_metres:,} m from {spot.name} to {step.entry.label}."
    return _walk_fault(spot, place.point)


def _walk_fault(spot: Parking, to: Point) -> str | None:
    crow = crow_metres(spot.point, to)
    if spot.walk_metres >= crow * _CROW_TOLERANCE - 1:
        return None
    return (
        f"The walk from {spot.name} is said to be {spot.walk_metres:,} m, it is {metres_text(crow)} at least."
    )

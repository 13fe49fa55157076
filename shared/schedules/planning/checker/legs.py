"""Check `travel`: every change of place has its leg, and no leg is faster or shorter than it can be."""

from collections.abc import Iterator

from shared.schedules.planning.checker.distance import crow_metres, metres_text, same_spot
from shared.schedules.planning.checker.facts import DayFacts, Entry, Facts
from shared.schedules.planning.checker.movement import Step, steps
from shared.schedules.planning.document import Finding, Mode, Transport

_TOP_SPEED_KMH: dict[Mode, int] = {
    "walk": 6,
    "public": 60,
    "taxi": 130,
    "car": 130,
    "intercity": 320,
    "flight": 950,
}
_ROAD_MODES = ("taxi", "car")
_SHORT_ROAD_METRES = 10_000
_SHORT_ROAD_KMH = 60
_METRES_PER_KM, _MINUTES_PER_HOUR = 1000, 60
_CROW_TOLERANCE = 0.95


def top_metres(mode: Mode, minutes: int, metres: int) -> int:
    """The farthest a mode gets in some minutes on a way of some metres.

    Top speeds: walk 6 km/h, public 60, car and taxi 60 on ways under 10 km and 130 on longer ones,
    intercity 320, flight 950.
    """
    slow_road = mode in _ROAD_MODES and metres < _SHORT_ROAD_METRES
    speed = _SHORT_ROAD_KMH if slow_road else _TOP_SPEED_KMH[mode]
    return speed * _METRES_PER_KM * minutes // _MINUTES_PER_HOUR


def travel(facts: Facts) -> Iterator[Finding]:
    """Every change of place has its leg, with time enough (product rules, check `travel`).

    Legs join the items they stand between, the gap before an item holds their minutes, no leg beats its
    mode's top speed or is over 5 % shorter than the crow flies.
    """
    for day in facts.days:
        for step in steps(day):
            faults = _leg_faults(step, facts.plan.transport) if step.entry.is_leg else _place_faults(step)
            fault = next(faults, None)
            if fault:
                yield Finding(where=step.entry.where, message=fault)
        yield from _gap_findings(day)


def _leg_faults(step: Step, transport: Transport) -> Iterator[str]:
    item = step.entry.item
    if item.mode is None or item.metres is None or item.minutes is None or item.walk_metres is None:
        yield "The leg lacks its mode, metres, minutes or walkMetres."
        return
    if item.mode == "car" and transport != "car":
        yield "The leg goes by car in a trip without one; a hired ride is a taxi."
    length = step.entry.end - step.entry.start
    if length < item.minutes:
        yield f"The leg takes {item.minutes} minutes, its times leave {length}."
    if item.metres > top_metres(item.mode, item.minutes, item.metres):
        yield f"{item.metres:,} m by {item.mode} in {item.minutes} minutes is faster than that goes."
    if item.walk_metres > top_metres("walk", item.minutes, 0):
        yield f"The leg's {item.walk_metres:,} m on foot do not fit its {item.minutes} minutes."
    yield from _end_faults(step)


def _end_faults(step: Step) -> Iterator[str]:
    item = step.entry.item
    if not item.from_ or not item.to:
        yield "The leg does not say where it goes from and to."
    elif not _leaves_from(step):
        yield f"The leg starts at “{item.from_}”, the party is at “{step.token}”."
    if (
        step.target is not None
        and step.travelled + 1 < crow_metres(step.since, step.target) * _CROW_TOLERANCE
    ):
        crow = metres_text(crow_metres(step.since, step.target))
        yield f"The way is {step.travelled:,} m, but it is {crow} as the crow flies."


def _leaves_from(step: Step) -> bool:
    if step.entry.item.from_ == step.token:
        return True
    if step.here is None or step.source is None:
        return False
    return same_spot(step.here, step.source)


def _place_faults(step: Step) -> Iterator[str]:
    place = step.entry.item.place
    if place is None:
        return
    if step.here is None:
        yield f"The leg before ends at “{step.token}”, not at {step.entry.label}."
    elif not same_spot(step.here, place.point):
        away = metres_text(crow_metres(step.here, place.point))
        yield f"No leg leads to {step.entry.label}, {away} away from where the party is."


def _gap_findings(day: DayFacts) -> Iterator[Finding]:
    """Items that start before the legs since the item above could be over; legs too short are found above."""
    free_from: int | None = None
    travelled: list[Entry] = []
    for entry in day.entries:
        if entry.is_leg:
            travelled.append(entry)
            continue
        minutes = sum(leg.item.minutes or 0 for leg in travelled)
        fits = all(leg.end - leg.start >= (leg.item.minutes or 0) for leg in travelled)
        if free_from is not None and fits and entry.start - free_from < minutes:
            gap = entry.start - free_from
            message = f"{entry.label} starts {gap} minutes after the item before, its way takes {minutes}."
            yield Finding(where=entry.where, message=message)
        free_from, travelled = entry.end, []

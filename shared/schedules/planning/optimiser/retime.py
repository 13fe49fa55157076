"""Times a chosen plan again with the ways that are known now: the same stays in the same order."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.schedules.planning.brief import Brief
from shared.schedules.planning.document import Day, Item, Plan
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import Instance, build
from shared.schedules.planning.optimiser.recall import recall
from shared.schedules.planning.optimiser.settle import settle
from shared.schedules.planning.optimiser.stays import Outcome, Ride
from shared.schedules.planning.optimiser.timeline import live
from shared.schedules.planning.optimiser.travel import NO_CAR, Travel
from shared.schedules.planning.optimiser.weather import bad_intervals
from shared.schedules.planning.optimiser.world import World
from shared.schedules.planning.optimiser.writer import DayWriter
from shared.schedules.planning.ways import Way

ESTIMATED = "This way is estimated: the map service has not told how long it takes."
_BETWEEN_CITIES = ("intercity", "flight")


@dataclass(frozen=True, slots=True)
class Retimed:
    """The plan, None when its stays do not fit any more; and the ways it goes that nobody told, in order."""

    plan: Plan | None
    unknown: tuple[Way, ...]


def retime(brief: Brief, plan: Plan) -> Retimed:
    """The plan as its days go with `brief.known`; legs that are still estimated carry a warning.

    Days that still fit are timed by the search's own simulation. A day that does not gives no plan, but its
    neighbours' ways are still named, so that whoever plans again knows them.
    """
    instance = build(brief)
    days = recall(instance, plan)
    if days is None:
        return Retimed(None, ())
    world = World(instance, Travel(instance), bad_intervals(instance))
    gaps, unknown = _Gaps(instance), dict[Way, None]()
    written: list[Day] = []
    for frame, tokens in zip(instance.frames, days, strict=True):
        outcome = live(world, frame, tokens)
        if outcome is None:
            continue
        missing = [gaps.of(leg) for leg in _legs(instance, frame, outcome)]
        unknown |= dict.fromkeys(asked for ways in missing for asked in ways)
        day = DayWriter(instance, frame).write(settle(world, frame, outcome))
        written.append(_warned(day, [bool(ways) for ways in missing]))
    complete = len(written) == len(days)
    return Retimed(plan.model_copy(update={"days": written}) if complete else None, tuple(unknown))


type _Leg = tuple[int, int, int, Ride]
"""From a spot to a spot with the car at a spot, and the ride it became."""


def _legs(instance: Instance, frame: Frame, day: Outcome) -> Iterator[_Leg]:
    spot = instance.start_spot(frame)
    car = spot if instance.by_car and not frame.car_stays else NO_CAR
    for ride in [ride for rides in (*(stay.rides for stay in day.stays), day.home) for ride in rides]:
        yield spot, ride.spot, car, ride
        spot, car = ride.spot, ride.leg.car


class _Gaps:
    """Which ways of a leg are estimated; transfers between cities are told with the brief."""

    def __init__(self, instance: Instance) -> None:
        self._asked: set[Way] = set()
        self._travel = Travel(instance, self._asked)
        self._found: dict[tuple[int, int, int], tuple[Way, ...]] = {}

    def of(self, leg: _Leg) -> tuple[Way, ...]:
        start, end, car, ride = leg
        if ride.leg.mode in _BETWEEN_CITIES:
            return ()
        key = (start, end, car)
        if key not in self._found:
            self._asked.clear()
            self._travel.leg(start, end, car)
            self._found[key] = tuple(sorted(self._asked))
        return self._found[key]


def _warned(day: Day, estimated: list[bool]) -> Day:
    marks = iter(estimated)
    return day.model_copy(update={"items": [_marked(item, marks) for item in day.items]})


def _marked(item: Item, marks: Iterator[bool]) -> Item:
    if item.kind != "leg" or not next(marks):
        return item
    return item.model_copy(update={"warnings": [*(item.warnings or []), ESTIMATED]})

"""Turns the waiting of a finished day into what a traveller would do: stay a little longer, or be free."""

from dataclasses import replace

from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.opening import first_start
from shared.schedules.planning.optimiser.stays import (
    BENCH,
    REST,
    VISIT,
    Outcome,
    Ride,
    Stay,
)
from shared.schedules.planning.optimiser.world import World

STEP = 5
LONGEST_REST = 40
MEAL_STRETCH = 15
VISIT_STRETCH = 60
VISIT_SHARE = 1.4


def settle(world: World, frame: Frame, day: Outcome) -> Outcome:
    """The same day with stays lengthened into the waits that follow them, inside hours and fair weather.

    Nothing moves but the ends of stays and the legs right after them, so what was checked stays true.
    """
    stays, home = list(day.stays), day.home
    for index in range(len(stays)):
        last = index == len(stays) - 1
        rides = home if last else stays[index + 1].rides
        due = (home[0].depart if home else day.arrive) if last else stays[index + 1].start
        slack = _slack(stays[index], rides, due, at_end=last)
        extra = _extra(world, frame, stays[index], slack if last else slack // STEP * STEP)
        if not extra:
            continue
        stays[index] = replace(stays[index], end=stays[index].end + extra)
        if not last:
            stays[index + 1] = replace(stays[index + 1], rides=_later(rides, extra))
    return replace(day, stays=tuple(stays))


def _slack(stay: Stay, rides: tuple[Ride, ...], due: int, *, at_end: bool) -> int:
    if at_end:
        return due - stay.end
    if any(ride.leg.mode in ("intercity", "flight") for ride in rides):
        return 0
    arrive = rides[-1].arrive if rides else stay.end
    return due - arrive


def _later(rides: tuple[Ride, ...], minutes: int) -> tuple[Ride, ...]:
    return tuple(ride._replace(depart=ride.depart + minutes, arrive=ride.arrive + minutes) for ride in rides)


def _extra(world: World, frame: Frame, stay: Stay, slack: int) -> int:
    """Minutes by which a stay may grow into the slack after it."""
    length = stay.end - stay.start
    extra = min(slack, _allowance(world, stay, length) // STEP * STEP)
    if extra <= 0 or not _stays_open(world, frame, stay, length + extra):
        return 0
    if world.is_bad(frame, stay.end, stay.end + extra):
        return 0
    return extra


def _allowance(world: World, stay: Stay, length: int) -> int:
    if stay.token.role == REST:
        return LONGEST_REST - length
    if stay.token.role != VISIT:
        return MEAL_STRETCH
    candidate = world.instance.spots[stay.token.spot].candidate
    typical = candidate.visit_minutes if candidate else length
    return min(VISIT_STRETCH, int(VISIT_SHARE * typical) - length)


def _stays_open(world: World, frame: Frame, stay: Stay, minutes: int) -> bool:
    if stay.token.spot == BENCH:
        return True
    hours = world.instance.hours[frame.index].get(stay.token.spot, ())
    return first_start(hours, stay.start, minutes) == stay.start

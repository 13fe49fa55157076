"""What a day as a whole lacks of its pace, meals, rests and stops, in points of score."""

from typing import NamedTuple

from shared.schedules.planning.optimiser import worth
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import Instance
from shared.schedules.planning.optimiser.stays import DINNER, LUNCH, MEAL_WINDOWS, REST, VISIT, Stay

MEAL_OVERLAP = 60
SHORT_DAY, LONG_ENOUGH = 240, 420


class Span(NamedTuple):
    """First and last minute of a day, and the minutes between that went into travel from stop to stop."""

    first: int
    last: int
    ridden: int


def shortfall(instance: Instance, frame: Frame, span: Span, stays: tuple[Stay, ...]) -> float:
    """Points lost by missing meals, places, rests and day stops; 0 for a day that keeps the rules."""
    counts = [0, 0, 0, 0, 0]
    for stay in stays:
        counts[stay.token.role] += 1
    meals = sum(not counts[role] and needs_meal(frame, span, role) for role in (LUNCH, DINNER))
    ease = worth.SHORT_DAY_SHARE if _is_short(frame, span) else 1.0
    places = max(0, frame.places[0] - counts[VISIT])
    rests = max(0, frame.rests - counts[REST])
    lost = meals * worth.MISSING_MEAL + _unseen_stops(instance, frame, stays) * worth.UNSEEN_STOP
    return lost + ease * (places * worth.MISSING_PLACE + rests * worth.MISSING_REST)


def needs_meal(frame: Frame, span: Span, role: int) -> bool:
    """Whether the day has to have this meal (product rules: its window lies at least 60 min inside)."""
    if not frame.is_half:
        return True
    opens, closes = MEAL_WINDOWS[role]
    return min(closes, span.last) - max(opens, span.first) >= MEAL_OVERLAP


def _is_short(frame: Frame, span: Span) -> bool:
    """Whether neither the day nor the time there is for it is long enough for a number of places."""
    if not frame.is_half or frame.latest - frame.earliest - span.ridden >= LONG_ENOUGH:
        return False
    return span.last - span.first - span.ridden < SHORT_DAY


def _unseen_stops(instance: Instance, frame: Frame, stays: tuple[Stay, ...]) -> int:
    """Day stops passed without a visit."""
    passed = {stop for stop in frame.chain if instance.brief.stops[stop].nights == 0}
    if not passed:
        return 0
    return len(passed - {instance.spots[s.token.spot].stop for s in stays if s.token.role == VISIT})

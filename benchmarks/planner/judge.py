"""What routes are worth by the published rules, from the instance alone: shares no code with any engine."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from benchmarks.planner.cases import DEPOT, TRAVEL_PRICE, Case

MISSED_LUNCH, MISSED_MUST = 4, 20
"""What a missing lunch or must-see costs, in scores of the best place."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Breaches of the rules, and the value: of a trip, its score less travel and what is missing."""

    faults: tuple[str, ...]
    value: Fraction


def judge(case: Case, routes: Sequence[Sequence[int]]) -> Verdict:
    """Walk every route. Raises nothing: what does not exist is a fault."""
    visits = [place for route in routes for place in route]
    unknown = [place for place in visits if not DEPOT < place < len(case.places)]
    if unknown or len(routes) > case.days:
        return Verdict((f"places {unknown} or {len(routes)} routes",), Fraction(0))
    twice = [f"{place} is visited twice" for place, times in Counter(visits).items() if times > 1]
    faults, travel, lunches = twice, 0, 0
    for day, route in enumerate(routes):
        wrong, way = _walk(case, day, route)
        faults += [f"day {day}: {fault}" for fault in wrong]
        travel += way
        lunches += any(case.places[place].is_restaurant for place in route)
    value = Fraction(sum(case.places[place].score for place in set(visits)))
    if case.lunches:
        servable = sum(
            any(p.is_restaurant and p.windows[day] for p in case.places) for day in range(case.days)
        )
        missing = MISSED_LUNCH * (servable - lunches) + MISSED_MUST * len(set(case.must) - set(visits))
        value -= TRAVEL_PRICE * Fraction(travel, case.ticks) + missing * case.top_score
    return Verdict(tuple(faults), value)


def _walk(case: Case, day: int, route: Sequence[int]) -> tuple[list[str], int]:
    faults, clock, here, way = [], case.opens, DEPOT, 0
    for number in route:
        place = case.places[number]
        window, leg = place.windows[day], case.travel[here][number]
        if window is None:
            faults.append(f"{number} is closed")
            continue
        start = max(clock + leg, window[0])
        if start > window[1]:
            faults.append(f"{number} begins {start - window[1]} ticks late")
        clock, here, way = start + place.duration, number, way + leg
    home = case.travel[here][DEPOT] if route else 0
    if clock + home > case.closes:
        faults.append("it ends late")
    tables = sum(case.places[number].is_restaurant for number in route)
    if len(route) - tables > case.most_places or tables > int(case.lunches):
        faults.append("too many places or lunches")
    return faults, way + home

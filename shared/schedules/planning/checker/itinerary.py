"""What the requested route says about each calendar date, whatever the plan claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.schedules.planning.checker.distance import same_spot
from shared.schedules.planning.document import DayKind, Route, RouteStop


@dataclass(frozen=True, slots=True)
class Role:
    """The part a date plays in the route.

    `left` is the stop slept at before, `slept` the one slept at after; None where there is no such night.
    `passed` are the stops without a night of that date in route order, the destination excluded.
    """

    kind: DayKind
    left: RouteStop | None
    slept: RouteStop | None
    destination: str
    passed: tuple[RouteStop, ...]
    cities: tuple[str, ...]


def nights_of(route: Route) -> int:
    """Nights of the whole route; its dates are one more."""
    return sum(stop.nights for stop in route.stops)


def role_of(route: Route, on: date) -> Role | None:
    """The role of a date, None outside the route.

    Product rules, check `dates`: a date belongs to the stop of its night, the last date to the last stop with
    nights, a trip without nights to its last stop. Check `anchors`: a date with another lodging at its end
    than at its start is a transfer, and so is one that comes back to the same lodging through a day stop.
    """
    offset, nights = (on - route.start_date).days, nights_of(route)
    if not 0 <= offset <= nights:
        return None
    left, slept = _stop_of_night(route.stops, offset - 1), _stop_of_night(route.stops, offset)
    passed = _stops_without_night(route.stops, offset)
    owner = slept or left or passed[-1]
    return Role(
        kind=_kind(left, slept, passed),
        left=left,
        slept=slept,
        destination=owner.name,
        passed=tuple(stop for stop in passed if stop is not owner),
        cities=tuple(stop.name for stop in (left, *passed, slept) if stop is not None),
    )


def _kind(left: RouteStop | None, slept: RouteStop | None, passed: Sequence[RouteStop]) -> DayKind:
    if left is None:
        return "single" if slept is None else "arrival"
    if slept is None:
        return "departure"
    return "full" if _same_lodging(left, slept) and not passed else "transfer"


def _same_lodging(a: RouteStop, b: RouteStop) -> bool:
    if a is b:
        return True
    if a.lodging is None or b.lodging is None:
        return a.lodging is b.lodging and a.name == b.name
    return a.lodging.name == b.lodging.name and same_spot(a.lodging.point, b.lodging.point)


def _stop_of_night(stops: Sequence[RouteStop], night: int) -> RouteStop | None:
    first = 0
    for stop in stops:
        if first <= night < first + stop.nights:
            return stop
        first += stop.nights
    return None


def _stops_without_night(stops: Sequence[RouteStop], offset: int) -> list[RouteStop]:
    found, first = [], 0
    for stop in stops:
        if first == offset and stop.nights == 0:
            found.append(stop)
        first += stop.nights
    return found

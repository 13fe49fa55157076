"""The empty days of a route: for each date its kind, its stops, its two ends and its time window."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from shared.schedules.planning.brief import Brief, Gateway, Stop
from shared.schedules.planning.document import DayKind, Node, NodeKind
from shared.schedules.planning.optimiser.party import Limits, half

LATEST = 21 * 60
STATION_BUFFER = 20
AIRPORT_BUFFER = 60
AIRPORT_WORDS = ("airport", "flughafen", "aéroport", "aeropuerto", "aeroporto", "공항", "空港", "机场")


@dataclass(frozen=True, slots=True)
class Frame:
    """One date before anything is planned; minutes are local to `zone`, the zone of the day's start.

    `chain` lists the stops the day passes through, `shifts` the minutes to add to each stop's own clock.
    `leave_by` is the check-out (None: free to stay), `home_from` the check-in, `held_until_end` whether the
    party has nothing else to do than to be at the end node at `latest`, `car_stays` whether the car of a car
    trip is left at the lodging all day.
    """

    index: int
    date: date
    kind: DayKind
    zone: str
    chain: tuple[int, ...]
    shifts: tuple[int, ...]
    home: int
    start: Node
    end: Node
    earliest: int
    latest: int
    places: tuple[int, int]
    rests: int
    leave_by: int | None = None
    home_from: int = 0
    held_until_end: bool = False
    car_stays: bool = False

    @property
    def is_half(self) -> bool:
        return self.kind in ("arrival", "departure", "transfer")


def frames_of(brief: Brief, limits: Limits) -> tuple[Frame, ...]:
    """One frame per calendar date, or that of the brief's only day."""
    frames = _all_frames(brief, limits)
    return frames if brief.only_day is None else (replace(frames[brief.only_day], index=0),)


def _all_frames(brief: Brief, limits: Limits) -> tuple[Frame, ...]:
    """N nights make N + 1 dates, no night makes one `single` day."""
    nights = [index for index, stop in enumerate(brief.stops) for _ in range(stop.nights)]
    last = len(brief.stops) - 1
    if not nights:
        return (_frame(brief, limits, 0, ("single", 0, last, last)),)
    frames = [_frame(brief, limits, 0, ("arrival", 0, nights[0], nights[0]))]
    for index, (before, after) in enumerate(pairwise(nights), start=1):
        kind: DayKind = "full" if before == after else "transfer"
        frames.append(_frame(brief, limits, index, (kind, before, after, after)))
    frames.append(_frame(brief, limits, len(nights), ("departure", nights[-1], last, nights[-1])))
    return tuple(frames)


def _frame(brief: Brief, limits: Limits, index: int, shape: tuple[DayKind, int, int, int]) -> Frame:
    kind, first, last, home = shape
    day = brief.start_date + timedelta(days=index)
    chain = tuple(range(first, last + 1))
    arrives, departs = kind in ("arrival", "single"), kind in ("departure", "single")
    start = (
        _gateway_node(brief.stops[first].gateway, "arrival") if arrives else lodging_of(brief.stops[first])
    )
    end = _gateway_node(brief.stops[last].gateway, "departure") if departs else lodging_of(brief.stops[last])
    halved = kind not in ("full", "single")
    low, high = limits.places
    frame = Frame(
        index=index,
        date=day,
        kind=kind,
        zone=brief.stops[first].zone,
        chain=chain,
        shifts=tuple(shift_between(day, brief.stops[first].zone, brief.stops[stop].zone) for stop in chain),
        home=home,
        start=start,
        end=end,
        earliest=brief.start_time,
        latest=LATEST,
        places=(half(low), half(high)) if halved else (low, high),
        rests=half(limits.rests) if halved else limits.rests,
    )
    return _bounded(frame, brief)


def _bounded(frame: Frame, brief: Brief) -> Frame:
    """The frame with arrival, departure, check-in and check-out times taken into its window."""
    changes = dict(_changes(frame, brief))
    return replace(frame, **changes) if changes else frame  # type: ignore[arg-type]


def _changes(frame: Frame, brief: Brief) -> Iterator[tuple[str, int | bool]]:
    first, last = brief.stops[frame.chain[0]], brief.stops[frame.chain[-1]]
    if frame.start.kind == "arrival" and brief.arrival_time is not None:
        yield "earliest", max(frame.earliest, brief.arrival_time)
    if frame.end.kind == "departure" and brief.departure_time is not None:
        yield "latest", min(LATEST, brief.departure_time - _buffer(last.gateway))
        yield "held_until_end", True
    if frame.kind in ("departure", "transfer") and first.check_out is not None:
        yield "leave_by", first.check_out
        yield "earliest", min(frame.earliest, first.check_out)
    if frame.kind in ("arrival", "transfer") and last.check_in is not None:
        yield "home_from", max(last.check_in, last.check_in + frame.shifts[-1])


def lodging_of(stop: Stop) -> Node:
    """Where the nights of a stop are spent; its centre as long as no lodging is given."""
    return stop.lodging or Node(kind="centre", name=f"{stop.name} centre", point=stop.point)


def is_airport(gateway: Gateway) -> bool:
    """Whether people must be at this gateway well before they leave."""
    name = gateway.name.casefold()
    return any(word in name for word in AIRPORT_WORDS)


def _buffer(gateway: Gateway) -> int:
    return AIRPORT_BUFFER if is_airport(gateway) else STATION_BUFFER


def _gateway_node(gateway: Gateway, kind: NodeKind) -> Node:
    return Node(kind=kind, name=gateway.name, point=gateway.point)


def shift_between(day: date, clock_zone: str, own_zone: str) -> int:
    """Minutes to add to the clock of one zone for that of another, at noon of a day."""
    if clock_zone == own_zone:
        return 0
    return _offset(day, clock_zone) - _offset(day, own_zone)


def _offset(day: date, zone: str) -> int:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    offset = noon.utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)

"""What the planner is asked: the party, the route with its candidates, and the wishes, all as plain values.

Times of day are minutes since local midnight (may run past 1440), durations minutes, distances metres,
coordinates WGS 84 degrees.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.schedules.planning.document import Member, Money, Node, Point, StepFree, Transport, Weather

type Interval = tuple[int, int]
type OpeningHours = Mapping[date, tuple[Interval, ...]]
"""Opening intervals of each local date of the trip; a date without an entry or with none is closed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place the plan may use. `hours` is None when unknown: then it is never taken as open.

    `ticket` is the price for one adult, None when unknown; `rating` 0 to 5 from `ratings` votes.
    """

    id: str
    name: str
    point: Point
    category: str
    indoor: bool | None
    step_free: StepFree
    strenuous: bool
    visit_minutes: int
    min_visit_minutes: int
    hours: OpeningHours | None
    source: str
    fetched_at: datetime
    types: tuple[str, ...] = ()
    rating: float | None = None
    ratings: int = 0
    price_level: int | None = None
    ticket: Money | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where people reach and leave a destination: its main station or airport."""

    name: str
    point: Point


@dataclass(frozen=True, slots=True)
class Stop:
    """A destination of the route; `candidates` is everything known in its region, car parks included."""

    name: str
    nights: int
    point: Point
    zone: str
    gateway: Gateway
    candidates: tuple[Candidate, ...]
    lodging: Node | None = None
    check_in: int | None = None
    check_out: int | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Travel between the gateways of two stops that follow each other, as the route service says."""

    mode: str
    minutes: int
    metres: int


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything a plan depends on, besides the seed. `transfers[i]` joins `stops[i]` and `stops[i + 1]`.

    `must_see` pairs each wish with the candidate id it was resolved to, or None. `only_day` is the index of
    the one day to plan; None plans them all.
    """

    trip_id: str
    party: tuple[Member, ...]
    transport: Transport
    start_date: date
    stops: tuple[Stop, ...]
    transfers: tuple[Transfer, ...]
    start_time: int = 540
    arrival_time: int | None = None
    departure_time: int | None = None
    special_requests: str | None = None
    must_see: tuple[tuple[str, str | None], ...] = ()
    budget: Money | None = None
    excluded_categories: tuple[str, ...] = ()
    weather: Mapping[date, Weather] = field(default_factory=dict)
    only_day: int | None = None

    @property
    def snapshot(self) -> str:
        """Digest of the candidate set, independent of its order and of when it was fetched."""
        rows = sorted(
            json.dumps([c.id, c.point.lat, c.point.lng, c.category, c.visit_minutes, _hours(c)])
            for stop in self.stops
            for c in stop.candidates
        )
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:32]


def candidates_of(brief: Brief) -> dict[str, Candidate]:
    """Every place of a brief by its id."""
    return {candidate.id: candidate for stop in brief.stops for candidate in stop.candidates}


def _hours(candidate: Candidate) -> list[object] | None:
    if candidate.hours is None:
        return None
    return [[day.isoformat(), candidate.hours[day]] for day in sorted(candidate.hours)]

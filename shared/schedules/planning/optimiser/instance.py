"""A brief turned into arrays for the search: spots, distances, opening intervals, scores and costs."""

from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from shared.schedules.planning.brief import Brief, Candidate, Interval, Stop
from shared.schedules.planning.document import Point
from shared.schedules.planning.optimiser import scoring
from shared.schedules.planning.optimiser.frames import Frame, frames_of, lodging_of
from shared.schedules.planning.optimiser.geometry import crow_metres, path_metres
from shared.schedules.planning.optimiser.opening import first_start, hours_on
from shared.schedules.planning.optimiser.party import Limits, limits_of

type Role = Literal["visit", "food", "cafe", "parking", "node"]

MUST_SEE_SCORE = 3_000.0
REGION_METRES = 40_000
NEAR_METRES = 6_000
FAR_SCORE_PER_KM = 1.5
VISITS_PER_DAY, VISITS_AT_LEAST = 24, 70
TABLES_PER_DAY, TABLES_AT_LEAST = 8, 40
TEMPOS = (1.0, 0.85, 0.7, 0.0)
"""Share of the typical visit that is stayed, tried in turn; never under the place's minimum."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point the day can be at: a place, a lodging, a gateway or a car park. `key` is one per place id."""

    stop: int
    point: Point
    name: str
    role: Role
    key: int = -1
    candidate: Candidate | None = None


@dataclass(slots=True)
class Instance:
    """Everything the search reads. Spots of one stop are contiguous from `base[stop]` on.

    `metres[spot][other - base]` are street metres within a stop; `hours[day][spot]` opening intervals of that
    day; `minutes[tempo][spot]` visit lengths; `cost[spot]` the party's known price in the budget's currency.
    """

    brief: Brief
    limits: Limits
    frames: list[Frame]
    spots: list[Spot] = field(default_factory=list)
    base: list[int] = field(default_factory=list)
    lodging: list[int] = field(default_factory=list)
    gateway: list[int] = field(default_factory=list)
    parks: list[list[int]] = field(default_factory=list)
    visits: list[list[int]] = field(default_factory=list)
    tables: list[list[int]] = field(default_factory=list)
    cafes: list[list[int]] = field(default_factory=list)
    metres: list[list[int]] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    minutes: list[list[int]] = field(default_factory=list)
    hours: list[dict[int, tuple[Interval, ...]]] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def by_car(self) -> bool:
        return self.brief.transport == "car"

    def start_spot(self, frame: Frame) -> int:
        return (self.gateway if frame.start.kind == "arrival" else self.lodging)[frame.chain[0]]

    def end_spot(self, frame: Frame) -> int:
        return (self.gateway if frame.end.kind == "departure" else self.lodging)[frame.chain[-1]]

    def change(self, index: int, frame: Frame) -> None:
        """Put another frame in place of a day's; its hours and chain must be the same."""
        self.frames[index] = frame

    def between(self, a: int, b: int) -> int:
        """Street metres between two spots, of one stop or of two."""
        first = self.spots[a]
        if first.stop == self.spots[b].stop:
            return self.metres[a][b - self.base[first.stop]]
        return path_metres(first.point, self.spots[b].point)


def build(brief: Brief) -> Instance:
    """The instance of a brief; the order in which candidates come makes no difference."""
    limits = limits_of(brief.party)
    instance = Instance(brief=brief, limits=limits, frames=list(frames_of(brief, limits)))
    for index, stop in enumerate(brief.stops):
        _add_stop(instance, index, stop)
    instance.minutes = [[_stay(spot, tempo) for spot in instance.spots] for tempo in TEMPOS]
    instance.hours = [_hours_of_day(instance, frame) for frame in instance.frames]
    return instance


def refusal(candidate: Candidate, brief: Brief, limits: Limits) -> str | None:
    """Why a place may not be in the plan whatever the day, or None when it may."""
    if candidate.hours is None:
        return "its opening hours are unknown"
    if limits.step_free_only and candidate.step_free != "yes":
        return "it is not known to be step-free"
    if limits.gentle and candidate.strenuous:
        return "it is strenuous"
    if {candidate.category, *candidate.types} & set(brief.excluded_categories):
        return "the request rules its kind out"
    return None


def _add_stop(instance: Instance, index: int, stop: Stop) -> None:
    instance.base.append(len(instance.spots))
    lodging = lodging_of(stop)
    _add(instance, Spot(index, lodging.point, lodging.name, "node"))
    _add(instance, Spot(index, stop.gateway.point, stop.gateway.name, "node"))
    instance.lodging.append(instance.base[index])
    instance.gateway.append(instance.base[index] + 1)
    groups: dict[Role, list[int]] = {"visit": [], "food": [], "cafe": [], "parking": []}
    for role, candidate in _chosen(instance, index, stop):
        key = instance.keys.setdefault(candidate.id, len(instance.keys))
        groups[role].append(len(instance.spots))
        _add(instance, Spot(index, candidate.point, candidate.name, role, key, candidate))
    instance.visits.append(groups["visit"])
    instance.tables.append(groups["food"] + groups["cafe"])
    instance.cafes.append(groups["cafe"])
    instance.parks.append(groups["parking"])
    points = [spot.point for spot in instance.spots[instance.base[index] :]]
    instance.metres += [[path_metres(a, b) for b in points] for a in points]


def _add(instance: Instance, spot: Spot) -> None:
    instance.spots.append(spot)
    instance.score.append(_score(instance, spot))
    instance.cost.append(_cost(instance.brief, spot))


def _chosen(instance: Instance, index: int, stop: Stop) -> list[tuple[Role, Candidate]]:
    """The best candidates of a stop, as many as its days can use, in an order of their own."""
    days = sum(index in frame.chain for frame in instance.frames)
    wished = {place for _, place in instance.brief.must_see}
    groups: dict[Role, list[Candidate]] = {"visit": [], "food": [], "cafe": [], "parking": []}
    for candidate in sorted(stop.candidates, key=lambda c: c.id):
        role = _role(candidate)
        if role is None or crow_metres(candidate.point, stop.point) > REGION_METRES:
            continue
        if role != "parking" and refusal(candidate, instance.brief, instance.limits) is not None:
            continue
        if role != "visit" or candidate.id in wished or _opens(instance, index, candidate):
            groups[role].append(candidate)
    limits = {
        "visit": max(VISITS_AT_LEAST, VISITS_PER_DAY * days),
        "food": max(TABLES_AT_LEAST, TABLES_PER_DAY * days),
    }

    def rank(candidate: Candidate) -> float:
        if candidate.id in wished:
            return -MUST_SEE_SCORE
        return _farness(candidate, stop) - _plain_score(candidate, instance.brief)

    return [
        (role, candidate)
        for role, found in groups.items()
        for candidate in sorted(found, key=rank)[: limits.get(role)]
    ]


def _role(candidate: Candidate) -> Role | None:
    """What a place can be in a plan; None for laundries, lodgings and stations."""
    if candidate.category in scoring.VISIT_CATEGORIES:
        return "visit"
    roles: dict[str, Role] = {"food": "food", "cafe": "cafe", "parking": "parking"}
    return roles.get(candidate.category)


def _plain_score(candidate: Candidate, brief: Brief) -> float:
    if candidate.category in scoring.VISIT_CATEGORIES:
        return scoring.visit_score(candidate, brief.party)
    return scoring.table_score(candidate)


def _opens(instance: Instance, index: int, candidate: Candidate) -> bool:
    """Whether the place can be visited on any of the stop's days."""
    for frame in instance.frames:
        if index in frame.chain:
            hours = hours_on(candidate, frame.date, frame.shifts[frame.chain.index(index)]) or ()
            if first_start(hours, frame.earliest, candidate.min_visit_minutes) >= 0:
                return True
    return False


def _farness(candidate: Candidate, stop: Stop) -> float:
    """What a long way out costs in score: nothing within 6 km."""
    beyond = crow_metres(candidate.point, stop.point) - NEAR_METRES
    return max(0.0, beyond) / 1_000 * FAR_SCORE_PER_KM


def _score(instance: Instance, spot: Spot) -> float:
    if spot.candidate is None or spot.role == "parking":
        return 0.0
    score = _plain_score(spot.candidate, instance.brief)
    if spot.role != "visit":
        return score
    if any(place == spot.candidate.id for _, place in instance.brief.must_see):
        return MUST_SEE_SCORE + score
    return max(1.0, score - _farness(spot.candidate, instance.brief.stops[spot.stop]))


def _cost(brief: Brief, spot: Spot) -> float:
    ticket = spot.candidate.ticket if spot.candidate else None
    if brief.budget is None or ticket is None or ticket.currency != brief.budget.currency:
        return 0.0
    return ticket.amount * len(brief.party)


def _stay(spot: Spot, tempo: float) -> int:
    if spot.candidate is None:
        return 0
    shortest = max(spot.candidate.min_visit_minutes, 10)
    return 5 * ceil(max(shortest, min(tempo, 1.0) * spot.candidate.visit_minutes) / 5)


def _hours_of_day(instance: Instance, frame: Frame) -> dict[int, tuple[Interval, ...]]:
    hours = {}
    for stop, shift in zip(frame.chain, frame.shifts, strict=True):
        for spot in instance.visits[stop] + instance.tables[stop]:
            candidate = instance.spots[spot].candidate
            if candidate is not None:
                hours[spot] = hours_on(candidate, frame.date, shift) or ()
    return hours

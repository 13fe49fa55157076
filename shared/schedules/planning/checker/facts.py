"""The plan as the checks read it: parsed times, pointers, and the route's own idea of each date."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.schedules.planning.brief import Candidate
from shared.schedules.planning.checker.distance import same_spot
from shared.schedules.planning.checker.itinerary import Role, role_of
from shared.schedules.planning.checker.party import Limits, limits_of
from shared.schedules.planning.document import Clock, Day, DayKind, Item, Node, Place, Plan

_HALF_DAYS = ("arrival", "departure", "transfer")
_STAYS = ("visit", "meal", "rest")
_BETWEEN_CITIES = ("intercity", "flight")


def minutes_of(clock: Clock) -> int:
    """Minutes since local midnight of an `HH:MM` that may run past 24:00."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def clock_text(minutes: int) -> str:
    """`HH:MM` of minutes since local midnight, past 24:00 when they are."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with its JSON pointer and its times in minutes since local midnight."""

    where: str
    item: Item
    start: int
    end: int

    @property
    def is_leg(self) -> bool:
        return self.item.kind == "leg"

    @property
    def is_stay(self) -> bool:
        """A visit, meal or rest: neither travel nor waiting."""
        return self.item.kind in _STAYS

    @property
    def label(self) -> str:
        """How to name the item to a traveller, at the head of a sentence."""
        if self.item.place is not None:
            return f"“{self.item.place.name}”"
        return f"The {self.item.mode} leg" if self.is_leg and self.item.mode else f"The {self.item.kind}"

    @property
    def times(self) -> str:
        return f"{self.item.start} to {self.item.end}"


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day with its pointer; `role` is None when the date is not one of the route."""

    where: str
    day: Day
    entries: tuple[Entry, ...]
    role: Role | None

    @property
    def kind(self) -> DayKind:
        """The kind the route gives this date; the plan's own word only where the route is silent."""
        return self.role.kind if self.role else self.day.kind

    @property
    def half(self) -> bool:
        return self.kind in _HALF_DAYS

    @property
    def span(self) -> tuple[int, int]:
        """First start and last end in minutes, `(0, 0)` for an empty day."""
        if not self.entries:
            return 0, 0
        return min(e.start for e in self.entries), max(e.end for e in self.entries)

    @property
    def own_minutes(self) -> int:
        """Length of the day without its `intercity` and `flight` minutes (product rules, half days)."""
        start, end = self.span
        rides = (e.item for e in self.entries if e.is_leg and e.item.mode in _BETWEEN_CITIES)
        travelled = sum(ride.minutes or 0 for ride in rides)
        return end - start - travelled


@dataclass(frozen=True, slots=True)
class Facts:
    """All a check may look at; `candidates` by id and `previous` are None when not given."""

    plan: Plan
    days: tuple[DayFacts, ...]
    limits: Limits
    candidates: Mapping[str, Candidate] | None
    previous: Plan | None


def gather(plan: Plan, *, candidates: Mapping[str, Candidate] | None, previous: Plan | None) -> Facts:
    """Everything the checks need, derived once."""
    days = tuple(_day(index, day, plan) for index, day in enumerate(plan.days))
    return Facts(plan, days, limits_of(plan.party), candidates=candidates, previous=previous)


def is_lodging(place: Place, day: Day) -> bool:
    """Whether a place is the day's lodging itself, which the traveller brought and no store holds."""
    return any(node.kind == "lodging" and _names(node, place) for node in (day.start, day.end))


def _names(node: Node, place: Place) -> bool:
    return node.name.casefold() == place.name.casefold() and same_spot(node.point, place.point)


def _day(index: int, day: Day, plan: Plan) -> DayFacts:
    where = f"/days/{index}"
    entries = tuple(
        Entry(f"{where}/items/{n}", item, minutes_of(item.start), minutes_of(item.end))
        for n, item in enumerate(day.items)
    )
    return DayFacts(where, day, entries, role_of(plan.request.route, day.date))

"""One day planned again while all others stay as they are, with the optimiser for whole trips.

The optimiser is given a brief of one day: without the places of the other days, its money less what they
cost, and with each locked visit as a place that is open just then.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime

from shared.schedules.planning import verdict
from shared.schedules.planning.brief import Brief, Candidate, Stop, candidates_of
from shared.schedules.planning.checker import check
from shared.schedules.planning.document import Day, Item, Money, Plan, Unmet
from shared.schedules.planning.optimiser import make_plan, never
from shared.schedules.planning.optimiser.frames import shift_between
from shared.schedules.planning.optimiser.words import minutes_of

OTHER_SEEDS = 3
"""Searches tried before a day around its locked visits is given up."""
STEP = 5
UNRULED = "sightseeing"
"""A category for locked visits: what was kept on purpose is not ruled out by its kind."""


class Crowded(Exception):
    """No day was found around the visits that are locked."""


def with_fresh_day(known: Brief, fresh: Brief, plan: Plan, index: int) -> Brief:
    """The brief of a plan with today's places and weather for one of its days.

    What the other days use stays as they knew it, so that every fact on them holds.
    """
    used = {item.place.id for day in _others(plan, index) for item in day.items if item.place}
    used |= {item.place.id for item in locked_visits(plan.days[index]) if item.place}
    stops = [_refreshed(a, b, used) for a, b in zip(known.stops, fresh.stops, strict=True)]
    on = plan.days[index].date
    weather = {**known.weather, **({on: fresh.weather[on]} if on in fresh.weather else {})}
    return replace(known, stops=tuple(stops), weather=weather)


def same_trip(known: Brief, fresh: Brief) -> bool:
    """Whether party, route and times are still those the plan was made for."""
    return _trip(known) == _trip(fresh)


def locked_visits(day: Day) -> list[Item]:
    """The visits of a day that may not be moved."""
    return [item for item in day.items if item.locked and item.place is not None]


class DayMaker:
    """Makes the day at `index` of a plan anew; `brief` is that of the whole trip.

    The day shows other places than before if it `shuns` them, unless it would break more rules without.
    """

    def __init__(
        self,
        brief: Brief,
        base: Plan,
        index: int,
        *,
        shuns: bool = True,
        stop: Callable[[], bool] = never,
    ) -> None:
        self._brief, self._base, self._index, self._stop = brief, base, index, stop
        self._locked = locked_visits(base.days[index])
        self._shunned = self._seen_before() if shuns else frozenset[str]()

    def plan(self, *, seed: int, version: int, generated_at: datetime) -> Plan:
        """The plan with another day in it, its report empty; the same arguments give the same plan.

        Raises `Crowded`, and what `make_plan` raises.
        """
        best: Plan | None = None
        for shunned in dict.fromkeys((self._shunned, frozenset[str]())):
            made = self._around_locked(shunned, seed=seed, generated_at=generated_at)
            if made is not None and (best is None or self._failures(made) < self._failures(best)):
                best = made
            if best is not None and self._failures(best) <= verdict.failures(self._base.report):
                break
        if best is None:
            names = ", ".join(item.place.name for item in self._locked if item.place)
            raise Crowded(f"We found no day around the visits you locked ({names}). Unlock one of them.")
        return best.model_copy(
            update={"version": version, "seed": seed, "candidates_snapshot": self._brief.snapshot}
        )

    def _around_locked(self, shunned: Collection[str], *, seed: int, generated_at: datetime) -> Plan | None:
        brief = self._one_day(shunned)
        for attempt in range(OTHER_SEEDS):
            made = make_plan(
                brief, seed=seed + attempt, version=1, generated_at=generated_at, stop=self._stop
            )
            day = self._with_locked(made.days[0])
            if day is not None:
                days = [*self._base.days]
                days[self._index] = day
                changes = {"days": days, "unmet": self._unmet(days, made.unmet), "report": []}
                return self._base.model_copy(
                    update={**changes, "status": "draft", "generated_at": generated_at}
                )
        return None

    def _failures(self, plan: Plan) -> int:
        report = check(plan, candidates=candidates_of(self._brief), previous=self._base)
        return verdict.failures(report)

    def _seen_before(self) -> frozenset[str]:
        """The visits of the day as it is, but for those the traveller wished or locked."""
        asked = {place for _, place in self._brief.must_see} | {i.place.id for i in self._locked if i.place}
        items = self._base.days[self._index].items
        return frozenset(i.place.id for i in items if i.kind == "visit" and i.place) - asked

    def _one_day(self, shunned: Collection[str]) -> Brief:
        elsewhere = {item.place.id for item in _stays(_others(self._base, self._index)) if item.place}
        fixed = {item.place.id: item for item in self._locked if item.place}
        day = self._base.days[self._index]
        barred = (elsewhere | {*shunned}) - fixed.keys()
        ruled_out = {*self._brief.excluded_categories}
        stops = []
        for stop in self._brief.stops:
            free = [c for c in stop.candidates if c.id not in barred]
            chosen = [
                fixed_in_time(c, fixed[c.id], day, stop.zone) if c.id in fixed else c
                for c in free
                if c.id in fixed or not ruled_out & {c.category, *c.types}
            ]
            stops.append(replace(stop, candidates=tuple(chosen)))
        wished = [wish for wish in self._brief.must_see if wish[1] not in elsewhere]
        return replace(
            self._brief,
            stops=tuple(stops),
            must_see=(*wished, *((item.place.name, key) for key, item in fixed.items() if item.place)),
            budget=self._money_left(),
            excluded_categories=(),
            only_day=self._index,
        )

    def _money_left(self) -> Money | None:
        budget = self._brief.budget
        if budget is None:
            return None
        costs = [i.place.cost for i in _stays(_others(self._base, self._index)) if i.place and i.place.cost]
        spent = sum(cost.amount for cost in costs if cost.currency == budget.currency)
        return Money(amount=max(0.0, round(budget.amount - spent, 2)), currency=budget.currency)

    def _with_locked(self, day: Day) -> Day | None:
        """The day with the locked visits as they were, None when one is not where it was."""
        items = list(day.items)
        for item in self._locked:
            at = next((n for n, other in enumerate(items) if _same_stay(other, item)), None)
            if at is None:
                return None
            items[at] = item.model_copy(update={"parking": items[at].parking})
        return day.model_copy(update={"items": items})

    def _unmet(self, days: list[Day], made: list[Unmet]) -> list[Unmet]:
        """What is still unmet of before, and the wishes that only the old day met."""
        wishes = dict(self._brief.must_see)
        visited = {i.place.id for i in _stays(days) if i.kind == "visit" and i.place}
        kept = [one for one in self._base.unmet if wishes.get(one.wish) not in visited]
        told = {one.wish for one in kept}
        return [*kept, *(one for one in made if one.wish in wishes and one.wish not in told)]


def _others(plan: Plan, index: int) -> list[Day]:
    return [day for at, day in enumerate(plan.days) if at != index]


def _stays(days: list[Day]) -> Iterator[Item]:
    return (item for day in days for item in day.items if item.kind in ("visit", "meal"))


def _same_stay(one: Item, locked: Item) -> bool:
    return (
        one.kind == locked.kind
        and one.place is not None
        and locked.place is not None
        and (one.place.id, one.start) == (locked.place.id, locked.start)
    )


def fixed_in_time(candidate: Candidate, item: Item, day: Day, zone: str) -> Candidate:
    """The place as the optimiser has to see it to put its visit where it was: open just then.

    `zone` is that of the place, whose hours are told by its own clock.
    """
    first = minutes_of(item.start)
    length = -(-(minutes_of(item.end) - first) // STEP) * STEP
    start = first - shift_between(day.date, day.zone, zone)
    return replace(
        candidate,
        hours={day.date: ((start, start + length),)},
        visit_minutes=length,
        min_visit_minutes=length,
        category=UNRULED,
        types=(),
        strenuous=False,
        step_free="yes",
    )


def _refreshed(known: Stop, fresh: Stop, used: Collection[str]) -> Stop:
    kept = [candidate for candidate in known.candidates if candidate.id in used]
    new = [candidate for candidate in fresh.candidates if candidate.id not in used]
    return replace(known, candidates=(*kept, *new))


def _trip(brief: Brief) -> tuple[object, ...]:
    stops = [
        (s.name, s.nights, s.zone, s.lodging.name if s.lodging else None, s.check_in, s.check_out)
        for s in brief.stops
    ]
    times = (brief.start_date, brief.arrival_time, brief.departure_time)
    return (brief.party, brief.transport, times, stops)

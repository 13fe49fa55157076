"""An edited day in time: the optimiser's own simulation where it can, and as asked where a rule is broken.

First the stays are lived as they are, then with meals and rests moved to where they fit. When neither works
the rules are eased, one after the other, so that the day exists and the checker can say what is wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared.schedules.planning.brief import Brief, Candidate, Interval, Stop
from shared.schedules.planning.days import fixed_in_time
from shared.schedules.planning.document import Day, Item
from shared.schedules.planning.optimiser import bad_intervals
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import build
from shared.schedules.planning.optimiser.settle import settle
from shared.schedules.planning.optimiser.stays import (
    BENCH,
    DINNER,
    HOP,
    LUNCH,
    MEAL_WINDOWS,
    REST,
    VISIT,
    Outcome,
    Token,
)
from shared.schedules.planning.optimiser.timeline import live
from shared.schedules.planning.optimiser.travel import Travel
from shared.schedules.planning.optimiser.words import minutes_of
from shared.schedules.planning.optimiser.world import World
from shared.schedules.planning.optimiser.writer import DayWriter
from shared.schedules.planning.rearrange import Misfit, Rearrangement, Wanted, rearranged

ALL_DAY: Interval = (0, 24 * 60)
ANY_HOUR: Interval = (0, 30 * 60 - 1)
LATEST = 29 * 60
NO_LIMIT = 1_000_000
MEALS = {"lunch": LUNCH, "dinner": DINNER}
NO_WAY = (
    "There is no way from place to place in this order that your party can take, or no time for one."
    " Choose another order, or other places."
)
IN_THE_WAY = (
    "The day does not fit around what is locked: {}. Unlock it in the same request, or choose another order."
)


def retimed(brief: Brief, day: Day, index: int, stays: Sequence[Wanted]) -> Day:
    """The day at `index` with these stays in this order, timed and written anew.

    Raises `Misfit` for a place the trip does not know, or when nothing joins the stays.
    """
    table = _Table(brief, day, index, stays)
    lived = table.strict() or table.eased()
    if lived is None:
        fixed = [f"“{s.was.place.name}” at {s.was.start}" for s in stays if s.locked and s.was.place]
        raise Misfit("", IN_THE_WAY.format(", ".join(fixed)) if fixed else NO_WAY)
    return table.written(lived)


def with_breaks_moved(brief: Brief, day: Day, index: int) -> Day | None:
    """The day at `index` with its visits in their order, and its meals and rests where they fit best by what
    is known of its ways; None when they fit nowhere.

    Raises `Misfit` for a place the trip does not know.
    """
    table = _Table(brief, day, index, rearranged(day, Rearrangement()))
    lived = table.strict()
    return None if lived is None else table.written(lived)


@dataclass(frozen=True, slots=True)
class _Lived:
    frame: Frame
    outcome: Outcome


class _Table:
    """A small instance of the wanted places alone, each made fit for the optimiser to use."""

    def __init__(self, brief: Brief, day: Day, index: int, stays: Sequence[Wanted]) -> None:
        self._brief, self._day, self._stays = brief, day, stays
        wanted = {stay.place_id: stay for stay in stays if stay.place_id is not None}
        stops = tuple(replace(s, candidates=tuple(self._usable(s, wanted))) for s in brief.stops)
        asked = tuple((place, place) for place in wanted)
        own = replace(brief, stops=stops, must_see=asked, excluded_categories=(), only_day=index)
        self._instance = build(own)
        self._world = World(self._instance, Travel(self._instance), bad_intervals(self._instance))
        self._frame = self._early_enough(self._instance.frames[0])
        self._tokens = self._as_tokens()

    def strict(self) -> _Lived | None:
        """The best way to live the day within the rules, None when there is none."""
        lived = [
            _Lived(frame, outcome)
            for frame in self._frames()
            for tokens in (self._tokens, self._with_breaks_refitted(frame))
            if tokens is not None and (outcome := live(self._world, frame, tokens)) is not None
        ]
        best = max(lived, key=lambda one: (one.outcome.sound, one.outcome.value), default=None)
        return best and replace(best, outcome=settle(self._world, best.frame, best.outcome))

    def eased(self) -> _Lived | None:
        """The day in the order asked, with as few rules lifted as will do."""
        self._instance.hours[0] = {spot: self._eased_hours(spot) for spot in self._instance.hours[0]}
        roomy = replace(self._frame, places=(NO_LIMIT, NO_LIMIT))
        late = replace(roomy, latest=LATEST)
        for frame, tokens in (
            (roomy, self._tokens),
            (late, self._tokens),
            (late, self._meals_any_time()),
            (late, [token for token in self._meals_any_time() if token.role != REST]),
        ):
            outcome = live(self._world, frame, tokens)
            if outcome is not None:
                return _Lived(frame, outcome)
        self._instance.limits = replace(self._instance.limits, day_walk=NO_LIMIT)
        outcome = live(self._world, late, self._meals_any_time())
        return None if outcome is None else _Lived(late, outcome)

    def written(self, lived: _Lived) -> Day:
        """The day's document, its words from the real places and wishes."""
        real = {c.id: c for stop in self._brief.stops for c in stop.candidates}
        spots = self._instance.spots
        for at, spot in enumerate(spots):
            if spot.candidate is not None:
                spots[at] = replace(spot, candidate=real[spot.candidate.id])
        self._instance.brief = self._brief
        day = DayWriter(self._instance, lived.frame).write(lived.outcome)
        return day.model_copy(update={"items": [_kept(item, self._stays) for item in day.items]})

    def _usable(self, stop: Stop, wanted: dict[str, Wanted]) -> Iterator[Candidate]:
        for candidate in stop.candidates:
            stay = wanted.get(candidate.id)
            if candidate.category == "parking":
                yield candidate
            elif stay is not None and stay.locked:
                yield fixed_in_time(candidate, stay.was, self._day, stop.zone)
            elif stay is not None:
                # Whether the party may go there is for the checker to say.
                hours = {self._day.date: (ALL_DAY,)} if candidate.hours is None else candidate.hours
                yield replace(candidate, hours=hours, strenuous=False, step_free="yes")

    def _early_enough(self, frame: Frame) -> Frame:
        """A departure may have made the day begin before the usual start."""
        first = min((minutes_of(item.start) for item in self._day.items), default=frame.earliest)
        return replace(frame, earliest=min(frame.earliest, first // 10 * 10))

    def _frames(self) -> list[Frame]:
        """The day with the car on the way, and with the car left at the lodging."""
        waiting = self._instance.by_car and self._instance.start_spot(self._frame) == self._instance.end_spot(
            self._frame
        )
        return [self._frame, replace(self._frame, car_stays=True)] if waiting else [self._frame]

    def _as_tokens(self) -> list[Token]:
        tokens, chain = list[Token](), list(self._frame.chain)
        spots = {(s.stop, s.candidate.id): n for n, s in enumerate(self._instance.spots) if s.candidate}
        here = 0
        for stay in self._stays:
            if stay.place_id is None:
                tokens.append(Token(REST, BENCH))
                continue
            there = next((n for n in range(here, len(chain)) if (chain[n], stay.place_id) in spots), None)
            if there is None:
                raise _stranger(stay, known=any((stop, stay.place_id) in spots for stop in chain))
            tokens += [Token(HOP, stop) for stop in chain[here + 1 : there + 1]]
            tokens.append(Token(_role(stay), spots[chain[there], stay.place_id]))
            here = there
        return [*tokens, *(Token(HOP, stop) for stop in chain[here + 1 :])]

    def _with_breaks_refitted(self, frame: Frame) -> list[Token] | None:
        """The visits in their order, with each meal and rest put where the day is best with it."""
        breaks = [token for token in self._tokens if token.role in (LUNCH, DINNER, REST)]
        tokens = [token for token in self._tokens if token.role in (VISIT, HOP)]
        for one in sorted(breaks, key=lambda token: token.role):
            tries = [[*tokens[:at], one, *tokens[at:]] for at in range(len(tokens) + 1)]
            lived = [(o.value, t) for t in tries if (o := live(self._world, frame, t)) is not None]
            if not lived:
                return None
            tokens = max(lived, key=lambda pair: pair[0])[1]
        return tokens

    def _eased_hours(self, spot: int) -> tuple[Interval, ...]:
        found = self._instance.spots[spot].candidate
        if found and any(stay.locked and stay.place_id == found.id for stay in self._stays):
            return self._instance.hours[0][spot]
        role = next((token.role for token in self._tokens if token.spot == spot), VISIT)
        if role in MEAL_WINDOWS:
            return ((MEAL_WINDOWS[role][0], ANY_HOUR[1]),)
        return (ANY_HOUR,)

    def _meals_any_time(self) -> list[Token]:
        return [Token(VISIT, t.spot) if t.role in MEAL_WINDOWS else t for t in self._tokens]


def _role(stay: Wanted) -> int:
    if stay.kind == "meal":
        return MEALS[stay.was.meal or "lunch"]
    return VISIT if stay.kind == "visit" else REST


def _stranger(stay: Wanted, *, known: bool) -> Misfit:
    name = stay.place_id if stay.is_new or stay.was.place is None else f"“{stay.was.place.name}”"
    if known:
        return Misfit("/order", f"{name} is at a stop that the party has left by then. Put it earlier.")
    return Misfit("/replace", f"{name} is not near a stop of this day. Choose a place that is.")


def _kept(item: Item, stays: Sequence[Wanted]) -> Item:
    """The item with what it was before: a locked visit whole, else its kind, lock and tips."""
    same_place = [stay for stay in stays if item.place and stay.place_id == item.place.id]
    # A meal timed without its window is a visit to the simulation.
    same_place.sort(key=lambda stay: (stay.kind != item.kind, stay.kind == "rest"))
    if not same_place:
        return item
    stay = same_place[0]
    if stay.locked and item.start == stay.was.start:
        return stay.was.model_copy(update={"parking": item.parking, "locked": True})
    changes: dict[str, object] = {"kind": stay.kind, "meal": stay.was.meal, "locked": stay.locked or None}
    return item.model_copy(update=changes if stay.is_new else {**changes, "tips": stay.was.tips})

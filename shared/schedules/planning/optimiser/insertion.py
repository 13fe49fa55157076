"""Where one more stay could go in a day: cheap estimates first, so that few need the exact simulation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapreplace, nlargest
from random import Random
from typing import NamedTuple

from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import MUST_SEE_SCORE, Instance
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
from shared.schedules.planning.optimiser.worth import REPEAT_WORTH

BLINK, MUST_SEE_BLINK = 0.05, 0.5
OFFERED, OFFERED_RESTS = 16, 6
FAR = 1_000_000_000
DETOUR_COST = 0.006
COFFEE_METRES, COFFEES = 400, 3
WHOLE_DAY = 1_440


class Option(NamedTuple):
    """A stay that could be put in before the token at `position`."""

    gain: float
    position: int
    token: Token


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a sequence: the spots before and after, when the party is free, and when it is due."""

    position: int
    stop: int
    before: int
    after: int
    ready: int
    due: int
    rests: bool


NOTHING = Option(-1e9, -1, Token(VISIT, -1))
type Way = tuple[int, int, int, int, int, int]
"""A gap as numbers: spots before and after, metres between them, minute ready, minute due, position."""


class Insertions:
    """Proposes stays for the days of an instance."""

    def __init__(self, instance: Instance, rng: Random) -> None:
        self._instance = instance
        self._rng = rng
        self._spans = [self._spans_of(frame) for frame in instance.frames]
        self._coffees: dict[int, list[int]] = {}
        self._size = [len(instance.metres[base]) for base in instance.base]
        self._category = [s.candidate.category if s.candidate else "" for s in instance.spots]

        def by_score(spots: Iterable[int]) -> list[int]:
            return sorted(spots, key=lambda spot: (-instance.score[spot], spot))

        self._visits = [by_score(spots) for spots in instance.visits]
        self._wished = [[s for s in spots if instance.score[s] > MUST_SEE_SCORE] for spots in self._visits]
        self._tables = [by_score(spots) for spots in instance.tables]
        self._dinners = [
            by_score(s for s in spots if self._category[s] == "food") for spots in instance.tables
        ]

    def best(self, frame: Frame, day: Outcome, role: int, taken: Sequence[int]) -> list[Option]:
        """The most promising options for a role, best first; `taken` marks place keys already in the plan."""
        gaps = list(self._gaps(frame, day))
        if role == REST:
            return nlargest(OFFERED_RESTS, self._rests(gaps))
        window = MEAL_WINDOWS.get(role, (0, WHOLE_DAY))
        gaps = [g for g in gaps if g.ready <= window[1] and g.due > window[0]]
        return sorted(self._places(frame, gaps, (role, self._repeats(day)), taken), reverse=True)

    def must_sees(self, frame: Frame, day: Outcome, taken: Sequence[int]) -> list[Option]:
        """Every position at which a must-see that is not in the plan yet may be open, nearest first."""
        instance, spans = self._instance, self._spans[frame.index]
        wished = [
            spot
            for stop in frame.chain
            for spot in self._wished[stop]
            if not taken[instance.spots[spot].key] and self._rng.random() >= MUST_SEE_BLINK
        ]
        if not wished:
            return []
        gaps, options = list(self._gaps(frame, day)), []
        for spot in wished:
            stop = instance.spots[spot].stop
            for way in self._ways(stop, [gap for gap in gaps if gap.stop == stop]):
                metres, position = _least_way(instance.metres[spot], [way], spans[spot])
                if position >= 0:
                    options.append(Option(-metres, position, Token(VISIT, spot)))
        return sorted(options, reverse=True)

    def _repeats(self, day: Outcome) -> dict[str, float]:
        """What one more visit of a category seen already is worth, as a share."""
        seen: dict[str, int] = {}
        for role, spot in day.tokens:
            if role == VISIT:
                seen[self._category[spot]] = seen.get(self._category[spot], 0) + 1
        return {category: REPEAT_WORTH[min(times, 6)] for category, times in seen.items()}

    def _gaps(self, frame: Frame, day: Outcome) -> Iterator[Gap]:
        instance, tokens = self._instance, day.tokens
        spots = self._positions(frame, tokens)
        dues = self._dues(frame, tokens)
        ends = iter(day.stays)
        stop, ready = frame.chain[0], frame.earliest
        for position in range(len(tokens) + 1):
            before = instance.start_spot(frame) if position == 0 else spots[position - 1]
            after = spots[position] if position < len(tokens) else instance.end_spot(frame)
            if position and tokens[position - 1].role == HOP:
                stop = tokens[position - 1].spot
                before = instance.gateway[stop]
            elif position:
                ready = next(ends).end
            rests = position > 0 and tokens[position - 1].role not in (HOP, REST)
            yield Gap(position, stop, before, after, ready, dues[position], rests)

    def _positions(self, frame: Frame, tokens: Sequence[Token]) -> list[int]:
        """The spot of each token; a bench is where the party was, a hop starts at the gateway it leaves."""
        spots: list[int] = []
        for token in tokens:
            if token.role == HOP:
                spots.append(self._instance.gateway[token.spot - 1])
            elif token.spot == BENCH:
                spots.append(spots[-1] if spots else self._instance.start_spot(frame))
            else:
                spots.append(token.spot)
        return spots

    @staticmethod
    def _dues(frame: Frame, tokens: Sequence[Token]) -> list[int]:
        dues = [frame.latest]
        for token in reversed(tokens):
            closes = MEAL_WINDOWS[token.role][1] if token.role in MEAL_WINDOWS else WHOLE_DAY
            dues.append(min(dues[-1], closes))
        return dues[::-1]

    def _places(
        self, frame: Frame, gaps: list[Gap], wanted: tuple[int, dict[str, float]], taken: Sequence[int]
    ) -> list[Option]:
        """The best options; pools are sorted by score, so one ends where no place can be among them."""
        (role, repeats), instance, blink = wanted, self._instance, self._rng.random
        spans, top = self._spans[frame.index], [NOTHING] * OFFERED
        for stop in frame.chain:
            ways = self._ways(stop, [gap for gap in gaps if gap.stop == stop])
            for spot in self._pool(stop, role):
                score = instance.score[spot]
                if score <= top[0].gain:
                    break
                if taken[instance.spots[spot].key] or score > MUST_SEE_SCORE or blink() < BLINK:
                    continue
                if repeats:
                    score *= repeats.get(self._category[spot], 1.0)
                least, position = _least_way(instance.metres[spot], ways, spans[spot])
                if score - DETOUR_COST * least > top[0].gain:
                    heapreplace(top, Option(score - DETOUR_COST * least, position, Token(role, spot)))
        return [option for option in top if option is not NOTHING]

    def _ways(self, stop: int, gaps: list[Gap]) -> list[Way]:
        """Gaps as plain numbers relative to a stop's first spot; a far end counts as the stop's gateway."""
        instance, base, size = self._instance, self._instance.base[stop], self._size[stop]

        def local(spot: int) -> int:
            return spot - base if base <= spot < base + size else 1

        ways = []
        for gap in gaps:
            before, after = local(gap.before), local(gap.after)
            direct = instance.metres[base + before][after]
            ways.append((before, after, direct, gap.ready, gap.due, gap.position))
        return ways

    def _pool(self, stop: int, role: int) -> list[int]:
        if role == VISIT:
            return self._visits[stop]
        return self._tables[stop] if role == LUNCH else self._dinners[stop]

    def _rests(self, gaps: list[Gap]) -> Iterator[Option]:
        for gap in gaps:
            if not gap.rests:
                continue
            nudge = self._rng.random() * 20
            yield Option(nudge, gap.position, Token(REST, BENCH))
            for cafe in self.coffees_near(gap.before):
                yield Option(nudge + 10.0, gap.position, Token(REST, cafe))

    def coffees_near(self, spot: int) -> list[int]:
        """The nearest cafés within a short walk of a spot."""
        if spot not in self._coffees:
            instance = self._instance
            reach = min(COFFEE_METRES, instance.limits.leg_walk)
            cafes = instance.cafes[instance.spots[spot].stop]
            near = sorted((instance.between(spot, cafe), cafe) for cafe in cafes if cafe != spot)
            self._coffees[spot] = [cafe for metres, cafe in near if metres <= reach][:COFFEES]
        return self._coffees[spot]

    def _spans_of(self, frame: Frame) -> dict[int, tuple[int, int]]:
        """First opening and last useful moment of each place of a day; closed ones never fit."""
        shortest = self._instance.minutes[-1]
        return {
            spot: (hours[0][0], hours[-1][1] - min(shortest[spot], 45)) if hours else (WHOLE_DAY * 2, -1)
            for spot, hours in self._instance.hours[frame.index].items()
        }


def _least_way(row: list[int], ways: list[Way], span: tuple[int, int]) -> tuple[int, int]:
    """Fewest extra metres to a place among the gaps in which it may be open, and that gap's position."""
    (opens, last), least, best = span, FAR, -1
    for before, after, direct, ready, due, position in ways:
        if ready <= last and opens < due:
            way = row[before] + row[after] - direct
            if way < least:
                least, best = way, position
    return least, best


def missing_roles(frame: Frame, tokens: Sequence[Token]) -> list[int]:
    """What a day still wants, in the order in which it is best put in."""
    counts = [sum(token.role == role for token in tokens) for role in range(5)]
    wanted = [VISIT] if counts[VISIT] < min(2, frame.places[1]) else []
    wanted += [role for role in (LUNCH, DINNER) if not counts[role]]
    if counts[REST] < frame.rests:
        wanted.append(REST)
    if counts[VISIT] < frame.places[1] and VISIT not in wanted:
        wanted.append(VISIT)
    return wanted

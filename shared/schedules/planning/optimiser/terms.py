"""Days of an instance in the kernel's terms: stays as nodes, rules as windows, limits and prizes.

What the kernel cannot say is left to the simulation of the day: how hours of a meal shift a visit, where the
car stands, how long the party goes without a rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from shared.schedules.planning.brief import Interval
from shared.schedules.planning.kernel import Day, Node, Problem, Window
from shared.schedules.planning.kernel.problem import LARGEST, WHOLE
from shared.schedules.planning.optimiser import worth
from shared.schedules.planning.optimiser.frames import Frame
from shared.schedules.planning.optimiser.instance import MUST_SEE_SCORE, Instance
from shared.schedules.planning.optimiser.matrices import POINT, Matrices
from shared.schedules.planning.optimiser.shortfall import MEAL_OVERLAP
from shared.schedules.planning.optimiser.stays import (
    BENCH,
    DINNER,
    HOP,
    LUNCH,
    MEAL_MINUTES,
    MEAL_WINDOWS,
    REST,
    VISIT,
    Token,
)
from shared.schedules.planning.optimiser.timeline import DUSK, REST_MINUTES
from shared.schedules.planning.optimiser.world import World

REST_LEEWAY = 15
BONUS = (worth.MISSING_PLACE, worth.MISSING_MEAL, worth.MISSING_MEAL, worth.MISSING_REST)
"""By group; groups are numbered as the roles of stays: visits, lunches, dinners, rests."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A problem, and the stay that each of its nodes stands for."""

    problem: Problem
    tokens: Sequence[Token]


def terms_of(world: World, *, purse: float) -> Terms:
    """The days of an instance as they are with nothing planned; `purse` is what may be spent, or infinity."""
    instance = world.instance
    unit = POINT if purse * POINT <= LARGEST else 1
    found = [(token, node) for token, node in _stays(world, unit) if any(node.windows)]
    rests = [rest for frame in instance.frames for rest in _rests(instance, frame)]
    tokens, nodes = [token for token, _ in found + rests], [node for _, node in found + rests]
    nodes = [replace(node, place=at) if node.floating else node for at, node in enumerate(nodes)]
    return Terms(
        _problem(world, tokens, _with_stops(instance, tokens, nodes), min(unit * purse, LARGEST)), tokens
    )


def with_hops(instance: Instance, frame: Frame, tokens: Iterable[Token]) -> Iterator[Token]:
    """The stays of a day with the hops from stop to stop between them."""
    at = frame.chain[0]
    for token in tokens:
        stop = at if token.spot == BENCH else instance.spots[token.spot].stop
        yield from (Token(HOP, hop) for hop in range(at + 1, stop + 1))
        at = stop
        yield token
    yield from (Token(HOP, hop) for hop in range(at + 1, frame.chain[-1] + 1))


def _problem(world: World, tokens: Sequence[Token], nodes: Sequence[Node], budget: float) -> Problem:
    instance, frames = world.instance, world.instance.frames
    ends = [spot for f in frames for spot in (instance.start_spot(f), instance.end_spot(f))]
    ways = Matrices(world, frames, [*(token.spot for token in tokens), *ends], len(tokens))
    return Problem(
        nodes=nodes,
        days=[_day(instance, frame, len(tokens) + 2 * at) for at, frame in enumerate(frames)],
        travel=ways.travel,
        walk=ways.walk,
        toll=ways.toll,
        shares=[round(WHOLE * share) for share in worth.REPEAT_WORTH],
        shared=round(POINT * worth.SHARED_SCORE),
        beyond=round(WHOLE * worth.BEYOND_LEAST_WORTH),
        bonus=[round(POINT * points) for points in BONUS],
        budget=int(budget),
        wait_price=round(POINT * worth.WAIT_MINUTE),
        must=[at for at, token in enumerate(tokens) if _is_wished(instance, token)],
    )


def _day(instance: Instance, frame: Frame, start: int) -> Day:
    lunch, dinner = (int(_needs_meal(frame, role)) for role in (LUNCH, DINNER))
    has_time = frame.latest > frame.earliest
    return Day(
        start=start,
        end=start + 1,
        opens=frame.earliest,
        closes=max(frame.earliest, frame.latest),
        limits=(frame.places[1], 1, 1, frame.rests) if has_time else (0, 0, 0, 0),
        walk=instance.limits.day_walk,
        fewest=(frame.places[0], lunch, dinner, frame.rests),
    )


def _needs_meal(frame: Frame, role: int) -> bool:
    """Whether a day that uses all its time has to have this meal."""
    opens, closes = MEAL_WINDOWS[role]
    return not frame.is_half or min(closes, frame.latest) - max(opens, frame.earliest) >= MEAL_OVERLAP


def _stays(world: World, unit: int) -> Iterator[tuple[Token, Node]]:
    """A node for each visit, and one for each meal that a restaurant may serve."""
    instance = world.instance
    for stop in sorted({stop for frame in instance.frames for stop in frame.chain}):
        tables = instance.tables[stop]
        dinners = [spot for spot in tables if world.category[spot] == "food"]
        for role, spots in ((VISIT, instance.visits[stop]), (LUNCH, tables), (DINNER, dinners)):
            for spot in spots:
                yield Token(role, spot), _node(world, role, spot, unit)


def _node(world: World, role: int, spot: int, unit: int) -> Node:
    instance, visits = world.instance, role == VISIT
    minutes = instance.minutes[0][spot] if visits else MEAL_MINUTES[role][0]
    score = instance.score[spot] if visits else worth.MEAL_BONUS + instance.score[spot]
    return Node(
        duration=minutes,
        prize=max(0, round(POINT * score)),
        windows=[list(_windows(world, frame, Token(role, spot), minutes)) for frame in instance.frames],
        place=len(instance.spots) * len(instance.frames) + instance.spots[spot].key,
        group=role,
        kind=1 + sorted(set(world.category)).index(world.category[spot]) if visits else 0,
        cost=min(LARGEST, ceil(unit * instance.cost[spot])) if visits else 0,
    )


def _is_wished(instance: Instance, token: Token) -> bool:
    return token.role == VISIT and instance.score[token.spot] > MUST_SEE_SCORE


def _windows(world: World, frame: Frame, token: Token, minutes: int) -> Iterator[Window]:
    """When a stay may begin: open, at meal time, and unless it is a must-see in fair weather and daylight."""
    role, spot = token
    hours = world.instance.hours[frame.index].get(spot, ())
    if role != VISIT:
        opens, closes = MEAL_WINDOWS[role]
        hours = tuple((max(opens, first), min(closes + minutes, last)) for first, last in hours)
    elif world.outdoor[spot] and not _is_wished(world.instance, token):
        dark = [(DUSK, LARGEST)] if world.category[spot] == "nature" else []
        hours = _without(hours, [*world.bad[frame.index], *dark])
    for first, last in hours:
        if first + minutes <= last:
            yield first, last - minutes


def _without(hours: tuple[Interval, ...], barred: Iterable[Interval]) -> tuple[Interval, ...]:
    """Intervals less what others cover of them."""
    for since, until in barred:
        parts = [((first, min(last, since)), (max(first, until), last)) for first, last in hours]
        hours = tuple((first, last) for pair in parts for first, last in pair if first < last)
    return hours


def _rests(instance: Instance, frame: Frame) -> Iterator[tuple[Token, Node]]:
    """The rests of a day, each where the party then is, in a part of the day of its own."""
    length = max(0, frame.latest - frame.earliest) // (frame.rests + 1)
    for number in range(1, frame.rests + 1):
        middle = frame.earliest + number * length
        first, last = middle - length // 2 - REST_LEEWAY, middle + length // 2 + REST_LEEWAY - REST_MINUTES
        windows = [
            [(max(0, first), last)] if other is frame and first <= last else [] for other in instance.frames
        ]
        node = Node(REST_MINUTES, 0, windows, place=0, group=REST, floating=True)
        yield Token(REST, BENCH), node


def _with_stops(instance: Instance, tokens: Sequence[Token], nodes: Sequence[Node]) -> list[Node]:
    """The best visit of each day stop is worth what passing the stop by would lose."""
    prized = list(nodes)
    for stop, visits in enumerate(instance.visits):
        own = [
            at
            for at, (role, spot) in enumerate(tokens)
            if role == VISIT and instance.spots[spot].stop == stop
        ]
        if instance.brief.stops[stop].nights == 0 and visits and own:
            best = max(own, key=lambda at: (nodes[at].prize, -at))
            prized[best] = replace(nodes[best], prize=nodes[best].prize + round(POINT * worth.UNSEEN_STOP))
    return prized

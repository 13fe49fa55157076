"""A routing problem with opening hours in whole numbers: what the kernel is given, and checks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

FAR = 1 << 28
"""Longer than any day: the travel time between two nodes that no way joins."""

LARGEST = 1 << 29
MOST_PRIZE, MOST_PRICE = 1 << 24, 1 << 20
"""Bounds that keep every sum and product of the kernel within what the native arithmetic holds."""

WHOLE = 100

type Window = tuple[int, int]
"""Earliest and latest start of a stay."""


class InvalidProblem(ValueError):
    """A problem that contradicts itself; the message names the field."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that can be done once, for `duration`, at a prize.

    `windows[day]` are the intervals in which it may start, in order; none on a closed day. Nodes of one
    `place` exclude each other. `group` counts against the limits of a day; `kind` is what the prize is worth
    less of the more there is of it on a day. A `floating` node is done wherever the route is: a rest.
    """

    duration: int
    prize: int
    windows: Sequence[Sequence[Window]]
    place: int
    group: int = 0
    kind: int = 0
    cost: int = 0
    floating: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A route: the points where it starts and ends, its window, and how many nodes of each group it takes.

    Each node up to the `fewest` of its group is worth the problem's bonus on top of its prize.
    """

    start: int
    end: int
    opens: int
    closes: int
    limits: Sequence[int]
    walk: int = LARGEST
    fewest: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Nodes to choose from, days to put them into, and what counts.

    Points are the nodes in their order, then the ends of days. `travel[a][b]` is the time from point to point
    by the mode that is best there, `walk[a][b]` the metres on foot in it (empty: no way is walked) and
    `toll[a][b]` its price (empty: the travel at `travel_price` per unit of time). The value of a plan is its
    prizes less the price of its ways and `wait_price` per unit of waiting.

    The n-th node of a kind on a day keeps `shares[n]` percent of its prize, and each one after the last share
    keeps as much as that; beyond the fewest of its group, it keeps `beyond` percent of it. Such shares are
    taken of the first `shared` of a prize. `bonus[group]` is what a node up to the fewest is worth on top.
    """

    nodes: Sequence[Node]
    days: Sequence[Day]
    travel: Sequence[Sequence[int]]
    walk: Sequence[Sequence[int]] = ()
    toll: Sequence[Sequence[int]] = ()
    shares: Sequence[int] = (100,)
    shared: int = MOST_PRIZE
    beyond: int = WHOLE
    bonus: Sequence[int] = ()
    budget: int = LARGEST
    travel_price: int = 0
    wait_price: int = 0
    must: Sequence[int] = field(default=())

    @property
    def points(self) -> int:
        """How many rows `travel` has."""
        return len(self.travel)


def require_valid(problem: Problem) -> None:
    """Raise InvalidProblem for the first thing that is wrong."""
    for fault in _faults(problem):
        raise InvalidProblem(fault)


def _faults(problem: Problem) -> Iterator[str]:
    if not problem.days:
        yield "days: a problem needs at least one."
    if problem.points < len(problem.nodes):
        yield f"travel: {problem.points} rows do not cover {len(problem.nodes)} nodes."
    yield from _matrix_faults("travel", problem.travel, problem.points)
    if problem.walk:
        yield from _matrix_faults("walk", problem.walk, problem.points)
    if problem.toll:
        yield from _matrix_faults("toll", problem.toll, problem.points)
    if problem.toll and problem.travel_price:
        yield "travel_price: it must be 0 where tolls price each way."
    yield from _number_faults(problem)
    yield from _day_faults(problem)
    yield from _node_faults(problem)
    for node in problem.must:
        if not 0 <= node < len(problem.nodes):
            yield f"must: there is no node {node}."


def _number_faults(problem: Problem) -> Iterator[str]:
    if not problem.shares or not 0 <= min(problem.shares) <= max(problem.shares) <= WHOLE:
        yield "shares: one or more percentages from 0 to 100 are needed."
    for name, most in (
        ("budget", LARGEST),
        ("travel_price", MOST_PRICE),
        ("wait_price", MOST_PRICE),
        ("shared", MOST_PRIZE),
        ("beyond", WHOLE),
    ):
        if not 0 <= getattr(problem, name) <= most:
            yield f"{name}: {getattr(problem, name)} is not between 0 and {most}."
    if problem.bonus and not 0 <= min(problem.bonus) <= max(problem.bonus) <= MOST_PRIZE:
        yield f"bonus: a value is not between 0 and {MOST_PRIZE}."


def _matrix_faults(name: str, rows: Sequence[Sequence[int]], size: int) -> Iterator[str]:
    if len(rows) != size:
        yield f"{name}: {len(rows)} rows instead of {size}."
    for index, row in enumerate(rows):
        if len(row) != size:
            yield f"{name}[{index}]: {len(row)} values instead of {size}."
        elif row and not 0 <= min(row) <= max(row) <= FAR:
            yield f"{name}[{index}]: a value is not between 0 and {FAR}."


def _day_faults(problem: Problem) -> Iterator[str]:
    groups = 1 + max((node.group for node in problem.nodes), default=0)
    for index, day in enumerate(problem.days):
        ends = range(len(problem.nodes), problem.points)
        if day.start not in ends or day.end not in ends:
            yield f"days[{index}]: its start {day.start} or end {day.end} is not a point behind the nodes."
        if not 0 <= day.opens <= day.closes <= LARGEST:
            yield f"days[{index}]: its window {day.opens} to {day.closes} runs backwards or is out of range."
        if len(day.limits) < groups or min(day.limits) < 0:
            yield f"days[{index}].limits: one number from 0 is needed for each of the {groups} groups."
        if day.fewest and (len(day.fewest) < groups or min(day.fewest) < 0):
            yield f"days[{index}].fewest: one number from 0 is needed for each of the {groups} groups."
        if not 0 <= day.walk <= LARGEST:
            yield f"days[{index}].walk: {day.walk} is not between 0 and {LARGEST}."


def _node_faults(problem: Problem) -> Iterator[str]:
    for index, node in enumerate(problem.nodes):
        if len(node.windows) != len(problem.days):
            yield f"nodes[{index}].windows: {len(node.windows)} days instead of {len(problem.days)}."
        for name in ("duration", "prize", "place", "group", "kind", "cost"):
            most = MOST_PRIZE if name == "prize" else LARGEST
            if not 0 <= getattr(node, name) <= most:
                yield f"nodes[{index}].{name}: {getattr(node, name)} is not between 0 and {most}."
        flat = [moment for windows in node.windows for window in windows for moment in window]
        ordered = all(_in_order(windows) for windows in node.windows)
        if not ordered or not all(0 <= moment <= LARGEST for moment in flat):
            yield f"nodes[{index}].windows: they must be in order, apart, and not end before they begin."


def _in_order(windows: Sequence[Window]) -> bool:
    moments = [moment for window in windows for moment in window]
    return all(a <= b for a, b in pairwise(moments))

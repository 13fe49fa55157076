"""A problem laid out in flat arrays of whole numbers, the form that the search reads."""

from array import array
from collections.abc import Callable, Iterable, MutableSequence, Sequence
from math import log

from shared.schedules.planning.kernel.problem import FAR, LARGEST, Problem, Window

NEAREST = 200
"""How many neighbours of a node are known; a ruin further out would not be one of neighbours."""

RANKS = 196
"""Places in an order of nodes, so that a rank and a chance of 30 % on top stays below 256."""

BLIND, BY_PRIZE, BY_RATE, NEAR_FIRST, FAR_FIRST, BY_GAIN = range(6)
CHANCES = {BLIND: 4, BY_PRIZE: 3, BY_RATE: 1, NEAR_FIRST: 1, FAR_FIRST: 1, BY_GAIN: 10}
LEAST, SPREAD = (0, 700, 700, 1_000, 1_000), (1_000, 600, 600, 1, 1)
"""Orders to insert by, how often each is chosen, and the thousandths by which chance changes its ranks."""

ODDS = 1 << 10
HEATS = 1 << 7
HOT, COLD = 1.2, 0.003
"""Heat at the beginning and at the end, in mean prizes."""

type Numbers = MutableSequence[int]
type Make = Callable[[Iterable[int]], Numbers]


class Tables:
    """The arrays of a problem; `make` turns numbers into what the search stores them in.

    Points are numbered as in the problem. `into[node, point]` is the travel from the point, `outof` to it;
    with `_walk` the metres on foot, with `_fare` the toll of that way (the travel where there are no tolls).
    `first`, `last` and `count` describe the windows of [node, day], each in a row of `width`. `near[node]`
    lists its neighbours, nearest first. `ranks` has a row for each order but that by gain, which changes all
    the time.
    """

    def __init__(self, problem: Problem, make: Make) -> None:
        self._problem = problem
        self._make = make
        self.nodes, self.points, self.days = len(problem.nodes), problem.points, len(problem.days)
        self.groups = max(len(day.limits) for day in problem.days)
        self._add_nodes()
        self._add_days()
        self._add_windows()
        self._add_ways()
        self._add_orders()
        self._add_chances()

    def _add_nodes(self) -> None:
        nodes, make = self._problem.nodes, self._make
        places = {place: index for index, place in enumerate(dict.fromkeys(node.place for node in nodes))}
        kinds = {kind: index for index, kind in enumerate(dict.fromkeys(node.kind for node in nodes))}
        self.places, self.kinds = max(1, len(places)), max(1, len(kinds))
        self.place = make(places[node.place] for node in nodes)
        self.kind = make(kinds[node.kind] for node in nodes)
        self.duration = make(node.duration for node in nodes)
        self.prize = make(node.prize for node in nodes)
        self.group = make(node.group for node in nodes)
        self.cost = make(node.cost for node in nodes)
        self.floating = make(int(node.floating) for node in nodes)
        self.shares = make(self._problem.shares)

    def _add_days(self) -> None:
        days, make = self._problem.days, self._make
        self.start = make(day.start for day in days)
        self.end = make(day.end for day in days)
        self.opens = make(day.opens for day in days)
        self.closes = make(day.closes for day in days)
        self.day_walk = make(day.walk for day in days)
        self.limit = make(limit for day in days for limit in self._per_group(day.limits))
        self.fewest = make(least for day in days for least in self._per_group(day.fewest))
        self.bonus = make(self._per_group(self._problem.bonus))
        self.day_travel = make(self._problem.travel[day.start][day.end] for day in days)

    def _per_group(self, values: Sequence[int]) -> list[int]:
        return [*values, *[0] * self.groups][: self.groups]

    def _add_windows(self) -> None:
        rows = [self._useful(node, day) for node in range(self.nodes) for day in range(self.days)]
        self.width = max(1, max(map(len, rows), default=1))
        padded = [[*row, *[(0, -1)] * (self.width - len(row))] for row in rows]
        self.first = self._make(window[0] for row in padded for window in row)
        self.last = self._make(window[1] for row in padded for window in row)
        self.count = self._make(map(len, rows))
        self.latest = self._make(row[-1][1] if row else -1 for row in rows)

    def _useful(self, index: int, number: int) -> list[Window]:
        """The windows of a node that a day with nothing else could use."""
        node, day, travel = self._problem.nodes[index], self._problem.days[number], self._problem.travel
        there, back = (0, 0) if node.floating else (travel[day.start][index], travel[index][day.end])
        earliest, latest = day.opens + there, day.closes - node.duration - back
        cut = [(max(opens, earliest), min(closes, latest)) for opens, closes in node.windows[number]]
        return [(opens, closes) for opens, closes in cut if opens <= closes]

    def _add_ways(self) -> None:
        travel, size = self._problem.travel, range(self.nodes)
        self.outof = self._make(minutes for node in size for minutes in travel[node])
        self.into = self._make(row[node] for node in size for row in travel)
        toll = self._problem.toll
        self.tolls = bool(toll)
        self.outof_fare = self._make(price for node in size for price in toll[node]) if toll else self.outof
        self.into_fare = self._make(row[node] for node in size for row in toll) if toll else self.into
        self.day_fare = self._make((toll or travel)[day.start][day.end] for day in self._problem.days)
        self.walks = bool(self._problem.walk)
        walk = self._problem.walk
        self.outof_walk = (
            self._make(metres for node in size for metres in walk[node]) if walk else self._make([0])
        )
        self.into_walk = self._make(row[node] for node in size for row in walk) if walk else self._make([0])
        self.reach = min(NEAREST, self.nodes)
        self.near = self._make(
            other for node in size for other in sorted(size, key=travel[node].__getitem__)[: self.reach]
        )

    def _add_orders(self) -> None:
        """Ranks by prize, by prize for the time it takes, and by the way from where the first day starts."""
        nodes, start = self._problem.nodes, self._problem.days[0].start
        ways = [self._problem.travel[start][index] for index in range(self.nodes)]
        fair = [way for way in ways if way < FAR] or [1]
        self.top_prize = max(1, sorted(node.prize for node in nodes)[len(nodes) * 19 // 20] if nodes else 1)
        self.mean_prize = max(1, _typical([node.prize for node in nodes]))
        self.mean_way = max(1, sum(fair) // len(fair))
        far = _ranks([float(way) for way in ways])
        rows = {
            BLIND: [255] * self.nodes,
            BY_PRIZE: _ranks([float(node.prize) for node in nodes]),
            BY_RATE: _ranks([node.prize / (1 + node.duration) for node in nodes]),
            NEAR_FIRST: [RANKS - rank for rank in far],
            FAR_FIRST: far,
        }
        self.ranks = self._make(rank for order in sorted(rows) for rank in rows[order])
        self.least, self.spread = self._make(LEAST), self._make(SPREAD)
        self.orders = self._make(order for order, chances in CHANCES.items() for _ in range(chances))

    def _add_chances(self) -> None:
        """Thresholds of simulated annealing: minus the logarithm of a chance, in 1/1024."""
        self.odds = self._make(round(-ODDS * log((chance + 0.5) / ODDS)) for chance in range(ODDS))
        cooling = (COLD / HOT) ** (1 / HEATS)
        heats = (round(self.mean_prize * HOT * cooling**level) for level in range(HEATS))
        self.heats = self._make(min(LARGEST, heat) for heat in heats)


def plain(values: Iterable[int]) -> Numbers:
    """Storage that interpreted code reads fastest."""
    return list(values)


def packed(values: Iterable[int]) -> Numbers:
    """Storage that compiled code reads without making an object of each number."""
    return array("i", values)


def packed_wide(values: Iterable[int]) -> Numbers:
    """As `packed`, for sums of prizes."""
    return array("q", values)


def _typical(prizes: list[int]) -> int:
    """The mean prize of the ordinary: what is prized to be in the plan at all would only heat the search."""
    low = sorted(prizes)[: max(1, len(prizes) * 19 // 20)]
    return sum(low) // max(1, len(low))


def _ranks(values: list[float]) -> list[int]:
    """Each value as a share, in `RANKS`, of the largest ordinary one."""
    ordered = sorted(values)
    top = max(1e-9, ordered[len(ordered) * 19 // 20] if ordered else 1.0)
    return [round(RANKS * min(1.0, value / top)) for value in values]

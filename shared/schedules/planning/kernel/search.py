"""Ruin and recreate with simulated annealing over the routes of days, in whole numbers alone.

After slack induction by string removals (Christiaens and Vanden Berghe, 2020), with prizes to choose from.
The file runs as it is, and compiled with the C types of `search.pxd`: one seed gives one plan in both.
"""

from shared.schedules.planning.kernel.problem import Problem
from shared.schedules.planning.kernel.routes import COMPILED, Routes, make
from shared.schedules.planning.kernel.tables import BY_GAIN, BY_RATE, HEATS, Tables

__all__ = ["COMPILED", "Search"]

CUT, LONGEST = 10, 10
"""Number of nodes that a ruin takes out in the mean if nothing else is asked for, and the longest string."""


class Search(Routes):
    """A search from empty routes on; its best state so far outlives worse ones."""

    def __init__(self, problem: Problem, seed: int, cut: int = CUT) -> None:
        tables = Tables(problem, make)
        super().__init__(problem, tables, seed)
        nodes, days = tables.nodes, tables.days
        self._near, self._reach = tables.near, tables.reach
        self._must = make([0] * nodes)
        for node in problem.must:
            self._must[node] = 1
        self._ranks, self._least, self._spread = tables.ranks, tables.least, tables.spread
        self._orders, self._order_count = tables.orders, len(tables.orders)
        self._by_gain, self._first_order = BY_GAIN, BY_RATE
        self._least_gain = 0 if tables.tolls else self._largest << 20
        self._odds, self._heats, self._top = tables.odds, tables.heats, tables.top_prize
        self._volume, self._longest = cut, LONGEST
        self._fresh, self._removed, self._removals = make([1] * nodes), make([0] * nodes), 0
        self._heads, self._after = make([-1] * 256), make([-1] * nodes)
        self._best, self._best_size, self._best_worth = make([0] * days * self._room), make([0] * days), 0

    def best(self) -> list[list[int]]:
        """The nodes of each day, in order, of the best plan met so far."""
        routes = []
        for day in range(self._days):
            base = day * self._room
            routes.append([self._best[base + at] for at in range(1, self._best_size[day] + 1)])
        return routes

    def worth(self) -> int:
        """What the best plan is worth: prizes less travel and waiting."""
        return self._best_worth

    def run(self, first: int, last: int, total: int) -> None:
        """The iterations from `first` up to `last` of `total`, over which the search cools down."""
        for iteration in range(first, last):
            self._iterate(self._heats[iteration * HEATS // total], iteration)

    def _iterate(self, heat: int, iteration: int) -> None:
        before, self._opened = self._value(), 0
        for day in range(self._days):
            self._touched[day] = 0
        if iteration > 0:
            self._ruin()
        else:
            for day in range(self._days):
                self._touch(day)
        self._line_up(self._orders[self._roll(self._order_count)] if iteration > 0 else self._first_order)
        self._recreate()
        if iteration == 0 or self._value() > before - (heat * self._odds[self._roll(1024)] >> 10):
            self._keep_best()
        else:
            self._undo()
        self._grow_stale(iteration)

    def _value(self) -> int:
        """What the routes are worth to the search."""
        value = 0
        for day in range(self._days):
            value += self._bent[day]
        return value

    def _grow_stale(self, iteration: int) -> None:
        """What was just taken out has now been tried everywhere; after the first iteration, all has."""
        for at in range(self._removals):
            self._fresh[self._removed[at]] = 0
        self._removals = 0
        if iteration == 0:
            for node in range(self._nodes):
                self._fresh[node] = 0

    def _keep_best(self) -> None:
        worth = 0
        for day in range(self._days):
            worth += self._worth[day]
        if worth <= self._best_worth:
            return
        self._best_worth = worth
        for day in range(self._days):
            base = day * self._room
            self._best_size[day] = self._size[day]
            for at in range(base, base + self._size[day] + 2):
                self._best[at] = self._seq[at]

    def _ruin(self) -> None:
        """Take strings out of the routes that pass near a random node."""
        placed, busy = 0, 0
        for day in range(self._days):
            placed += self._size[day]
            busy += 1 if self._size[day] else 0
        if placed == 0:
            return
        longest = min(self._longest, placed // busy)
        strings = 1 + self._roll(max(1, 4 * self._volume // (1 + longest) - 1))
        at = self._roll(self._nodes) * self._reach
        for neighbour in range(at, at + self._reach):
            node = self._near[neighbour]
            day = self._where[node]
            if day >= 0 and not self._touched[day]:
                self._touch(day)
                self._cut(day, node, longest)
                strings -= 1
                if strings == 0:
                    return

    def _cut(self, day: int, node: int, longest: int) -> None:
        """Take a string that holds a node out of its route, half of the time all but one node of it."""
        base, size, at = day * self._room, self._size[day], 1
        while self._seq[base + at] != node:
            at += 1
        length = 1 + self._roll(min(longest, size))
        lowest, highest = max(1, at - length + 1), min(at, size - length + 1)
        begin = lowest + self._roll(highest - lowest + 1)
        spared = begin + self._roll(length) if length < size and self._roll(2) else 0
        write = begin
        for read in range(begin, size + 2):
            node = self._seq[base + read]
            if read < begin + length and read != spared:
                self._leave_out(node)
                self._fresh[node] = 1
                self._removed[self._removals] = node
                self._removals += 1
            else:
                self._seq[base + write] = node
                write += 1
        self._size[day] = write - 2
        self._rebuild(day)

    def _line_up(self, order: int) -> None:
        """Put the nodes that are in no route into buckets, the first to try in the highest."""
        for bucket in range(256):
            self._heads[bucket] = -1
        for node in range(self._nodes):
            if self._taken[self._place[node]]:
                continue
            bucket = self._rank(node, order)
            self._after[node] = self._heads[bucket]
            self._heads[bucket] = node

    def _rank(self, node: int, order: int) -> int:
        if self._must[node]:
            return 255 if self._fresh[node] or self._roll(2) else 0
        if order == self._by_gain:
            return self._rank_by_gain(node)
        rank = self._ranks[order * self._nodes + node]
        return rank * (self._least[order] + self._roll(self._spread[order])) // 1000

    def _rank_by_gain(self, node: int) -> int:
        """By what would be gained in the cheapest gap there is now."""
        if not self._find(node):
            return 0
        gain = -self._found_price
        if gain <= 0:
            return 0
        group = self._group[node]
        cell = self._found_day * self._groups + group
        if self._in_group[cell] < self._fewest[cell]:
            gain = max(1, gain - 10 * self._bonus[group])
        return min(254, gain * (137 + self._roll(118)) // (10 * self._top))

    def _recreate(self) -> None:
        for bucket in range(255, -1, -1):
            node = self._heads[bucket]
            while node >= 0:
                if not self._taken[self._place[node]] and self._spent + self._cost[node] <= self._purse:
                    self._insert(node)
                node = self._after[node]

    def _find(self, node: int) -> bool:
        """Find the best gap in the days that changed, or in any when the node was just taken out."""
        best, best_day, best_at = self._least_gain, -1, -1
        fresh, group = self._fresh[node], self._group[node]
        for index in range(self._days if fresh else self._opened):
            day = index if fresh else self._open[index]
            cell, place = node * self._days + day, day * self._groups + group
            if (
                self._close[cell] < 0
                or self._duration[node] > self._widest[day]
                or self._in_group[place] >= self._limit[place]
            ):
                continue
            if self._seen_age[cell] != self._age[day]:
                self._look(node, day)
            if self._seen_price[cell] < best:
                best, best_day, best_at = self._seen_price[cell], day, self._seen_at[cell]
        self._found_price, self._found_day, self._found_at = best, best_day, best_at
        return best_day >= 0

    def _look(self, node: int, day: int) -> None:
        """Remember the best gap of a day as it is now: its price less what the node is worth there."""
        cell = node * self._days + day
        worth = 10 * self._marginal(node, day)
        self._found_price = limit = self._least_gain + worth
        if self._floating[node]:
            self._scan_floating(node, day)
        else:
            self._scan(node, day)
        self._seen_price[cell] = self._found_price - worth if self._found_price < limit else self._least_gain
        self._seen_at[cell], self._seen_age[cell] = self._found_at, self._age[day]

    def _insert(self, node: int) -> None:
        if not self._find(node):
            return
        day = self._found_day
        self._touch(day)
        base, at = day * self._room, self._found_at
        self._size[day] += 1
        for index in range(base + self._size[day] + 1, at, -1):
            self._seq[index] = self._seq[index - 1]
        self._seq[at] = node
        self._take_in(node, day)
        self._rebuild(day)

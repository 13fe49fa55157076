"""The routes of days and what may be done to them: where a node fits, what a route is worth, and going back.

Compiled together with the search, with the C types of `routes.pxd`.
"""

from shared.schedules.planning.kernel.problem import FAR, LARGEST, Problem
from shared.schedules.planning.kernel.tables import Tables, packed, packed_wide, plain

COMPILED = not __file__.endswith(".py")
make, make_wide = (packed, packed_wide) if COMPILED else (plain, plain)

BLINKS = 200
"""Every hundredth good gap is overlooked: up to so many pass between two."""

FACTOR = 1_999_999_335
"""Of the generator: FACTOR * 2^32 - 1 is a safe prime, so it repeats after 2^62 numbers (Marsaglia, 1994)."""

BROKEN = 1 << 50
"""What a route loses that cannot be gone: where a way is missing, taking a node out may break it."""

WAIT_SHARE = 3
"""Tenths of the price of travel that a gap with waiting costs."""


class Routes:
    """The routes of all days, and the dice.

    A route of `size[day]` nodes lies at `base = day * room`: `seq[base]` is its start, `seq[base + size + 1]`
    its end. Beside each stand the point where the route then is, when it is left, the latest moment to begin
    it, and the travel from the one before.
    """

    def __init__(self, problem: Problem, tables: Tables, seed: int) -> None:
        self._nodes, self._points, self._days = tables.nodes, tables.points, tables.days
        self._groups, self._kinds, self._width = tables.groups, tables.kinds, tables.width
        self._room = tables.nodes + 2
        self._walks = tables.walks
        self._far, self._largest = FAR, LARGEST
        self._purse, self._spent = problem.budget, 0
        self._read(tables)
        self._price(problem, tables)
        self._clear(tables)
        self._factor, self._mask = FACTOR, 0xFFFFFFFF
        self._state = ((seed * 2 + 1) & 0x7FFFFFFFFFFF) << 8 | 0x5D
        for _ in range(16):
            self._roll(2)
        self._blink = 1 + self._roll(BLINKS)

    def _read(self, tables: Tables) -> None:
        self._into, self._outof = tables.into, tables.outof
        self._into_walk, self._outof_walk = tables.into_walk, tables.outof_walk
        self._into_fare, self._outof_fare = tables.into_fare, tables.outof_fare
        self._first, self._last, self._count = tables.first, tables.last, tables.count
        self._close = tables.latest
        self._duration, self._prize, self._cost = tables.duration, tables.prize, tables.cost
        self._group, self._kind, self._place = tables.group, tables.kind, tables.place
        self._floating, self._shares = tables.floating, tables.shares
        self._opens, self._closes, self._limit = tables.opens, tables.closes, tables.limit
        self._day_walk, self._day_travel, self._day_fare = tables.day_walk, tables.day_travel, tables.day_fare
        self._fewest, self._bonus = tables.fewest, tables.bonus

    def _price(self, problem: Problem, tables: Tables) -> None:
        """What travel and waiting cost; for the search at least so much that shorter routes look better."""
        guide = max(1, tables.mean_prize // (10 * tables.mean_way), problem.travel_price)
        self._fare_price, self._wait_price = problem.travel_price, problem.wait_price
        self._fare_guide = guide
        self._gap_wait = max(WAIT_SHARE * guide, 10 * problem.wait_price)
        if tables.tolls:
            self._fare_price = self._fare_guide = 1
            self._gap_wait = 10 * problem.wait_price
        self._gap_fare = 10 * self._fare_guide
        self._shared, self._beyond = problem.shared, problem.beyond
        self._share_count = len(problem.shares)
        self._blinks = BLINKS

    def _clear(self, tables: Tables) -> None:
        cells, days, nodes = tables.days * self._room, tables.days, tables.nodes
        self._seq, self._old = make([0] * cells), make([0] * cells)
        self._spot, self._leave = make([0] * cells), make([0] * cells)
        self._due, self._ride, self._fare = make([0] * cells), make([0] * cells), make([0] * cells)
        self._size, self._old_size = make([0] * days), make([0] * days)
        self._worth, self._bent = make_wide([0] * days), make_wide([0] * days)
        self._walked, self._touched = make([0] * days), make([1] * days)
        self._open, self._opened = make([0] * days), 0
        self._gap, self._widest, self._age = make([0] * cells), make([0] * days), make([0] * days)
        self._in_group, self._of_kind = make([0] * days * tables.groups), make([0] * days * tables.kinds)
        self._where = make([-1] * nodes)
        self._taken = make([0] * tables.places)
        self._found_day, self._found_at, self._found_price = -1, -1, 0
        self._seen_at, self._seen_age = make([0] * nodes * days), make([0] * nodes * days)
        self._seen_price = make_wide([0] * nodes * days)
        for day in range(days):
            base = day * self._room
            self._seq[base] = self._spot[base] = tables.start[day]
            self._seq[base + 1] = self._spot[base + 1] = tables.end[day]
            self._rebuild(day)

    def _roll(self, sides: int) -> int:
        """A number from 0 up to `sides`, by multiply with carry."""
        self._state = self._factor * (self._state & self._mask) + (self._state >> 32)
        return (self._state & self._mask) * sides >> 32

    def _touch(self, day: int) -> None:
        """Remember a route before it is changed for the first time in an iteration."""
        if self._touched[day]:
            return
        base = day * self._room
        self._touched[day] = 1
        self._open[self._opened] = day
        self._opened += 1
        self._old_size[day] = self._size[day]
        for at in range(base, base + self._size[day] + 2):
            self._old[at] = self._seq[at]

    def _undo(self) -> None:
        """Put the routes back that this iteration changed."""
        for day in range(self._days):
            if self._touched[day]:
                base = day * self._room
                for at in range(base + 1, base + self._size[day] + 1):
                    self._leave_out(self._seq[at])
        for day in range(self._days):
            if self._touched[day]:
                base = day * self._room
                self._size[day] = self._old_size[day]
                for at in range(base + 1, base + self._size[day] + 2):
                    self._seq[at] = self._old[at]
                for at in range(base + 1, base + self._size[day] + 1):
                    self._take_in(self._seq[at], day)
                self._rebuild(day)

    def _leave_out(self, node: int) -> None:
        self._where[node] = -1
        self._taken[self._place[node]] = 0
        self._spent -= self._cost[node]

    def _take_in(self, node: int, day: int) -> None:
        self._where[node] = day
        self._taken[self._place[node]] = 1
        self._spent += self._cost[node]

    def _scan(self, node: int, day: int) -> None:
        """Find the cheapest gap of a day that costs less than what is known."""
        base, row, cell = day * self._room, node * self._points, node * self._days + day
        closes, duration, opens = self._close[cell], self._duration[node], self._first[cell * self._width]
        several, behind = self._count[cell] > 1, self._spot[base]
        for at in range(base + 1, base + self._size[day] + 2):
            before, behind = behind, self._spot[at]
            if self._gap[at] < duration:
                continue
            arrival = self._leave[at - 1] + self._into[row + before]
            if arrival > closes:
                return
            start = arrival if arrival > opens else opens
            if several:
                start = self._earliest(cell, arrival)
            if start + duration + self._outof[row + behind] > self._due[at]:
                continue
            more = self._into_fare[row + before] + self._outof_fare[row + behind] - self._fare[at]
            price = self._gap_fare * more + self._gap_wait * (start - arrival)
            if price < self._found_price and not self._overlooked() and self._near_enough(node, day, at):
                self._found_price, self._found_at = price, at

    def _scan_floating(self, node: int, day: int) -> None:
        """As `_scan`, for what is done wherever the route is and so costs nothing but waiting."""
        base, cell = day * self._room, node * self._days + day
        closes, duration = self._close[cell], self._duration[node]
        for at in range(base + 1, base + self._size[day] + 2):
            arrival = self._leave[at - 1]
            if arrival > closes:
                return
            start = self._earliest(cell, arrival)
            if start + duration + self._ride[at] <= self._due[at]:
                price = self._gap_wait * (start - arrival)
                if price < self._found_price and not self._overlooked():
                    self._found_price, self._found_at = price, at

    def _overlooked(self) -> bool:
        self._blink -= 1
        if self._blink > 0:
            return False
        self._blink = 1 + self._roll(self._blinks)
        return True

    def _near_enough(self, node: int, day: int, at: int) -> bool:
        """Whether the party still walks no more on the day than it can."""
        if not self._walks:
            return True
        row, before, behind = node * self._points, self._spot[at - 1], self._spot[at]
        more = self._into_walk[row + before] + self._outof_walk[row + behind]
        if before < self._nodes:
            more -= self._outof_walk[before * self._points + behind]
        elif behind < self._nodes:
            more -= self._into_walk[behind * self._points + before]
        return self._walked[day] + more <= self._day_walk[day]

    def _earliest(self, cell: int, arrival: int) -> int:
        """The first moment from an arrival on at which a node may begin."""
        window = cell * self._width
        for index in range(window, window + self._count[cell]):
            if arrival <= self._last[index]:
                return arrival if arrival > self._first[index] else self._first[index]
        return self._far

    def _latest(self, cell: int, moment: int) -> int:
        """The last moment up to a given one at which a node may begin."""
        window = cell * self._width
        for index in range(window + self._count[cell] - 1, window - 1, -1):
            if moment >= self._first[index]:
                return moment if moment < self._last[index] else self._last[index]
        return -1

    def _rebuild(self, day: int) -> None:
        """Work out a route anew: times, travel, walking, what it holds and what it is worth."""
        base, behind = day * self._room, day * self._room + self._size[day] + 1
        self._leave[base] = self._opens[day]
        for index in range(day * self._groups, (day + 1) * self._groups):
            self._in_group[index] = 0
        for index in range(day * self._kinds, (day + 1) * self._kinds):
            self._of_kind[index] = 0
        self._walked[day] = 0
        prize, fares, wait, broken = 0, 0, 0, False
        for at in range(base + 1, behind):
            node = self._seq[at]
            self._arrive(day, at)
            arrival = self._leave[at - 1] + self._ride[at]
            start = self._earliest(node * self._days + day, arrival)
            if start == self._far:
                broken, arrival = True, start
            self._leave[at] = start + self._duration[node]
            fares += self._fare[at]
            wait += start - arrival
            prize += self._marginal(node, day)
            self._of_kind[day * self._kinds + self._kind[node]] += 1
            self._in_group[day * self._groups + self._group[node]] += 1
        self._return(day, behind)
        if behind > base + 1:
            fares += self._fare[behind]
        self._worth[day] = prize - self._fare_price * fares - self._wait_price * wait
        self._bent[day] = prize - self._fare_guide * fares - self._wait_price * wait
        if behind > base + 1 and (broken or self._leave[behind - 1] + self._ride[behind] > self._closes[day]):
            self._worth[day] = self._bent[day] = -BROKEN
        self._set_dues(day, base, behind)
        self._age[day] += 1

    def _arrive(self, day: int, at: int) -> None:
        """The way to a stop from the one before; something floating happens where the route is."""
        node, before = self._seq[at], self._spot[at - 1]
        if self._floating[node]:
            self._ride[at], self._fare[at], self._spot[at] = 0, 0, before
            return
        way = node * self._points + before
        self._ride[at], self._fare[at], self._spot[at] = self._into[way], self._into_fare[way], node
        if self._walks:
            self._walked[day] += self._into_walk[way]

    def _return(self, day: int, behind: int) -> None:
        """The way to where the day ends."""
        before, end = self._spot[behind - 1], self._seq[behind]
        self._spot[behind] = end
        if before >= self._nodes:
            self._ride[behind], self._fare[behind] = self._day_travel[day], self._day_fare[day]
            return
        way = before * self._points + end
        self._ride[behind], self._fare[behind] = self._outof[way], self._outof_fare[way]
        if self._walks:
            self._walked[day] += self._outof_walk[before * self._points + end]

    def _marginal(self, node: int, day: int) -> int:
        """What a node is worth after those that are on the day already."""
        times, cell = (
            self._of_kind[day * self._kinds + self._kind[node]],
            day * self._groups + self._group[node],
        )
        share = self._shares[times if times < self._share_count else self._share_count - 1]
        prize, bonus = self._prize[node], 0
        if self._in_group[cell] < self._fewest[cell]:
            bonus = self._bonus[self._group[node]]
        elif self._fewest[cell]:
            share = share * self._beyond // 100
        part = prize if prize < self._shared else self._shared
        return prize + bonus - part + part * share // 100

    def _set_dues(self, day: int, base: int, behind: int) -> None:
        """The latest moment to begin each stop so that all that follows is in time."""
        due, widest = self._closes[day], 0
        self._due[behind] = due
        for at in range(behind - 1, base, -1):
            node = self._seq[at]
            due = self._latest(node * self._days + day, due - self._ride[at + 1] - self._duration[node])
            self._due[at] = due
        for at in range(base + 1, behind + 1):
            gap = self._due[at] - self._leave[at - 1]
            widest = gap if gap > widest else widest
            self._gap[at] = -1 if self._seq[at] < self._nodes and self._floating[self._seq[at]] else gap
        self._widest[day] = widest

"""Travel, walking and price of every way between the points of a kernel problem, in whole numbers."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from shared.schedules.planning.kernel import FAR
from shared.schedules.planning.optimiser import worth
from shared.schedules.planning.optimiser.frames import AIRPORT_BUFFER, Frame
from shared.schedules.planning.optimiser.stays import BENCH
from shared.schedules.planning.optimiser.timeline import BOARDING, COUNTED_METRES
from shared.schedules.planning.optimiser.travel import NO_CAR, PARK_MINUTES
from shared.schedules.planning.optimiser.world import World

POINT = 100
"""The kernel's whole numbers per point of a place's score."""

STEP = 5
"""Stays begin at full five minutes, so a way to one takes as many."""

CAR_WALK = 5
"""Minutes between a car park and a place, as a drive from city to city counts them."""


class Way(NamedTuple):
    """Minutes, metres on foot, and the price in the kernel's numbers."""

    minutes: int
    walk: int
    price: int


NO_WAY = Way(FAR, 0, FAR)


class Matrices:
    """Rows for points that are spots (`BENCH`: nowhere); the first `places` of them are places to stay at.

    A car is taken to stand where it was left for the place itself; the day's own simulation knows better.
    Rows of one spot are one list.
    """

    def __init__(self, world: World, frames: Sequence[Frame], points: Sequence[int], places: int) -> None:
        self._world, self._instance, self._points, self._places = world, world.instance, points, places
        self._drives = self._instance.by_car and not all(frame.car_stays for frame in frames)
        self._columns: dict[int, list[int]] = {}
        for at, spot in enumerate(points):
            if spot != BENCH:
                self._columns.setdefault(self._instance.spots[spot].stop, []).append(at)
        self._ways: dict[tuple[int, int], Way] = {}
        for stop in self._columns:
            self._add_ways(stop)
        blank = ([FAR] * len(points), [0] * len(points), [FAR] * len(points))
        rows = {BENCH: blank}
        onward = {pair for frame in frames for pair in combinations(frame.chain, 2)}
        for spot in {*points} - {BENCH}:
            rows[spot] = self._row(spot, onward)
        self.travel = [rows[spot][0] for spot in points]
        self.walk = [rows[spot][1] for spot in points]
        self.toll = [rows[spot][2] for spot in points]

    def _add_ways(self, stop: int) -> None:
        """The ways inside a stop; estimates without a car are the same in both directions."""
        spots = sorted({self._points[at] for at in self._columns[stop]} | {self._instance.gateway[stop]})
        both = not self._drives and not self._instance.brief.known
        for at, a in enumerate(spots):
            for b in spots[at:] if both else spots:
                way = self._within(a, b)
                self._ways[a, b] = way
                if both:
                    self._ways[b, a] = way

    def _within(self, a: int, b: int) -> Way:
        travel, car = self._world.travel, NO_CAR
        if self._drives:
            park = travel.park_of(a)
            car = park if park >= 0 else self._instance.lodging[self._instance.spots[a].stop]
        leg = travel.leg(a, b, car)
        return NO_WAY if leg is None else Way(leg.minutes, leg.walk, _price(leg.minutes, leg.metres))

    def _row(self, spot: int, onward: set[tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
        size, own = len(self._points), self._instance.spots[spot].stop
        travel, walk, toll = [FAR] * size, [0] * size, [FAR] * size
        for stop, columns in self._columns.items():
            if stop != own and (own, stop) not in onward:
                continue
            for at in columns:
                other = self._points[at]
                way = self._ways[spot, other] if stop == own else self._between(spot, other)
                rounded = at < self._places and way.minutes < FAR
                travel[at] = -(-way.minutes // STEP) * STEP if rounded else way.minutes
                walk[at], toll[at] = way.walk, way.price
        return travel, walk, toll

    def _between(self, a: int, b: int) -> Way:
        """The way to a later stop of the day: by car from door to door, else from gateway to gateway."""
        instance = self._instance
        first, last = instance.spots[a].stop, instance.spots[b].stop
        transfers = instance.brief.transfers[first:last]
        minutes = sum(transfer.minutes for transfer in transfers)
        price = sum(_price(transfer.minutes, transfer.metres) for transfer in transfers)
        if instance.by_car and all(transfer.mode == "car" for transfer in transfers):
            parks = [self._world.travel.park_of(spot) for spot in (a, b)]
            if min(parks) < 0:
                return NO_WAY
            walks = sum(park != spot for park, spot in zip(parks, (a, b), strict=True))
            return Way(minutes + PARK_MINUTES + CAR_WALK * walks, 0, price)
        to, on = self._ways[a, instance.gateway[first]], self._ways[instance.gateway[last], b]
        if FAR in (to.minutes, on.minutes):
            return NO_WAY
        boarding = AIRPORT_BUFFER if transfers[0].mode == "flight" else BOARDING
        return Way(
            minutes + boarding + to.minutes + on.minutes, to.walk + on.walk, price + to.price + on.price
        )


def _price(minutes: int, metres: int) -> int:
    points = worth.TRAVEL_MINUTE * minutes + worth.TRAVEL_METRE * min(metres, COUNTED_METRES)
    return round(POINT * points)

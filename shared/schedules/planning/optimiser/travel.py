"""Legs between spots: which mode, how long, how far on foot, and where the car is left; all whole numbers.

Ways that the route service has told are taken as told. The rest is estimated with constants fitted to the
answers of the route service's stand-in for the cities of its catalogue (`./tripgen bench travel`), rounded to
the cautious side: on foot 4 km/h is kept, though the service walks 4.8.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from shared.schedules.planning.document import Mode
from shared.schedules.planning.optimiser.geometry import DETOUR
from shared.schedules.planning.optimiser.instance import Instance
from shared.schedules.planning.optimiser.party import CROW_METRES_ALWAYS_WALKED, WALK_METRES_PER_MINUTE
from shared.schedules.planning.ways import Kind, Measured, Way, way

NO_CAR = -1
SAME_POINT_METRES = 20
LONGEST_RIDE, LONGEST_WALK = 60, 20
CITY_METRES = 8_000
PUBLIC_WALK, PUBLIC_WAIT, PUBLIC_LEAST = 600, 3, 8
PUBLIC_SPEED, PUBLIC_FAR_SPEED = 367, 1_200
ROAD_START, ROAD_SPEED, ROAD_FAR_SPEED = 2, 417, 1_200
"""Metres, minutes and street metres a minute: 22 km/h by public transport and 25 by road in town.

The service waits 5 minutes; two of them are in the slow walk to and from the stops.
"""
TOP_SPEED = 660
TAXI_WAIT, PARK_MINUTES = 5, 3
MOTORWAY_SPEED = 1_500


@dataclass(frozen=True, slots=True)
class Leg:
    """One way: minutes and metres all told, metres of it on foot, and the spot where the car then stands."""

    mode: Mode
    minutes: int
    metres: int
    walk: int
    car: int = NO_CAR


class Travel:
    """Looks legs up, computing each once.

    A way that the brief knows is taken as it is told, any other is estimated and put down in `unknown`, if
    given.
    """

    def __init__(self, instance: Instance, unknown: set[Way] | None = None) -> None:
        self._instance = instance
        self._limits = instance.limits
        self._always_walked = int(instance.limits.always_walked * DETOUR)
        self._exempt = frozenset(instance.gateway)
        self._known: Mapping[Way, Measured] = instance.brief.known
        self._unknown = unknown
        self._legs: dict[tuple[int, int, int], Leg | None] = {}
        self._park = [self._nearest_park(spot) for spot in range(len(instance.spots))]

    def leg(self, a: int, b: int, car: int) -> Leg | None:
        """The leg from spot `a` to spot `b` with the car standing at `car`; None when none is allowed.

        To a lodging or gateway a car that stands elsewhere is fetched and driven, unless it is a short walk.
        """
        key = (a, b, car)
        try:
            return self._legs[key]
        except KeyError:
            leg = self._legs[key] = self._find(a, b, car)
            return leg

    def park_of(self, spot: int) -> int:
        """Where a car going to this spot is left; -1 when no car park is within the party's walk."""
        return self._park[spot]

    def hop_minutes(self, first: int, last: int) -> int:
        """Minutes of the transfers from one stop to a later one."""
        return sum(t.minutes for t in self._instance.brief.transfers[first:last])

    def _find(self, a: int, b: int, car: int) -> Leg | None:
        spots = self._instance.spots
        if spots[a].stop != spots[b].stop:
            return self._intercity_drive(a, b, car) if car != NO_CAR else None
        metres = self._instance.between(a, b)
        if metres < SAME_POINT_METRES:
            to_node = a != b and "node" in (spots[a].role, spots[b].role)
            return Leg("walk", int(to_node), metres, metres, car)
        fetches_car = car not in (NO_CAR, b) and spots[b].role == "node"
        leg = self._fetch(a, b, car) if fetches_car else self._choose(a, b, car)
        if leg is not None and leg.minutes > LONGEST_RIDE and not {a, b} & self._exempt:
            return None
        return leg

    def _choose(self, a: int, b: int, car: int) -> Leg | None:
        """On foot when near enough, else by the party's vehicle."""
        on_foot = self._walk_instead(a, b, car)
        if on_foot is not None:
            return on_foot
        if car == NO_CAR:
            return self._ride(a, b)
        return None if self._instance.between(a, b) <= self._always_walked else self._drive(a, b, car)

    def _fetch(self, a: int, b: int, car: int) -> Leg | None:
        """Back to the car and on to a lodging or gateway; on foot if all that is but a short walk."""
        drive = self._drive(a, b, car)
        if drive is not None and drive.metres > CROW_METRES_ALWAYS_WALKED:
            return drive
        return self._walk_instead(a, b, car)

    def _walk_instead(self, a: int, b: int, car: int) -> Leg | None:
        """The walk, where the party would rather walk than ride and the walk is no more than it should do."""
        if self._instance.between(a, b) > max(self._limits.stroll, self._always_walked):
            return None
        return self._on_foot(a, b, car)

    def _on_foot(self, a: int, b: int, car: int) -> Leg | None:
        if car != NO_CAR and self._instance.between(car, b) > self._limits.leg_walk:
            return None
        on_foot = self._way("walk", a, b)
        if on_foot.metres > self._limits.leg_walk or on_foot.minutes > LONGEST_WALK:
            return None
        return Leg("walk", on_foot.minutes, on_foot.metres, on_foot.metres, car)

    def _ride(self, a: int, b: int) -> Leg:
        """By public transport, by taxi where that is too much on foot for the party."""
        if not self._limits.step_free_only:
            ride = self._way("public", a, b)
            fits = ride.walk <= self._limits.leg_walk and walk_minutes(ride.walk) <= LONGEST_WALK
            if fits and ride.walk == ride.metres:
                return Leg("walk", ride.minutes, ride.metres, ride.metres)
            if fits:
                return Leg("public", ride.minutes, ride.metres, ride.walk)
        road = self._way("road", a, b)
        return Leg("taxi", TAXI_WAIT + road.minutes, road.metres, 0)

    def _drive(self, a: int, b: int, car: int) -> Leg | None:
        park = self._park[b]
        if park < 0:
            return None
        if park == car:
            return self._on_foot(a, b, car) if self._instance.between(a, b) <= self._limits.leg_walk else None
        back, on = self._way("walk", a, car), self._way("walk", park, b)
        on_foot = back.metres + on.metres
        if on_foot > self._limits.leg_walk:
            return None
        road = self._way("road", car, park)
        minutes = PARK_MINUTES + road.minutes + back.minutes + on.minutes
        return Leg("car", minutes, road.metres + on_foot, on_foot, park)

    def _way(self, kind: Kind, a: int, b: int) -> Measured:
        """As the route service tells it, else the estimate."""
        metres = self._instance.between(a, b)
        if metres >= SAME_POINT_METRES and (self._known or self._unknown is not None):
            asked = _asked(self._instance, kind, a, b)
            known = self._known.get(asked)
            if known is not None:
                return known
            if self._unknown is not None:
                self._unknown.add(asked)
        return estimated(kind, metres)

    def _intercity_drive(self, a: int, b: int, car: int) -> Leg | None:
        park = self._park[b]
        if park < 0:
            return None
        back, on = self._way("walk", a, car), self._way("walk", park, b)
        on_foot = back.metres + on.metres
        if on_foot > self._limits.leg_walk:
            return None
        first, last = self._instance.spots[a].stop, self._instance.spots[b].stop
        transfers = self._instance.brief.transfers[first:last]
        road = max(sum(t.metres for t in transfers), self._instance.between(car, park))
        driving = max(self.hop_minutes(first, last), ceil(road / MOTORWAY_SPEED))
        minutes = PARK_MINUTES + driving + back.minutes + on.minutes
        return Leg("car", minutes, road + on_foot, on_foot, park)

    def _nearest_park(self, spot: int) -> int:
        instance = self._instance
        if instance.spots[spot].role in ("node", "parking"):
            return spot
        parks = instance.parks[instance.spots[spot].stop]
        nearest = min(parks, key=lambda park: (instance.between(spot, park), park), default=-1)
        if nearest < 0 or instance.between(spot, nearest) > self._limits.leg_walk:
            return -1
        return nearest


def walked_metres(instance: Instance, a: int, b: int) -> int:
    """Metres on foot between two spots of a stop, as told or estimated."""
    known = instance.brief.known.get(_asked(instance, "walk", a, b)) if instance.brief.known else None
    return instance.between(a, b) if known is None else known.metres


def _asked(instance: Instance, kind: Kind, a: int, b: int) -> Way:
    start, end = instance.spots[a], instance.spots[b]
    return way(kind, instance.brief.stops[start.stop].zone, start.point, end.point)


def estimated(kind: Kind, metres: int) -> Measured:
    """Minutes of a way of some street metres, and how much of it is on foot."""
    if kind == "walk":
        return Measured(walk_minutes(metres), metres, metres)
    if kind == "public":
        return Measured(public_minutes(metres), metres, min(PUBLIC_WALK, metres))
    return Measured(road_minutes(metres), metres, 0)


def walk_minutes(metres: int) -> int:
    """Minutes on foot at 4 km/h, rounded up; at least one for any way at all."""
    return ceil(metres / WALK_METRES_PER_MINUTE)


def public_minutes(metres: int) -> int:
    """Minutes by public transport door to door, walking and waiting included; at most 40 km/h over all."""
    on_foot = walk_minutes(min(PUBLIC_WALK, metres)) + PUBLIC_WAIT
    near, far = min(metres, CITY_METRES), max(0, metres - CITY_METRES)
    minutes = on_foot + ceil(near / PUBLIC_SPEED) + ceil(far / PUBLIC_FAR_SPEED)
    return max(PUBLIC_LEAST, minutes, ceil(metres / TOP_SPEED))


def road_minutes(metres: int) -> int:
    """Minutes on the road: 25 km/h in town, faster beyond 8 km, at most 40 km/h over all."""
    near, far = min(metres, CITY_METRES), max(0, metres - CITY_METRES)
    return max(1, ROAD_START + ceil(near / ROAD_SPEED) + ceil(far / ROAD_FAR_SPEED), ceil(metres / TOP_SPEED))

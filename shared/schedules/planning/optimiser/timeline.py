"""One day lived minute by minute: the only place that decides whether a sequence of stays works, and when.

The same simulation judges an insertion during the search and times the delivered plan, so what was found
feasible is what is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.schedules.planning.brief import Interval
from shared.schedules.planning.optimiser.frames import AIRPORT_BUFFER, Frame
from shared.schedules.planning.optimiser.instance import TEMPOS, Instance
from shared.schedules.planning.optimiser.opening import first_start
from shared.schedules.planning.optimiser.travel import NO_CAR, Leg, Travel

VISIT, LUNCH, DINNER, REST, HOP = range(5)
BENCH = -1
"""The spot of a rest taken where the party already is."""

LUNCH_WINDOW, DINNER_WINDOW = (690, 840), (1050, 1200)
MEAL_WINDOWS = {LUNCH: LUNCH_WINDOW, DINNER: DINNER_WINDOW}
MEAL_MINUTES = {LUNCH: (60, 60, 45, 45), DINNER: (75, 75, 60, 60)}
MEAL_OVERLAP = 60
REST_MINUTES = 30
REST_APART = 45
INTERRUPTING_RIDE = 20
SHORT_DAY, LONG_ENOUGH = 240, 420
SHORT_DAY_SHARE = 0.2
BOARDING = 10

MEAL_BONUS = 30.0
MEAL_WORTH, REST_WORTH, PLACE_WORTH, STOP_WORTH = 4_000.0, 2_500.0, 300.0, 400.0
TRAVEL_COST, METRE_COST, WAIT_COST, LATE_START_COST = 0.6, 0.003, 0.3, 0.4
BAD_WEATHER_COST = 70.0
LATE_COST, STRETCH_COST, CAR_AWAY_COST = 6_000.0, 2_000.0, 300.0
TEMPO_WORTH = (1.0, 0.94, 0.86, 0.76)
REPEAT_WORTH = (1.0, 0.7, 0.5, 0.4, 0.3, 0.3, 0.3)
BEYOND_LEAST_WORTH = 0.6
SIDE_BY_SIDE_COST = 40.0


class Token(NamedTuple):
    """One thing to do: a role, and the spot it is done at (for a hop: the stop that is reached)."""

    role: int
    spot: int


class Ride(NamedTuple):
    """A leg in time, and the spot it leads to."""

    leg: Leg
    depart: int
    arrive: int
    spot: int


@dataclass(frozen=True, slots=True)
class Stay:
    """A token in time. `rides` lead to it; it lasts from `start` to `end` with the car standing at `car`."""

    token: Token
    rides: tuple[Ride, ...]
    start: int
    end: int
    car: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A day as it went: its worth to the search, its stays, and the rides home; it ends at `arrive`.

    `sound` tells whether it keeps its pace, meals and rests.
    """

    value: float
    tokens: tuple[Token, ...]
    tempo: int
    stays: tuple[Stay, ...]
    home: tuple[Ride, ...]
    arrive: int
    sound: bool


class Clock:
    """Simulates days of an instance. `bad[day]` are the intervals in which being outdoors is unpleasant."""

    def __init__(self, instance: Instance, travel: Travel, bad: list[tuple[Interval, ...]]) -> None:
        self.instance = instance
        self.travel = travel
        self.bad = bad
        self.outdoor = [s.candidate is not None and s.candidate.indoor is not True for s in instance.spots]
        self.category = [s.candidate.category if s.candidate else "" for s in instance.spots]

    def live(self, frame: Frame, tokens: Sequence[Token]) -> Outcome | None:
        """The day with these stays in this order, at the most leisurely tempo that works; None when none does.

        Visits are shortened much only as long as the day has no more of them than it must.
        """
        visits = sum(token.role == VISIT for token in tokens)
        if visits > frame.places[1]:
            return None
        for tempo in range(len(TEMPOS) if visits <= frame.places[0] else 2):
            day = LivedDay(self, frame, tempo)
            if all(day.add(token) for token in tokens):
                outcome = day.finish(tuple(tokens))
                if outcome is not None:
                    return outcome
        return None

    def is_bad(self, frame: Frame, start: int, end: int) -> bool:
        """Whether a stay touches a slot of bad weather."""
        return any(start < until and since < end for since, until in self.bad[frame.index])


class LivedDay:
    """The state of a day while it is being lived."""

    __slots__ = (
        "car",
        "clock",
        "first",
        "frame",
        "ridden",
        "last_rest",
        "rides",
        "now",
        "roles",
        "seen",
        "since",
        "sound",
        "spot",
        "stays",
        "stop",
        "tempo",
        "value",
        "walked",
    )

    def __init__(self, clock: Clock, frame: Frame, tempo: int) -> None:
        self.clock, self.frame, self.tempo = clock, frame, tempo
        self.now = self.first = self.since = frame.earliest
        self.spot = clock.instance.start_spot(frame)
        self.car = self.spot if clock.instance.by_car and not frame.car_stays else NO_CAR
        self.stop = frame.chain[0]
        self.value = 0.0
        self.sound = True
        self.walked = self.ridden = 0
        self.last_rest = -REST_APART
        self.seen: dict[str, int] = {}
        self.roles = [0, 0, 0, 0, 0]
        self.rides: list[Ride] = []
        self.stays: list[Stay] = []

    def add(self, token: Token) -> bool:
        """Do the next thing; False when it cannot be done after all that came before."""
        role, spot = token
        self.roles[role] += 1
        if role == HOP:
            return self._hop(spot)
        if spot == BENCH:
            return self._bench(token)
        if self.clock.instance.spots[spot].stop != self.stop:
            return False
        leg = self.clock.travel.leg(self.spot, spot, self.car)
        if leg is None:
            return False
        arrival = -(-(self.now + leg.minutes) // 5) * 5
        minutes, start = self._stay(role, spot, arrival)
        if start < 0:
            return False
        if not self.stays and not self.rides:
            self._leave_later(start - leg.minutes)
        if self._walks_too_far(leg):
            return False
        self._go(leg, spot)
        return self._settle(token, start, start + minutes)

    def _stay(self, role: int, spot: int, arrival: int) -> tuple[int, int]:
        """Length and start of a stay, start -1 when the place is closed or the meal out of its window."""
        if role == REST:
            return REST_MINUTES, first_start(self._hours(spot), arrival, REST_MINUTES)
        if role == VISIT:
            minutes = self.clock.instance.minutes[self.tempo][spot]
            return minutes, first_start(self._hours(spot), arrival, minutes)
        opens, closes = MEAL_WINDOWS[role]
        minutes = MEAL_MINUTES[role][self.tempo]
        start = first_start(self._hours(spot), max(arrival, opens), minutes)
        return minutes, start if start <= closes else -1

    def _hours(self, spot: int) -> tuple[Interval, ...]:
        return self.clock.instance.hours[self.frame.index].get(spot, ())

    def _leave_later(self, moment: int) -> None:
        """Start the day no earlier than needed for its first stay, and no later than check-out."""
        later = max(self.now, moment // 10 * 10)
        if self.frame.leave_by is not None:
            later = min(later, max(self.now, self.frame.leave_by))
        self.value -= LATE_START_COST * max(0, later - self.now - 30)
        self.now = self.first = self.since = later

    def _walks_too_far(self, leg: Leg) -> bool:
        return self.walked + leg.walk > self.clock.instance.limits.day_walk

    def _go(self, leg: Leg, spot: int) -> None:
        arrive = self.now + leg.minutes
        if leg.minutes:
            self.rides.append(Ride(leg, self.now, arrive, spot))
        self.walked += leg.walk
        self.value -= TRAVEL_COST * leg.minutes + METRE_COST * min(leg.metres, 60_000)
        if leg.mode != "walk" and leg.minutes >= INTERRUPTING_RIDE:
            self._interrupt(self.now, arrive)
        self.now, self.spot, self.car = arrive, spot, leg.car

    def _interrupt(self, start: int, end: int) -> None:
        stretch = self.clock.instance.limits.stretch
        over = start - self.since - stretch
        if stretch and over > 0:
            self.value -= STRETCH_COST + 5 * over
            self.sound = False
        self.since = end

    def _settle(self, token: Token, start: int, end: int) -> bool:
        self.value -= WAIT_COST * max(0, start - self.now - 5)
        if token.role == VISIT:
            self._enjoy(token.spot, start, end)
        elif not self._pause(token, start, end):
            return False
        if self._outdoors(token) and self.clock.is_bad(self.frame, start, end):
            self.value -= BAD_WEATHER_COST
        self.stays.append(Stay(token, tuple(self.rides), start, end, self.car))
        self.rides = []
        self.now = end
        return end <= self.frame.latest

    def _outdoors(self, token: Token) -> bool:
        return self.clock.outdoor[self.spot if token.spot == BENCH else token.spot]

    def _enjoy(self, spot: int, start: int, end: int) -> None:
        instance = self.clock.instance
        category = self.clock.category[spot]
        times = self.seen.get(category, 0)
        self.seen[category] = times + 1
        worth = instance.score[spot] * REPEAT_WORTH[min(times, 6)] * TEMPO_WORTH[self.tempo]
        if self.roles[VISIT] > self.frame.places[0]:
            worth *= BEYOND_LEAST_WORTH
        self.value += worth - (5.0 if category == "rest" and start < 14 * 60 else 0.0)

    def _pause(self, token: Token, start: int, end: int) -> bool:
        """A meal or a rest: both interrupt; two rests keep apart."""
        self._interrupt(start, end)
        if self.stays and self.stays[-1].token.role != VISIT:
            self.value -= SIDE_BY_SIDE_COST
        if token.role != REST:
            self.value += MEAL_BONUS + self.clock.instance.score[token.spot]
            return True
        apart = start - self.last_rest >= REST_APART
        self.last_rest = end
        self.value += 12.0 if token.spot != BENCH else 0.0
        return apart

    def _bench(self, token: Token) -> bool:
        if not self.stays or self.rides or self.stays[-1].token.role == REST:
            return False
        return self._settle(token, self.now, self.now + REST_MINUTES)

    def _hop(self, stop: int) -> bool:
        """Travel to the next stop: by car from door to door later on, else from gateway to gateway now."""
        instance = self.clock.instance
        if self.stop != stop - 1:
            return False
        self.stop = stop
        transfer = instance.brief.transfers[stop - 1]
        if instance.by_car and transfer.mode == "car":
            return True
        gateway = instance.gateway[stop - 1]
        leg = self.clock.travel.leg(self.spot, gateway, self.car)
        if leg is None or self._walks_too_far(leg):
            return False
        self._go(leg, gateway)
        boarding = AIRPORT_BUFFER if transfer.mode == "flight" else BOARDING
        if self.rides:
            self.now = -(-(self.now + boarding) // 5) * 5
        mode = transfer.mode if transfer.mode in ("intercity", "flight") else "intercity"
        car = instance.gateway[stop] if instance.by_car else NO_CAR
        ride = Leg("flight" if mode == "flight" else "intercity", transfer.minutes, transfer.metres, 0, car)
        self.ridden += transfer.minutes
        self._go(ride, instance.gateway[stop])
        return True

    def finish(self, tokens: tuple[Token, ...]) -> Outcome | None:
        """The way to the end node, and what the day as a whole is worth; None when it ends too late."""
        frame, end = self.frame, self.clock.instance.end_spot(self.frame)
        leg = self.clock.travel.leg(self.spot, end, self.car)
        if leg is None or self._walks_too_far(leg):
            return None
        left_behind = self.car not in (NO_CAR, end) and leg.mode == "walk" and leg.minutes > 0
        leave = self._leave_for_home(leg)
        self.value -= WAIT_COST * 0.5 * (leave - self.now)
        self.now = leave
        self._go(leg, end)
        self._interrupt(self.now, self.now)
        late = self.now - frame.latest
        if late > 0 and self.roles[VISIT] + self.roles[REST] + self.roles[LUNCH] + self.roles[DINNER]:
            return None
        self.value -= (LATE_COST + 10 * late) if late > 0 else 0.0
        self.value -= CAR_AWAY_COST if left_behind else 0.0
        worth = self._worth_of_the_whole()
        self.value += worth
        sound = self.sound and worth == 0
        return Outcome(self.value, tokens, self.tempo, tuple(self.stays), tuple(self.rides), self.now, sound)

    def _leave_for_home(self, leg: Leg) -> int:
        """When to set off: at once, for check-in, or as late as a fixed departure and the meals allow."""
        frame = self.frame
        leave = max(self.now, frame.home_from - leg.minutes)
        if self.rides:
            return leave
        until = frame.latest - leg.minutes
        if not self.stays:
            return self._leave_at_last(max(leave, until) if frame.held_until_end else leave, leg.minutes)
        if not frame.held_until_end:
            return leave
        if not self.roles[DINNER] and frame.is_half:
            until = min(until, DINNER_WINDOW[0] + MEAL_OVERLAP - 5 - leg.minutes)
        if not self.roles[LUNCH] and frame.is_half:
            until = min(until, LUNCH_WINDOW[0] + MEAL_OVERLAP - 5 - leg.minutes)
        if self.clock.instance.limits.stretch:
            until = min(until, self.since + self.clock.instance.limits.stretch - leg.minutes)
        return max(leave, until)

    def _leave_at_last(self, leave: int, minutes: int) -> int:
        """When to set off on a day of travel alone: check-out comes before check-in."""
        if self.frame.leave_by is not None:
            leave = min(leave, max(self.now, self.frame.leave_by))
        self.value -= LATE_COST / 2 if leave + minutes < self.frame.home_from else 0.0
        self.first = self.since = leave
        return leave

    def _worth_of_the_whole(self) -> float:
        """Worth of keeping the pace, the meals and the rests of the day; missing ones cost."""
        frame, worth = self.frame, 0.0
        for role in (LUNCH, DINNER):
            missing = not self.roles[role] and self._has_window(role)
            worth -= MEAL_WORTH if missing else 0.0
        ease = SHORT_DAY_SHARE if self._is_short() else 1.0
        worth -= ease * PLACE_WORTH * max(0, frame.places[0] - self.roles[VISIT])
        worth -= ease * REST_WORTH * max(0, frame.rests - self.roles[REST])
        return worth - STOP_WORTH * self._unseen_stops()

    def _is_short(self) -> bool:
        """Whether the day needs no number of places, as neither it nor the time there is for it is long enough."""
        frame = self.frame
        if not frame.is_half or frame.latest - frame.earliest - self.ridden >= LONG_ENOUGH:
            return False
        return self.now - self.first - self.ridden < SHORT_DAY

    def _has_window(self, role: int) -> bool:
        if not self.frame.is_half:
            return True
        opens, closes = MEAL_WINDOWS[role]
        return min(closes, self.now) - max(opens, self.first) >= MEAL_OVERLAP

    def _unseen_stops(self) -> int:
        """Day stops passed without a visit."""
        instance = self.clock.instance
        passed = {stop for stop in self.frame.chain if instance.brief.stops[stop].nights == 0}
        return len(passed - {instance.spots[s.token.spot].stop for s in self.stays if s.token.role == VISIT})

"""One day lived minute by minute: the only place that decides whether a sequence of stays works, and when.

The same simulation judges an insertion during the search and times the delivered plan, so what was found
feasible is what is written.
"""

from collections.abc import Sequence

from shared.schedules.planning.brief import Interval
from shared.schedules.planning.document import Mode
from shared.schedules.planning.optimiser import worth
from shared.schedules.planning.optimiser.frames import AIRPORT_BUFFER, Frame
from shared.schedules.planning.optimiser.instance import TEMPOS
from shared.schedules.planning.optimiser.opening import first_start
from shared.schedules.planning.optimiser.shortfall import MEAL_OVERLAP, Span, shortfall
from shared.schedules.planning.optimiser.stays import (
    BENCH,
    DINNER,
    DINNER_WINDOW,
    HOP,
    LUNCH,
    LUNCH_WINDOW,
    MEAL_MINUTES,
    MEAL_WINDOWS,
    REST,
    VISIT,
    Outcome,
    Ride,
    Stay,
    Token,
)
from shared.schedules.planning.optimiser.travel import NO_CAR, Leg
from shared.schedules.planning.optimiser.world import World

REST_MINUTES = 30
REST_APART = 45
INTERRUPTING_RIDE = 20
BOARDING = 10
UNHURRIED_TEMPOS = 2
LATE_START_ALLOWED, WAIT_ALLOWED = 30, 5
COUNTED_METRES = 60_000
DUSK, BATHING_FROM = 1_110, 840


class LivedDay:
    """The state of a day while it is being lived."""

    __slots__ = (
        "car",
        "first",
        "frame",
        "last_rest",
        "now",
        "ridden",
        "rides",
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
        "world",
    )

    def __init__(self, world: World, frame: Frame, tempo: int) -> None:
        self.world, self.frame, self.tempo = world, frame, tempo
        self.now = self.first = self.since = frame.earliest
        self.spot = world.instance.start_spot(frame)
        self.car = self.spot if world.instance.by_car and not frame.car_stays else NO_CAR
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
        return self.world.instance.spots[spot].stop == self.stop and self._call_at(token)

    def _call_at(self, token: Token) -> bool:
        """Go to a place and stay there; False when there is no way, no time, or it is closed."""
        role, spot = token
        leg = self.world.travel.leg(self.spot, spot, self.car)
        if leg is None or self._walks_too_far(leg):
            return False
        minutes, start = self._stay(role, spot, _next_five(self.now + leg.minutes))
        if start < 0:
            return False
        if not self.stays and not self.rides:
            self._leave_later(start - leg.minutes)
        self._go(leg, spot)
        return self._settle(token, start, start + minutes)

    def _stay(self, role: int, spot: int, arrival: int) -> tuple[int, int]:
        """Length and start of a stay, start -1 when the place is closed or the meal out of its window."""
        if role == REST:
            return REST_MINUTES, first_start(self._hours(spot), arrival, REST_MINUTES)
        if role == VISIT:
            minutes = self.world.instance.minutes[self.tempo][spot]
            return minutes, first_start(self._hours(spot), arrival, minutes)
        opens, closes = MEAL_WINDOWS[role]
        minutes = MEAL_MINUTES[role][self.tempo]
        start = first_start(self._hours(spot), max(arrival, opens), minutes)
        return minutes, start if start <= closes else -1

    def _hours(self, spot: int) -> tuple[Interval, ...]:
        return self.world.instance.hours[self.frame.index].get(spot, ())

    def _leave_later(self, moment: int) -> None:
        """Start the day no earlier than needed for its first stay, and no later than check-out."""
        later = max(self.now, moment // 10 * 10)
        if self.frame.leave_by is not None:
            later = min(later, max(self.now, self.frame.leave_by))
        self.value -= worth.LATE_START_MINUTE * max(0, later - self.now - LATE_START_ALLOWED)
        self.now = self.first = self.since = later

    def _walks_too_far(self, leg: Leg) -> bool:
        return self.walked + leg.walk > self.world.instance.limits.day_walk

    def _go(self, leg: Leg, spot: int) -> None:
        arrive = self.now + leg.minutes
        if leg.minutes:
            self.rides.append(Ride(leg, self.now, arrive, spot))
        self.walked += leg.walk
        self.value -= worth.TRAVEL_MINUTE * leg.minutes
        self.value -= worth.TRAVEL_METRE * min(leg.metres, COUNTED_METRES)
        if leg.mode != "walk" and leg.minutes >= INTERRUPTING_RIDE:
            self._interrupt(self.now, arrive)
        self.now, self.spot, self.car = arrive, spot, leg.car

    def _interrupt(self, start: int, end: int) -> None:
        stretch = self.world.instance.limits.stretch
        over = start - self.since - stretch
        if stretch and over > 0:
            self.value -= worth.STRETCH + worth.STRETCH_MINUTE * over
            self.sound = False
        self.since = end

    def _settle(self, token: Token, start: int, end: int) -> bool:
        self.value -= worth.WAIT_MINUTE * max(0, start - self.now - WAIT_ALLOWED)
        if token.role == VISIT:
            self._enjoy(token.spot, start, end)
        elif not self._pause(token, start, end):
            return False
        if self._outdoors(token) and self.world.is_bad(self.frame, start, end):
            self.value -= worth.BAD_WEATHER
        self.stays.append(Stay(token, tuple(self.rides), start, end, self.car))
        self.rides = []
        self.now = end
        return end <= self.frame.latest

    def _outdoors(self, token: Token) -> bool:
        return self.world.outdoor[self.spot if token.spot == BENCH else token.spot]

    def _enjoy(self, spot: int, start: int, end: int) -> None:
        instance = self.world.instance
        category = self.world.category[spot]
        times = self.seen.get(category, 0)
        self.seen[category] = times + 1
        share = worth.REPEAT_WORTH[min(times, 6)] * worth.TEMPO_WORTH[self.tempo]
        if self.roles[VISIT] > self.frame.places[0]:
            share *= worth.BEYOND_LEAST_WORTH
        score = instance.score[spot]
        self.value += score - (1.0 - share) * min(score, worth.SHARED_SCORE)
        if category == "rest" and start < BATHING_FROM:
            self.value -= worth.EARLY_BATH
        if category == "nature" and end > DUSK and self.world.outdoor[spot]:
            self.value -= worth.AFTER_DARK

    def _pause(self, token: Token, start: int, end: int) -> bool:
        """A meal or a rest: both interrupt; two rests keep apart."""
        self._interrupt(start, end)
        if self.stays and self.stays[-1].token.role != VISIT:
            self.value -= worth.SIDE_BY_SIDE
        if token.role != REST:
            self.value += worth.MEAL_BONUS + self.world.instance.score[token.spot]
            return True
        if not self.stays:
            self.value -= worth.UNEARNED_REST
        apart = start - self.last_rest >= REST_APART
        self.last_rest = end
        self.value += worth.COFFEE_BONUS if token.spot != BENCH else 0.0
        return apart

    def _bench(self, token: Token) -> bool:
        if not self.stays or self.rides or self.stays[-1].token.role == REST:
            return False
        return self._settle(token, self.now, self.now + REST_MINUTES)

    def _hop(self, stop: int) -> bool:
        """Travel to the next stop: by car from door to door later on, else from gateway to gateway now."""
        instance = self.world.instance
        if self.stop != stop - 1:
            return False
        self.stop = stop
        transfer = instance.brief.transfers[stop - 1]
        if instance.by_car and transfer.mode == "car":
            return True
        gateway = instance.gateway[stop - 1]
        leg = self.world.travel.leg(self.spot, gateway, self.car)
        if leg is None or self._walks_too_far(leg):
            return False
        self._go(leg, gateway)
        boarding = AIRPORT_BUFFER if transfer.mode == "flight" else BOARDING
        if self.rides:
            self.now = _next_five(self.now + boarding)
        mode: Mode = "flight" if transfer.mode == "flight" else "intercity"
        car = instance.gateway[stop] if instance.by_car else NO_CAR
        ride = Leg(mode, transfer.minutes, transfer.metres, 0, car)
        self.ridden += transfer.minutes
        self._go(ride, instance.gateway[stop])
        return True

    def finish(self, tokens: tuple[Token, ...]) -> Outcome | None:
        """The way to the end node, and what the day as a whole is worth; None when it ends too late."""
        frame, end = self.frame, self.world.instance.end_spot(self.frame)
        leg = self.world.travel.leg(self.spot, end, self.car)
        if leg is None or self._walks_too_far(leg):
            return None
        left_behind = self.car not in (NO_CAR, end) and leg.mode == "walk" and leg.minutes > 0
        leave = self._leave_for_home(leg)
        self.value -= worth.HOME_WAIT_MINUTE * (leave - self.now)
        self.now = leave
        self._go(leg, end)
        self._interrupt(self.now, self.now)
        late = self.now - frame.latest
        if late > 0 and self.stays:
            return None
        self.value -= (worth.LATE + worth.LATE_MINUTE * late) if late > 0 else 0.0
        self.value -= worth.CAR_AWAY if left_behind else 0.0
        stays, home = tuple(self.stays), tuple(self.rides)
        lost = shortfall(self.world.instance, frame, Span(self.first, self.now, self.ridden), stays)
        sound = self.sound and not lost
        return Outcome(self.value - lost, tokens, self.tempo, stays, home, self.now, sound)

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
        if self.world.instance.limits.stretch:
            until = min(until, self.since + self.world.instance.limits.stretch - leg.minutes)
        return max(leave, until)

    def _leave_at_last(self, leave: int, minutes: int) -> int:
        """When to set off on a day of travel alone: check-out comes before check-in."""
        if self.frame.leave_by is not None:
            leave = min(leave, max(self.now, self.frame.leave_by))
        self.value -= worth.EARLY_CHECK_IN if leave + minutes < self.frame.home_from else 0.0
        self.first = self.since = leave
        return leave


def _next_five(moment: int) -> int:
    return -(-moment // 5) * 5


def live(world: World, frame: Frame, tokens: Sequence[Token]) -> Outcome | None:
    """The day with these stays in this order, at the most leisurely tempo that works; None when none does.

    Visits are shortened much only as long as the day has no more of them than it must.
    """
    visits = sum(token.role == VISIT for token in tokens)
    if visits > frame.places[1]:
        return None
    for tempo in range(len(TEMPOS) if visits <= frame.places[0] else UNHURRIED_TEMPOS):
        day = LivedDay(world, frame, tempo)
        if all(day.add(token) for token in tokens):
            outcome = day.finish(tuple(tokens))
            if outcome is not None:
                return outcome
    return None

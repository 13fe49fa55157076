"""The search: the kernel's days, then ruined, recreated and annealed a little as they are really lived.

Every insertion that looks good is judged by the exact simulation of the day. All randomness comes from the
seed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from math import exp
from random import Random

from shared.schedules.planning.optimiser.cars import days_for_wishes, returns
from shared.schedules.planning.optimiser.insertion import Insertions, Option, missing_roles
from shared.schedules.planning.optimiser.instance import Instance
from shared.schedules.planning.optimiser.rearranged import rearranged
from shared.schedules.planning.optimiser.start import Stopped, fitted, sketch
from shared.schedules.planning.optimiser.stays import DINNER, HOP, LUNCH, VISIT, Outcome, Token
from shared.schedules.planning.optimiser.timeline import live
from shared.schedules.planning.optimiser.world import World

KERNEL_SHARE, EXACT_SHARE = 1.33, 0.25
"""Iterations of the kernel and of the exact search for each one asked for."""

FEWEST = 40
"""Iterations of the exact search that are not saved on, if so many are asked for."""

HOT, WARM, COLD = 25.0, 6.0, 1.0
"""Heat in points: to begin with where rules are broken, to begin with else, and at the end."""

NEIGHBOURHOOD = 0.5
STRING = 0.85
WORST_DAY = 0.25
BREAKS_FIRST = 0.35
LONGEST_RUIN = 5
TRIED = 4
GAIN = 1e-9


class Search:
    """The state of a search: one outcome per day, the place keys in use and the money spent on them.

    `_lived[day]` remembers each sequence that was simulated, until the frame of the day changes.
    """

    def __init__(self, instance: Instance, world: World, rng: Random, stop: Callable[[], bool]) -> None:
        self._instance = instance
        self._world = world
        self._rng = rng
        self._stop = stop
        self._insertions = Insertions(instance, rng)
        self._taken = [0] * len(instance.keys)
        self._spent = 0.0
        self._purse = instance.brief.budget.amount if instance.brief.budget else float("inf")
        self._lived: list[dict[tuple[Token, ...], Outcome | None]] = [{} for _ in instance.frames]
        self.days = [self._bare(index) for index in range(len(instance.frames))]

    def run(self, iterations: int, progress: Callable[[int], None] | None) -> list[Outcome]:
        """The best days found after a fixed number of iterations; `progress` is told percents."""
        everyday = range(len(self.days))
        self._begin(round(KERNEL_SHARE * iterations))
        self._refill(everyday)
        warm = max(min(FEWEST, iterations), round(EXACT_SHARE * iterations))
        self._anneal(warm, progress, heat=WARM)
        if not all(day.sound for day in self.days):
            self._anneal(iterations, None)
        if self._leave_car():
            self._anneal(iterations, None)
        for index in everyday:
            self._polish(index)
        self._refill(everyday)
        return self.days

    def _begin(self, iterations: int) -> None:
        """Take over the days of the kernel, as far as they can be lived."""
        seed = self._rng.getrandbits(31)
        days = sketch(self._world, purse=self._purse, seed=seed, iterations=iterations, stop=self._stop)
        for index, tokens in enumerate(days):
            outcome = fitted(tokens, partial(self._live, index))
            if outcome is not None:
                self._replace({index: outcome})

    def _anneal(self, iterations: int, progress: Callable[[int], None] | None, *, heat: float = HOT) -> None:
        """Ruin and recreate from the days as they are, and go back to the best ones met."""
        best, best_value = list(self.days), self._value(range(len(self.days)))
        cooling = (COLD / heat) ** (1 / max(1, iterations))
        told = -1
        for iteration in range(iterations):
            self._step(heat)
            heat *= cooling
            value = self._value(range(len(self.days)))
            if value > best_value + GAIN:
                best, best_value = list(self.days), value
            percent = 100 * iteration // iterations
            if progress is not None and percent > told:
                told = percent
                progress(percent)
        self._replace(dict(enumerate(best)))

    def _leave_car(self) -> bool:
        """Leave the car where a day starts and ends if too few car parks spoil it; whether one does."""
        if not self._instance.by_car:
            return False
        spoilt = [
            index for index, day in enumerate(self.days) if returns(self._instance, index) and not day.sound
        ]
        spoilt += days_for_wishes(self._instance, self._world.travel, self._taken)
        for index in dict.fromkeys(spoilt):
            self._instance.change(index, replace(self._instance.frames[index], car_stays=True))
            self._lived[index].clear()
            again = self._live(index, list(self.days[index].tokens))
            self._replace({index: again or self._bare(index)})
        return bool(spoilt)

    def _bare(self, index: int) -> Outcome:
        """A day of nothing but its travel; a departure that needs it makes the day begin earlier."""
        frame = self._instance.frames[index]
        hops = [Token(HOP, stop) for stop in frame.chain[1:]]
        outcome = live(self._world, frame, hops)
        if outcome is not None and outcome.arrive > frame.latest and frame.held_until_end:
            earlier = max(0, (frame.earliest - outcome.arrive + frame.latest) // 10 * 10)
            self._instance.change(index, replace(frame, earliest=earlier))
            outcome = live(self._world, self._instance.frames[index], hops)
        if outcome is None:
            raise ValueError(f"The stops of {frame.date} cannot be joined: check lodging and gateway points.")
        return outcome

    def _value(self, days: Iterable[int]) -> float:
        return sum(self.days[index].value for index in days)

    def _step(self, heat: float) -> None:
        ruined = self._ruin()
        if not ruined:
            return
        touched = list(ruined)
        before = {index: self.days[index] for index in touched}
        worst = self._worst()
        if worst not in before:
            before[worst] = self.days[worst]
            touched.insert(0, worst)
        self._replace(ruined)
        self._refill(touched)
        delta = self._value(before) - sum(day.value for day in before.values())
        if delta < 0 and self._rng.random() >= exp(delta / heat):
            self._replace(before)

    def _worst(self) -> int:
        return min(range(len(self.days)), key=lambda index: self.days[index].value)

    def _replace(self, days: dict[int, Outcome]) -> None:
        """Put outcomes in place of those of some days, keeping the books on places and money."""
        for sign, outcomes in ((-1, [self.days[i] for i in days]), (1, list(days.values()))):
            for token in (t for outcome in outcomes for t in outcome.tokens):
                if token.role in (VISIT, LUNCH, DINNER):
                    self._taken[self._instance.spots[token.spot].key] += sign
                    self._spent += sign * self._instance.cost[token.spot] * (token.role == VISIT)
        for index, outcome in days.items():
            self.days[index] = outcome

    def _ruin(self) -> dict[int, Outcome]:
        """Some days with a few stays taken out (or moved), as outcomes; empty when nothing came of it."""
        dice = self._rng.random()
        if dice < NEIGHBOURHOOD:
            doomed = self._neighbours()
        elif dice < STRING:
            doomed = self._string()
        else:
            return self._shuffled()
        ruined: dict[int, Outcome] = {}
        for index, positions in doomed.items():
            tokens = [t for at, t in enumerate(self.days[index].tokens) if at not in positions]
            outcome = self._live(index, tokens)
            if outcome is None:
                return {}
            ruined[index] = outcome
        return ruined

    def _live(self, index: int, tokens: Sequence[Token]) -> Outcome | None:
        """The day with these tokens; most sequences come up again and again, so each is simulated once."""
        key, lived = tuple(tokens), self._lived[index]
        try:
            return lived[key]
        except KeyError:
            if self._stop():
                raise Stopped("Planning was stopped before it ended.") from None
            day = lived[key] = live(self._world, self._instance.frames[index], key)
            return day

    def _neighbours(self) -> dict[int, set[int]]:
        """Stays around a random one, whatever their day."""
        placed = [
            (index, at, token.spot)
            for index, day in enumerate(self.days)
            for at, token in enumerate(day.tokens)
            if token.role in (VISIT, LUNCH, DINNER)
        ]
        if not placed:
            return {}
        seed = self._rng.choice(placed)[2]
        stop, spots = self._instance.spots[seed].stop, self._instance.spots
        near = sorted(
            (self._instance.between(seed, spot), index, at)
            for index, at, spot in placed
            if spots[spot].stop == stop
        )
        doomed: dict[int, set[int]] = {}
        for _, index, at in near[: self._rng.randint(1, LONGEST_RUIN)]:
            doomed.setdefault(index, set()).add(at)
        return doomed

    def _pick_day(self) -> int:
        if self._rng.random() < WORST_DAY:
            return self._worst()
        return self._rng.randrange(len(self.days))

    def _string(self) -> dict[int, set[int]]:
        """Some stays of one day that follow each other."""
        index = self._pick_day()
        tokens = self.days[index].tokens
        stays = [at for at, token in enumerate(tokens) if token.role != HOP]
        if not stays:
            return {index: set()}
        first = self._rng.randrange(len(stays))
        return {index: set(stays[first : first + self._rng.randint(1, LONGEST_RUIN)])}

    def _shuffled(self) -> dict[int, Outcome]:
        """One day with one stay moved elsewhere in the sequence."""
        index = self._pick_day()
        tokens = list(self.days[index].tokens)
        if not tokens:
            return {}
        token = tokens.pop(self._rng.randrange(len(tokens)))
        tokens.insert(self._rng.randrange(len(tokens) + 1), token)
        outcome = self._live(index, tokens)
        return {} if outcome is None else {index: outcome}

    def _refill(self, days: Iterable[int]) -> None:
        for index in days:
            failed: set[int] = set()
            breaks_first = self._rng.random() < BREAKS_FIRST
            while True:
                wanted = missing_roles(self._instance.frames[index], self.days[index].tokens)
                if breaks_first:
                    wanted.sort(key=lambda role: role == VISIT)
                role = next((r for r in wanted if r not in failed), None)
                if role is None:
                    break
                if self._insert(index, role):
                    failed.clear()
                else:
                    failed.add(role)

    def _insert(self, index: int, role: int) -> bool:
        """Put the best stay of a role into a day, must-sees first; False when none makes it better."""
        day, frame = self.days[index], self._instance.frames[index]
        best = None
        if role == VISIT:
            wished = self._insertions.must_sees(frame, day, self._taken)
            best = self._best_of(index, wished, len(wished))
        if best is None:
            options = self._insertions.best(frame, day, role, self._taken)
            best = self._best_of(index, options, TRIED)
            if best is None and self._is_urgent(index, role):
                best = self._best_of(index, options[TRIED:], len(options))
        if best is None:
            return False
        self._replace({index: best})
        return True

    def _best_of(self, index: int, options: list[Option], tries: int) -> Outcome | None:
        """The best day that one of the first options makes, None when none betters the day as it is."""
        day, best = self.days[index], None
        value = day.value + GAIN
        for option in options[:tries]:
            role, spot = option.token
            if role == VISIT and self._spent + self._instance.cost[spot] > self._purse + GAIN:
                continue
            tokens = [*day.tokens[: option.position], option.token, *day.tokens[option.position :]]
            outcome = self._live(index, tokens)
            if outcome is not None and outcome.value > value:
                best, value = outcome, outcome.value
        return best

    def _is_urgent(self, index: int, role: int) -> bool:
        """Whether more than the first few options are worth trying."""
        visits = sum(token.role == VISIT for token in self.days[index].tokens)
        return role != VISIT or visits < self._instance.frames[index].places[0]

    def _polish(self, index: int) -> None:
        """Move single stays and turn stretches of the day round as long as that makes it better."""
        improved = True
        while improved:
            improved = False
            for tokens in rearranged(list(self.days[index].tokens)):
                outcome = self._live(index, tokens)
                if outcome is not None and outcome.value > self.days[index].value + GAIN:
                    self._replace({index: outcome})
                    improved = True
                    break

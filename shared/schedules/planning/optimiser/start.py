"""Where the search begins: the kernel's routes as days, with what the simulation refuses left out."""

from collections.abc import Callable, Sequence

from shared.schedules.planning.kernel import solve
from shared.schedules.planning.optimiser.stays import HOP, Outcome, Token
from shared.schedules.planning.optimiser.terms import terms_of, with_hops
from shared.schedules.planning.optimiser.world import World

CUT = 4
"""Stays that a ruin of the kernel takes out in the mean: days have few."""

type Live = Callable[[Sequence[Token]], Outcome | None]


class Stopped(Exception):
    """Planning was told to stop."""


def sketch(
    world: World, *, purse: float, seed: int, iterations: int, stop: Callable[[], bool]
) -> list[list[Token]]:
    """The stays of each day by the kernel; raises `Stopped` once `stop()` is true."""
    terms = terms_of(world, purse=purse)
    found = solve(terms.problem, seed=seed, iterations=iterations, stop=stop, cut=CUT)
    if found.iterations < iterations:
        raise Stopped("Planning was stopped before it ended.")
    frames = world.instance.frames
    stays = [[terms.tokens[node] for node in route] for route in found.routes]
    return [list(with_hops(world.instance, frame, day)) for frame, day in zip(frames, stays, strict=True)]


def fitted(tokens: list[Token], live: Live) -> Outcome | None:
    """The day with these stays, or with the fewest left out that do not fit; None when not even hops do."""
    outcome = live(tokens)
    while outcome is None:
        shorter = [tokens[:at] + tokens[at + 1 :] for at, token in enumerate(tokens) if token.role != HOP]
        if not shorter:
            return None
        outcomes = [found for found in map(live, shorter) if found is not None]
        outcome = max(outcomes, key=lambda found: found.value, default=None)
        tokens = shorter[-1]
    return outcome

"""The kernel: which places on which days in which order, in whole numbers; pure, repeatable."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.schedules.planning.kernel.problem import (
    FAR,
    Day,
    InvalidProblem,
    Node,
    Problem,
    Window,
    require_valid,
)
from shared.schedules.planning.kernel.search import COMPILED, CUT, Search

__all__ = ["COMPILED", "FAR", "Day", "InvalidProblem", "Node", "Problem", "Solution", "Window", "solve"]

SLICE = 64
"""Iterations between two questions whether to stop; other threads run in between."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The nodes of each day in order, what they are worth, and the must-sees that found no room.

    `iterations` is less than was asked for only when the search was stopped.
    """

    routes: list[list[int]]
    worth: int
    missed: list[int]
    iterations: int


def never() -> bool:
    """A stop signal that never comes."""
    return False


def solve(
    problem: Problem,
    *,
    seed: int,
    iterations: int,
    stop: Callable[[], bool] = never,
    cut: int = CUT,
    search: type[Search] = Search,
) -> Solution:
    """The best plan of a fixed number of iterations; same problem, seed and number give the same plan.

    `cut` is how many nodes each of them takes out in the mean, few where routes are short.
    `stop` is for safety alone: what a stopped search found depends on the machine. `search` is for comparing
    native code with its source. Raises InvalidProblem.
    """
    require_valid(problem)
    engine = search(problem, seed, cut)
    done, total = 0, max(1, iterations)
    while done < total and not (done and stop()):
        upto = min(total, done + SLICE)
        engine.run(done, upto, total)
        done = upto
    routes = engine.best()
    visited = {node for route in routes for node in route}
    missed = [node for node in problem.must if node not in visited]
    return Solution(routes, engine.worth(), missed, done)

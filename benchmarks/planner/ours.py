"""The kernel on an instance, for as many iterations as fit a time."""

import time

from benchmarks.planner.cases import DEPOT, TRAVEL_PRICE, Case, Place
from benchmarks.planner.judge import MISSED_LUNCH, MISSED_MUST
from shared.schedules.planning.kernel import Day, Node, Problem, solve
from shared.schedules.planning.kernel.search import Search

SCALE = 1_000
PROBE = 0.06
"""Share of the time that is spent on finding out how many iterations fit."""


def problem_of(case: Case) -> Problem:
    """The instance in the kernel's terms; place n is node n - 1, the depot the point after the last node."""
    order = [*range(1, len(case.places)), DEPOT]
    depot = len(order) - 1
    limits = (case.most_places, int(case.lunches))
    day = Day(start=depot, end=depot, opens=case.opens, closes=case.closes, limits=limits)
    nodes = [_node(case, number, case.places[number]) for number in order[:-1]]
    price = int(SCALE * TRAVEL_PRICE / case.ticks) if case.lunches else 0
    return Problem(
        nodes=nodes,
        days=[day] * case.days,
        travel=[[case.travel[a][b] for b in order] for a in order],
        travel_price=price,
        must=[number - 1 for number in case.must],
    )


def run(problem: Problem, search: type[Search], *, iterations: int, seed: int = 1) -> list[list[int]]:
    """Routes as numbers of places."""
    found = solve(problem, seed=seed, iterations=iterations, search=search)
    return [[node + 1 for node in route] for route in found.routes]


def fitting(problem: Problem, search: type[Search], seconds: float) -> int:
    """How many iterations fit, with the time to set up; measured, so a slower machine gets fewer."""
    begun = time.perf_counter()
    engine = search(problem, 1)
    setup = time.perf_counter() - begun
    done, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < PROBE * seconds or done == 0:
        engine.run(done, done + 8, 1 << 30)
        done += 8
    return max(1, int((seconds - setup) * done / spent))


def _node(case: Case, number: int, place: Place) -> Node:
    score = place.score
    if place.is_restaurant:
        score = MISSED_LUNCH * case.top_score
    elif number in case.must:
        score = MISSED_MUST * case.top_score
    return Node(
        duration=place.duration,
        prize=SCALE * score,
        windows=[[window] if window else [] for window in place.windows],
        place=number,
        group=int(place.is_restaurant),
    )

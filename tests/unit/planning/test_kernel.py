"""The kernel keeps every limit of a problem, finds what is best in small ones, and gives no second answer."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count, permutations
from random import Random

import pytest

from shared.schedules.planning.kernel import FAR, Day, InvalidProblem, Node, Problem, Window, solve
from tests.unit.planning.kernel_rules import breaches, priced, random_problem, value_of

ALL_DAY: Sequence[Window] = ((0, 1_000),)


def line(prizes: Sequence[int], *, days: int = 1, closes: int = 100, limits: Sequence[int] = (9,)) -> Problem:
    """Nodes on a line, ten apart, on both sides of where each day starts and ends; each takes five."""
    size = len(prizes)
    where = [10 * (1 + n // 2) * (1 if n % 2 else -1) for n in range(size)] + [0]
    return Problem(
        nodes=[Node(5, prize, [ALL_DAY] * days, place) for place, prize in enumerate(prizes)],
        days=[Day(size, size, 0, closes, limits)] * days,
        travel=[[abs(a - b) for b in where] for a in where],
    )


@pytest.mark.parametrize("seed", range(25))
def test_random_problems_with_every_kind_of_limit_are_solved_without_a_breach(seed: int) -> None:
    problem = random_problem(Random(seed))  # noqa: S311 -- test data
    found = solve(problem, seed=seed, iterations=120)
    assert breaches(problem, found.routes) == []
    assert found.worth == value_of(problem, found.routes)


@pytest.mark.parametrize("seed", range(25))
def test_tolls_fewest_and_missing_ways_are_kept_and_counted(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 -- test data
    problem = priced(random_problem(rng), rng, missing=seed)
    found = solve(problem, seed=seed, iterations=120, cut=4)
    assert breaches(problem, found.routes) == []
    assert found.worth == value_of(problem, found.routes)


@pytest.mark.parametrize("seed", range(4))
def test_small_problems_with_tolls_are_solved_to_the_optimum(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 -- test data
    problem = priced(random_problem(rng, nodes=6, days=1), rng, missing=10)
    plans = ([list(order)] for size in range(7) for order in permutations(range(6), size))
    best = max(value_of(problem, plan) for plan in plans if not breaches(problem, plan))
    assert solve(problem, seed=1, iterations=2_000).worth == best


def test_a_place_that_costs_more_than_it_is_worth_is_left_out() -> None:
    problem = line([50, 50, 50])
    tolls = [[0 if a == b else 60 if 2 in (a, b) else 1 for b in range(4)] for a in range(4)]
    found = solve(replace(problem, toll=tolls), seed=1, iterations=50)
    assert sorted(found.routes[0]) == [0, 1]


def test_what_a_day_wants_at_least_is_spread_over_the_days() -> None:
    problem = line([10, 10, 10, 10], days=2, limits=(4,))
    days = [replace(day, fewest=(2,)) for day in problem.days]
    found = solve(replace(problem, days=days, bonus=(100,), beyond=50), seed=1, iterations=100)
    assert [len(route) for route in found.routes] == [2, 2]
    assert found.worth == 440


def test_a_must_see_is_paid_for_before_anything_else() -> None:
    problem = line([500, 10, 10, 10])
    priced_nodes = [replace(node, cost=cost) for node, cost in zip(problem.nodes, (9, 3, 3, 3), strict=True)]
    found = solve(replace(problem, nodes=priced_nodes, budget=9, must=[0]), seed=1, iterations=1)
    assert found.routes == [[0]]


@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_to_the_optimum(seed: int) -> None:
    problem = replace(random_problem(Random(seed), nodes=6, days=1), travel_price=3, wait_price=1)  # noqa: S311
    plans = ([list(order)] for size in range(7) for order in permutations(range(6), size))
    best = max(value_of(problem, plan) for plan in plans if not breaches(problem, plan))
    assert solve(problem, seed=1, iterations=2_000).worth == best


def test_the_day_ends_in_time_with_the_way_home() -> None:
    assert sum(map(len, solve(line([1] * 8, closes=50), seed=1, iterations=100).routes)) == 2
    assert sum(map(len, solve(line([1] * 8, closes=29), seed=1, iterations=100).routes)) == 1


def test_a_must_see_is_verified_and_named_when_it_cannot_be_had() -> None:
    problem = replace(line([1, 1, 1, 500], closes=30), must=[3])
    assert solve(problem, seed=1, iterations=50).missed == [3]
    assert solve(replace(problem, days=line([1] * 4).days), seed=1, iterations=50).missed == []


def test_budget_is_a_knapsack() -> None:
    problem = line([10, 9, 9])
    priced = [replace(node, cost=cost) for node, cost in zip(problem.nodes, (10, 5, 5), strict=True)]
    found = solve(replace(problem, nodes=priced, budget=10), seed=1, iterations=100)
    assert sorted(found.routes[0]) == [1, 2]


def test_one_lunch_a_day_though_two_would_fit() -> None:
    problem = line([5, 5, 5, 5], days=2, limits=(9, 1))
    tables = [replace(node, group=int(place < 3)) for place, node in enumerate(problem.nodes)]
    found = solve(replace(problem, nodes=tables), seed=1, iterations=100)
    assert sorted(sum(node < 3 for node in route) for route in found.routes) == [1, 1]


def test_a_place_is_had_once_in_one_of_its_roles() -> None:
    problem = line([5, 5, 5])
    twins = [replace(problem.nodes[0], place=7), replace(problem.nodes[1], place=7), problem.nodes[2]]
    found = solve(replace(problem, nodes=twins), seed=1, iterations=100)
    assert len(found.routes[0]) == 2
    assert 2 in found.routes[0]


def test_a_second_place_of_a_kind_on_a_day_is_worth_less_so_days_are_mixed() -> None:
    problem = line([10, 10, 9, 9], days=2, limits=(2,))
    kinds = [replace(node, kind=place // 2) for place, node in enumerate(problem.nodes)]
    found = solve(replace(problem, nodes=kinds, shares=(100, 50)), seed=1, iterations=200)
    assert [sorted(node // 2 for node in route) for route in found.routes] == [[0, 1], [0, 1]]
    assert found.worth == 38


def test_a_rest_is_taken_inside_its_window_wherever_the_route_is() -> None:
    problem = line([5, 5, 5, 5], closes=200)
    size = len(problem.nodes)
    away = [[*row, FAR] for row in problem.travel]
    rest = Node(20, 50, [[(40, 60)]], place=99, floating=True)
    # The rest is node 4, so the end of the day moves behind it.
    order = [*range(size), size + 1, size]
    grown = [[[*away, [FAR] * (size + 2)][a][b] for b in order] for a in order]
    day = replace(problem.days[0], start=size + 1, end=size + 1)
    found = solve(
        replace(problem, nodes=[*problem.nodes, rest], travel=grown, days=[day]), seed=1, iterations=100
    )
    assert size in found.routes[0]
    assert len(found.routes[0]) == 5


def test_more_is_not_walked_on_a_day_than_the_party_can() -> None:
    problem = line([5] * 6, closes=500)
    walk = [[100 * way for way in row] for row in problem.travel]
    day = replace(problem.days[0], walk=4_000)
    found = solve(replace(problem, walk=walk, days=[day]), seed=1, iterations=100)
    assert len(found.routes[0]) == 2
    assert breaches(replace(problem, walk=walk, days=[day]), found.routes) == []


def test_a_day_may_end_elsewhere_than_it_starts() -> None:
    problem = line([5] * 4, closes=45)
    travel = [[*row, abs(row[4] - 40)] for row in problem.travel]
    travel = [*travel, [*(row[5] for row in travel), 0]]
    moved = replace(problem, travel=travel, days=[Day(4, 5, 0, 70, (9,))])
    assert breaches(moved, solve(moved, seed=1, iterations=60).routes) == []


def test_a_problem_without_nodes_has_an_empty_plan() -> None:
    problem = Problem(nodes=[], days=[Day(0, 0, 0, 10, (1,))] * 2, travel=[[0]])
    assert solve(problem, seed=1, iterations=20).routes == [[], []]


def test_same_seed_same_plan_and_the_number_of_iterations_is_kept() -> None:
    problem = random_problem(Random(3), nodes=60, days=3)  # noqa: S311
    first, second = (solve(problem, seed=9, iterations=150) for _ in range(2))
    assert first == second
    assert first.iterations == 150


def test_a_stopped_search_gives_what_it_has() -> None:
    asked = count()
    problem = random_problem(Random(3), nodes=60, days=3)  # noqa: S311
    found = solve(problem, seed=1, iterations=1_000_000, stop=lambda: next(asked) >= 2)
    assert 0 < found.iterations < 1_000
    assert breaches(problem, found.routes) == []
    assert any(found.routes)


GOOD = line([1, 2, 3])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (replace(GOOD, days=[]), "days: a problem needs"),
        (replace(GOOD, travel=GOOD.travel[:2]), "travel: 2 rows do not cover 3 nodes"),
        (replace(GOOD, travel=[[0] * 4] * 3 + [[0] * 3]), r"travel\[3\]: 3 values instead of 4"),
        (replace(GOOD, travel=[[0, 0, 0, -1]] * 4), r"travel\[0\]: a value is not between"),
        (replace(GOOD, walk=[[0]]), "walk: 1 rows instead of 4"),
        (replace(GOOD, toll=[[0]]), "toll: 1 rows instead of 4"),
        (
            replace(GOOD, toll=[[1] * 4] * 4, travel_price=1),
            "travel_price: it must be 0 where tolls price each way",
        ),
        (replace(GOOD, beyond=101), "beyond: 101 is not between 0 and 100"),
        (replace(GOOD, shared=-1), "shared: -1 is not between"),
        (replace(GOOD, bonus=[-1]), "bonus: a value is not between"),
        (replace(GOOD, days=[Day(3, 3, 0, 9, (1,), fewest=(-1,))]), r"days\[0\].fewest: one number"),
        (replace(GOOD, shares=[]), "shares: one or more"),
        (replace(GOOD, shares=[120]), "shares: one or more"),
        (replace(GOOD, budget=-1), "budget: -1 is not between"),
        (replace(GOOD, travel_price=1 << 21), "travel_price: 2097152 is not between 0 and 1048576"),
        (replace(GOOD, must=[3]), "must: there is no node 3"),
        (replace(GOOD, days=[Day(9, 3, 0, 9, (1,))]), r"days\[0\]: its start 9"),
        (replace(GOOD, days=[Day(0, 3, 0, 9, (1,))]), r"days\[0\]: its start 0"),
        (replace(GOOD, days=[Day(3, 3, 9, 0, (1,))]), r"days\[0\]: its window 9 to 0 runs backwards"),
        (replace(GOOD, days=[Day(3, 3, 0, 9, ())]), r"days\[0\].limits: one number"),
        (replace(GOOD, nodes=[replace(GOOD.nodes[0], windows=[])] * 3), r"nodes\[0\].windows: 0 days"),
        (replace(GOOD, nodes=[replace(GOOD.nodes[0], prize=-5)] * 3), r"nodes\[0\].prize: -5 is not"),
        (
            replace(GOOD, nodes=[replace(GOOD.nodes[0], windows=[[(5, 4)]])] * 3),
            r"nodes\[0\].windows: they must be in order",
        ),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused_by_field(wrong: Problem, message: str) -> None:
    with pytest.raises(InvalidProblem, match=message):
        solve(wrong, seed=1, iterations=1)

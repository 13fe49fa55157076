"""The limits of a kernel problem as assertions on its routes, walked plainly; and problems made by chance."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

from shared.schedules.planning.kernel import FAR, Day, Node, Problem, Window

type Routes = Sequence[Sequence[int]]


def breaches(problem: Problem, routes: Routes) -> list[str]:
    """Every limit that the routes break."""
    found = [
        f"day {day}: {text}" for day, route in enumerate(routes) for text in _of_day(problem, day, route)
    ]
    visited = [problem.nodes[node] for route in routes for node in route]
    if max(Counter(node.place for node in visited).values(), default=1) > 1:
        found.append("a place is visited twice")
    if sum(node.cost for node in visited) > problem.budget:
        found.append("the budget is exceeded")
    return found


def value_of(problem: Problem, routes: Routes) -> int:
    """Prizes with their shares and what a day wants at least, less ways and waiting."""
    value = 0
    for day, route in enumerate(routes):
        value += sum(_prizes(problem, day, route))
        steps = list(_steps(problem, day, route))
        value -= problem.travel_price * sum(way for _, way, _, _ in steps)
        value -= problem.wait_price * sum(max(0, start - arrival) for _, _, arrival, start in steps)
        value -= _tolls(problem, day, route)
    return value


def _prizes(problem: Problem, day: int, route: Sequence[int]) -> Iterator[int]:
    kinds: Counter[int] = Counter()
    groups: Counter[int] = Counter()
    fewest = problem.days[day].fewest
    for node in (problem.nodes[number] for number in route):
        share = problem.shares[min(kinds[node.kind], len(problem.shares) - 1)]
        wanted = fewest[node.group] if fewest else 0
        if groups[node.group] < wanted:
            yield problem.bonus[node.group]
        elif wanted:
            share = share * problem.beyond // 100
        part = min(node.prize, problem.shared)
        yield node.prize - part + part * share // 100
        kinds[node.kind] += 1
        groups[node.group] += 1


def _tolls(problem: Problem, day: int, route: Sequence[int]) -> int:
    frame = problem.days[day]
    stops = [frame.start, *(n for n in route if not problem.nodes[n].floating), frame.end]
    return sum(problem.toll[a][b] for a, b in pairwise(stops)) if problem.toll and route else 0


def _steps(problem: Problem, day: int, route: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    """Node (-1: home), way, arrival, start; a start of -1 says that it is closed from then on."""
    frame = problem.days[day]
    clock, here = frame.opens, frame.start
    for number in route:
        node = problem.nodes[number]
        way = 0 if node.floating else problem.travel[here][number]
        arrival = clock + way
        starts = [max(arrival, opens) for opens, closes in node.windows[day] if arrival <= closes]
        start = min(starts, default=-1)
        yield number, way, arrival, start
        clock, here = start + node.duration, here if node.floating else number
    if route:
        home = problem.travel[here][frame.end]
        yield -1, home, clock + home, clock + home


def _of_day(problem: Problem, day: int, route: Sequence[int]) -> Iterator[str]:
    frame = problem.days[day]
    steps = list(_steps(problem, day, route))
    yield from (f"node {node} is closed" for node, _, _, start in steps if start < 0)
    if steps and steps[-1][3] > frame.closes:
        yield "it ends late"
    groups = Counter(problem.nodes[number].group for number in route)
    yield from (f"too much of group {g}" for g, times in groups.items() if times > frame.limits[g])
    if problem.walk and _walked(problem, day, route) > frame.walk:
        yield "too much is walked"


def _walked(problem: Problem, day: int, route: Sequence[int]) -> int:
    frame = problem.days[day]
    stops = [frame.start, *(n for n in route if not problem.nodes[n].floating), frame.end]
    if len(stops) == 2:
        return 0
    return sum(problem.walk[a][b] for a, b in pairwise(stops))


def random_problem(rng: Random, *, nodes: int = 25, days: int = 3, rough: int = 0) -> Problem:
    """With split hours, closed days, twins, rests, tickets, walking, and ends of its own for each day.

    A way of a `rough` problem may be a detour of up to so much.
    """
    spots = [(rng.randrange(100), rng.randrange(100)) for _ in range(nodes + 2 * days)]
    travel = [
        [abs(ax - bx) + abs(ay - by) + rng.randrange(rough + 1) for bx, by in spots] for ax, ay in spots
    ]
    return Problem(
        nodes=[_node(rng, place, days) for place in range(nodes)],
        days=[
            Day(
                nodes + 2 * d,
                nodes + 2 * d + 1,
                rng.randrange(50),
                500,
                (5, 1, 2),
                walk=rng.choice((150, 400)),
            )
            for d in range(days)
        ],
        travel=travel,
        walk=[[way if way < 60 else 0 for way in row] for row in travel],
        shares=(100, 70, 50),
        budget=60,
        travel_price=1,
        wait_price=1,
    )


def priced(problem: Problem, rng: Random, *, missing: int = 0) -> Problem:
    """The same with tolls, a fewest of each group, and every so many hundredth way `missing`."""
    gone = [[a != b and rng.randrange(100) < missing for b in row] for a, row in enumerate(problem.travel)]
    travel = [
        [FAR if off else way for way, off in zip(row, lost, strict=True)]
        for row, lost in zip(problem.travel, gone, strict=True)
    ]
    return replace(
        problem,
        days=[replace(day, fewest=(2, 1, 1)) for day in problem.days],
        travel=travel,
        walk=[[way if way < 60 else 0 for way in row] for row in travel],
        toll=[[FAR if way == FAR else 3 * way + rng.randrange(9) for way in row] for row in travel],
        travel_price=0,
        shared=1_500,
        beyond=50,
        bonus=(300, 4_000, 900),
    )


def _node(rng: Random, place: int, days: int) -> Node:
    group = rng.choice((0, 0, 0, 1, 2))
    return Node(
        duration=rng.randrange(10, 60),
        prize=rng.randrange(200, 2_000),
        windows=[_windows(rng) for _ in range(days)],
        place=place - place % 5 % 2,
        group=group,
        kind=rng.randrange(4),
        cost=rng.randrange(12),
        floating=group == 2,
    )


def _windows(rng: Random) -> list[Window]:
    opens = rng.randrange(200)
    first, second = (opens, opens + rng.randrange(80)), (opens + 120, opens + 120 + rng.randrange(150))
    return rng.choice(([], [first], [second], [first, second], [(0, 500)]))

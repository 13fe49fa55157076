"""OR-Tools' routing library on an instance: scores as penalties of disjunctions, guided local search."""

from itertools import pairwise
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.planner.cases import DEPOT, TRAVEL_PRICE, Case
from benchmarks.planner.judge import MISSED_LUNCH, MISSED_MUST

TRAVEL_WEIGHT = 20
"""How many times the longest way a point of score is worth where travel is free."""


def run(case: Case, seconds: float) -> list[list[int]]:
    """Routes found within a time, which the construction of the first ones may overrun."""
    manager = pywrapcp.RoutingIndexManager(len(case.places), case.days, DEPOT)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix([list(row) for row in case.travel]))
    clock = _clock(case, model)
    _limit_groups(case, model)
    for number in range(1, len(case.places)):
        _offer(case, number, model, manager, clock=clock)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(1_000 * seconds))
    found = model.SolveWithParameters(parameters)
    return [_route(model, manager, found, day) if found else [] for day in range(case.days)]


def _day_length(case: Case) -> int:
    return 24 * 60 * case.ticks if case.lunches else 0


def _clock(case: Case, model: Any) -> Any:
    """The time dimension; the days of a trip follow each other on it."""
    times = [[case.places[a].duration + way for way in row] for a, row in enumerate(case.travel)]
    horizon = case.closes + _day_length(case) * case.days
    model.AddDimension(model.RegisterTransitMatrix(times), horizon, horizon, False, "clock")  # noqa: FBT003
    clock = model.GetDimensionOrDie("clock")
    for day in range(case.days):
        shift = day * _day_length(case)
        for index in (model.Start(day), model.End(day)):
            clock.CumulVar(index).SetRange(case.opens + shift, case.closes + shift)
    return clock


def _limit_groups(case: Case, model: Any) -> None:
    for name, limit, restaurant in (("places", case.most_places, False), ("lunch", 1, True)):
        counts = [int(n > 0 and place.is_restaurant is restaurant) for n, place in enumerate(case.places)]
        model.AddDimension(model.RegisterUnaryTransitVector(counts), 0, limit, True, name)  # noqa: FBT003


def _offer(case: Case, number: int, model: Any, manager: Any, *, clock: Any) -> None:
    """A place with its hours, and the penalty of leaving it out."""
    index, place = manager.NodeToIndex(number), case.places[number]
    days = range(case.days) if case.lunches else range(1)
    shift = _day_length(case)
    windows = [(w[0] + d * shift, w[1] + d * shift) for d in days if (w := place.windows[d]) is not None]
    if not windows:
        model.AddDisjunction([index], 0)
        model.VehicleVar(index).SetValue(-1)
        return
    moment = clock.CumulVar(index)
    moment.SetRange(windows[0][0], windows[-1][1])
    for (_, last), (first, _) in pairwise(windows):
        moment.RemoveInterval(last + 1, first - 1)
    model.AddDisjunction([index], _penalty(case, number))


def _penalty(case: Case, number: int) -> int:
    place = case.places[number]
    if not case.lunches:
        return place.score * TRAVEL_WEIGHT * max(map(max, case.travel))
    score = place.score
    if place.is_restaurant:
        score = MISSED_LUNCH * case.top_score
    elif number in case.must:
        score = MISSED_MUST * case.top_score
    return int(score * case.ticks / TRAVEL_PRICE)


def _route(model: Any, manager: Any, found: Any, day: int) -> list[int]:
    index, route = found.Value(model.NextVar(model.Start(day))), []
    while not model.IsEnd(index):
        route.append(manager.IndexToNode(index))
        index = found.Value(model.NextVar(index))
    return route

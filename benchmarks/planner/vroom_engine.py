"""VROOM on an instance, through pyvroom: scores as priorities from 0 to 100, days one after the other."""

from datetime import timedelta
from typing import Any

import numpy
import vroom

from benchmarks.planner.cases import DEPOT, Case, Window

LEVEL = 5
TOP, MUST, LUNCH = 80, 100, 90


def run(case: Case, seconds: float) -> list[list[int]]:
    """Routes found by one thread at the highest exploration level within a time."""
    problem = vroom.Input()
    problem.set_durations_matrix("car", numpy.array(case.travel, dtype=numpy.uint32))
    for day in range(case.days):
        window = _shifted(case, day, (case.opens, case.closes))
        problem.add_vehicle(
            vroom.Vehicle(
                day + 1,
                start=DEPOT,
                end=DEPOT,
                capacity=[case.most_places, int(case.lunches)],
                time_window=window,
            )
        )
    for number in range(1, len(case.places)):
        job = _job(case, number)
        if job is not None:
            problem.add_job(job)
    solution = problem.solve(exploration_level=LEVEL, nb_threads=1, timeout=timedelta(seconds=seconds))
    return _routes(case, solution.routes)


def _job(case: Case, number: int) -> Any:
    place = case.places[number]
    days = range(case.days) if case.lunches else range(1)  # without days, all vehicles share one clock
    windows = [_shifted(case, day, window) for day in days if (window := place.windows[day]) is not None]
    if not windows:
        return None
    priority = round(TOP * place.score / case.top_score)
    if place.is_restaurant:
        priority = LUNCH
    elif number in case.must:
        priority = MUST
    return vroom.Job(
        number,
        location=number,
        default_service=place.duration,
        delivery=vroom.Amount([0, 1] if place.is_restaurant else [1, 0]),
        priority=priority,
        time_windows=windows,
    )


def _shifted(case: Case, day: int, window: Window) -> Any:
    shift = day * 24 * 60 * case.ticks if case.lunches else 0
    return vroom.TimeWindow(window[0] + shift, window[1] + shift)


def _routes(case: Case, table: Any) -> list[list[int]]:
    routes = []
    for vehicle in range(1, case.days + 1):
        rows = table[(table.vehicle_id == vehicle) & (table.type == "job")]
        routes.append([int(number) for number in rows.id])
    return routes

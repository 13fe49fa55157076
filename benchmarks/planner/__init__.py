"""The planning kernel on published instances, beside VROOM and OR-Tools with the same time."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from benchmarks.measurement import Bar, BenchmarkError, Measurement
from benchmarks.planner import ours
from benchmarks.planner.cases import Case, toptw, trips
from benchmarks.planner.judge import Verdict, judge
from devstack.compiler import SUFFIX, NativeUnavailable, build
from devstack.service import Say
from devstack.slot import ROOT
from shared.schedules.planning.kernel.search import Search
from shared.schedules.planning.kernel.variants import interpreted_search, search_in

SHORT, LONG = 0.5, 1.0
SAMPLE = {"toptw": 10, "trips": 12}
"""Every so many instances are taken, unless the whole set is asked for."""

REPEATED, ITERATIONS = 4, 300
"""Instances solved twice, native and plain, to see that the plan is the same."""

type Engine = Callable[[Case, float], Sequence[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Set:
    """Instances that share their bars: percent of gap allowed to the native and to the plain kernel."""

    name: str
    cases: Sequence[Case]
    bars: dict[tuple[str, float], float]


@dataclass(frozen=True, slots=True)
class Run:
    """One engine on one instance for so many seconds."""

    case: Case
    engine: str
    seconds: float
    verdict: Verdict


def data_folder() -> Path | None:
    """The folder with `toptw` and `ttdp`: TRIPGEN_BENCH_DATA, else `shared/data` beside the repository."""
    named = os.environ.get("TRIPGEN_BENCH_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if named and not folder.is_dir():
        raise BenchmarkError(f"TRIPGEN_BENCH_DATA: there is no folder {folder}.")
    return folder if (folder / "toptw").is_dir() and (folder / "ttdp").is_dir() else None


def measure(say: Say, *, whole: bool) -> list[Measurement]:
    """Gaps in percent for every engine and time, feasible plans, and whether plans repeat."""
    folder = data_folder()
    if folder is None:
        say(
            "planner is skipped: no instances in ../shared/data; TRIPGEN_BENCH_DATA may name another "
            "folder with `toptw` and `ttdp` in it"
        )
        return []
    with TemporaryDirectory(prefix="tripgen-native-") as scratch:
        searches = {"plain": interpreted_search()}
        try:
            build(Path(scratch))
            searches = {"native": search_in(Path(scratch), SUFFIX)} | searches
        except NativeUnavailable as error:
            say(f"planner without native code: {error}")
        found = []
        for group in _sets(folder, whole=whole):
            found += _of_set(group, searches, say)
        return [*found, _repeats(toptw(folder / "toptw"), searches, say)]


def _sets(folder: Path, *, whole: bool) -> list[Set]:
    orienteering, tours = toptw(folder / "toptw"), trips(folder / "ttdp")
    if not whole:
        orienteering, tours = orienteering[:: SAMPLE["toptw"]], tours[:: SAMPLE["trips"]]
    large = [case for case in orienteering if case.name.startswith("pr")]
    solomon = [case for case in orienteering if case not in large]
    return [
        Set("Solomon", solomon, {("native", SHORT): 0.6}),
        Set("Cordeau", large, {("native", SHORT): 3.0}),
        Set("7-day trips", tours, {("native", LONG): 0.5, ("plain", LONG): 2.5}),
    ]


def _of_set(group: Set, searches: dict[str, type[Search]], say: Say) -> list[Measurement]:
    engines = {name: _kernel(search) for name, search in searches.items()} | _rivals()
    runs = []
    for number, case in enumerate(group.cases, start=1):
        for seconds in (SHORT, LONG):
            runs += [
                Run(case, name, seconds, judge(case, engine(case, seconds)))
                for name, engine in engines.items()
            ]
        if number % 5 == 0 or number == len(group.cases):
            say(f"planner {group.name}: {number} of {len(group.cases)} instances")
    for run in runs:
        if run.verdict.faults:
            say(f"planner {run.engine} on {run.case.name} breaks the rules: {run.verdict.faults[0]}")
    return _lines(group, runs, [*searches], [*_rivals()])


def _rivals() -> dict[str, Engine]:
    # They load for seconds and 300 MB, which no other row should pay.
    from benchmarks.planner import ortools_engine, vroom_engine  # noqa: PLC0415

    return {"vroom": vroom_engine.run, "ortools": ortools_engine.run}


def _kernel(search: type[Search]) -> Engine:
    def run(case: Case, seconds: float) -> Sequence[Sequence[int]]:
        problem = ours.problem_of(case)
        return ours.run(problem, search, iterations=ours.fitting(problem, search, seconds))

    return run


def _lines(group: Set, runs: Sequence[Run], kernels: list[str], rivals: list[str]) -> list[Measurement]:
    best = {
        case.name: float(
            case.best or max(r.verdict.value for r in runs if r.case is case and not r.verdict.faults)
        )
        for case in group.cases
    }
    lines = []
    for seconds in (SHORT, LONG):
        for name in kernels:
            gaps = _gaps(runs, name, seconds, best=best)
            limit = group.bars.get((name, seconds))
            bars = (Bar("≤", limit),) if limit is not None else ()
            for rival in rivals:
                theirs = mean(_gaps(runs, rival, seconds, best=best))
                what = f"{group.name} ({len(group.cases)}), {name}, {seconds:g} s, mean gap"
                lines.append(Measurement("planner", what, "%", mean(gaps), bars, rival, theirs))
            what = f"{group.name} ({len(group.cases)}), {name}, {seconds:g} s, median gap"
            lines.append(Measurement("planner", what, "%", median(gaps)))
    own = [run for run in runs if run.engine in kernels]
    feasible = sum(not run.verdict.faults for run in own)
    what = f"{group.name}, feasible plans of ours"
    return [*lines, Measurement("planner", what, f"of {len(own)}", feasible, (Bar("≥", len(own)),))]


def _gaps(runs: Sequence[Run], engine: str, seconds: float, *, best: dict[str, float]) -> list[float]:
    """Percent below the best, per instance; a plan that breaks a rule is worth nothing."""
    gaps = []
    for run in runs:
        if run.engine == engine and run.seconds == seconds:
            top = best[run.case.name]
            value = 0.0 if run.verdict.faults else float(run.verdict.value)
            gaps.append(100 * (top - value) / top)
    return gaps


def _repeats(cases: Sequence[Case], searches: dict[str, type[Search]], say: Say) -> Measurement:
    """How many instances give one and the same plan in two runs of each kernel with one seed."""
    chosen = cases[:: max(1, len(cases) // REPEATED)][:REPEATED]
    same = 0
    for case in chosen:
        problem = ours.problem_of(case)
        twice = [*searches.values()] * 2
        plans = [ours.run(problem, search, iterations=ITERATIONS) for search in twice]
        same += all(plan == plans[0] for plan in plans)
    say(f"planner: {same} of {len(chosen)} instances give the same plan from the same seed in every run")
    what = f"same plan in two runs, {' and '.join(searches)}"
    return Measurement("planner", what, f"of {len(chosen)}", same, (Bar("≥", len(chosen)),))

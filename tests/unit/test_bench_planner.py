"""The planner's bench reads instances by the published rules and judges routes without any engine."""

from pathlib import Path

import pytest

from benchmarks import planner
from benchmarks.measurement import BenchmarkError
from benchmarks.planner import ours
from benchmarks.planner.cases import Case, Place, toptw, trips
from benchmarks.planner.judge import judge
from shared.schedules.planning.kernel.search import Search

DEPOT_AND_THREE = """\
0 0 0 0
0 0
0 0.00 0.00 0.00 0.00 0 0 0 0 100
1 3.00 4.00 10.00 7.00 0 0 0 0 50
2 1.00 1.00 10.00 5.00 0 0 0 20 30
3 60.0 60.0 10.00 9.00 0 0 0 0 100
"""
TABLE = "instance,m,best_known,provenance\nc1,1,12,repository\nc1,2,12,repository\ngone,1,9,repository\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "c1.txt").write_text(DEPOT_AND_THREE)
    (tmp_path / "best_known.csv").write_text(TABLE)
    return tmp_path


@pytest.fixture
def case(folder: Path) -> Case:
    return toptw(folder)[0]


def test_distances_are_rounded_down_to_a_tenth(case: Case) -> None:
    assert case.travel[0][1:3] == [50, 14]
    assert (case.opens, case.closes, case.ticks) == (0, 1_000, 10)


def test_an_instance_counts_once_for_each_number_of_routes_with_a_best_score(folder: Path) -> None:
    assert [(case.name, case.days, case.best) for case in toptw(folder)] == [("c1/1", 1, 12), ("c1/2", 2, 12)]


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([[1, 2]], None),
        ([[2, 1]], None),
        ([[]], None),
        ([[1, 1]], "visited twice"),
        ([[3]], "ends late"),
        ([[1, 3, 2]], "2 begins"),
        ([[1], [2]], "2 routes"),
        ([[4]], "places [4]"),
        ([[0]], "places [0]"),
    ],
)
def test_judge_sees_every_breach(case: Case, routes: list[list[int]], fault: str | None) -> None:
    verdict = judge(case, routes)
    if fault is None:
        assert verdict.faults == ()
        assert verdict.value == sum(case.places[place].score for route in routes for place in route)
    else:
        assert fault in " ".join(verdict.faults)


def test_a_trip_counts_travel_and_what_is_missing() -> None:
    open_days: list[tuple[int, int] | None] = [(0, 90_000), None]
    places = [Place(0, 0, open_days), Place(100, 10, open_days), Place(100, 0, open_days, is_restaurant=True)]
    travel = [[0, 1_000, 1_000], [1_000, 0, 1_000], [1_000, 1_000, 0]]
    case = Case("t", 100, 2, places, travel, 0, 90_000, most_places=1, lunches=True, must=[1])
    assert judge(case, [[1, 2], []]).value == 10 - 3  # three ways of ten minutes
    assert judge(case, [[2], []]).value == -2 - 20 * 10
    assert judge(case, [[1], []]).value == 10 - 2 - 4 * 10
    assert judge(case, [[], [1]]).faults == ("day 1: 1 is closed",)


def test_hours_of_a_trip_follow_the_weekday_and_end_a_visit_in_time(tmp_path: Path) -> None:
    hours = [f"{480 + day} {1_080 + day}" for day in range(7)]
    rows = [f"{n} {n % 5} {n % 7} 30 {n} 0 {' '.join(hours)} 0" for n in range(1, 31)]
    (tmp_path / "t101.txt").write_text("\n".join(["20 1 5 30 0 0", "0 0 0 0 0 540 1200", *rows]))
    (case,) = trips(tmp_path)
    sight = next(place for place in case.places[1:] if not place.is_restaurant)
    assert [window and window[1] for window in sight.windows[:3]] == [105_500, 105_600, 105_000]
    assert len(case.must) == 3


def test_the_kernel_is_judged_best_on_a_small_instance(case: Case) -> None:
    routes = ours.run(ours.problem_of(case), Search, iterations=50)
    assert judge(case, routes).faults == ()
    assert judge(case, routes).value == case.best
    assert ours.fitting(ours.problem_of(case), Search, 0.05) >= 1


def test_without_instances_the_row_is_skipped_and_says_where_they_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIPGEN_BENCH_DATA", raising=False)
    monkeypatch.setattr(planner, "ROOT", tmp_path / "repository")
    said: list[str] = []
    assert planner.measure(said.append, whole=False) == []
    assert "no instances in ../shared/data; TRIPGEN_BENCH_DATA" in said[0]


def test_a_folder_named_but_absent_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPGEN_BENCH_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(BenchmarkError, match="TRIPGEN_BENCH_DATA: there is no folder"):
        planner.measure(lambda _: None, whole=False)

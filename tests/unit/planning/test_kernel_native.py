"""The kernel compiled and as it is written: one source, one plan."""

import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from devstack import compiler
from shared.schedules.planning.document import Money
from shared.schedules.planning.kernel import solve
from shared.schedules.planning.kernel.problem import MOST_PRICE, MOST_PRIZE
from shared.schedules.planning.kernel.search import Search
from shared.schedules.planning.kernel.variants import interpreted_search, search_in
from shared.schedules.planning.optimiser import start
from tests.launch import ROOT
from tests.unit.planning.kernel_rules import priced, random_problem
from tests.unit.planning.optimiser_towns import member, plan_of, rain, town, trip

HAS_COMPILER = shutil.which("cc") is not None or shutil.which("gcc") is not None
needs_compiler = pytest.mark.skipif(not HAS_COMPILER, reason="no C compiler here")


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> type[Search]:
    """The search compiled from the source as it is now, not what may lie beside it."""
    folder = tmp_path_factory.mktemp("native")
    compiler.build(folder)
    return search_in(folder, compiler.SUFFIX)


@needs_compiler
@pytest.mark.parametrize("seed", range(20))
def test_native_and_plain_give_the_same_plan(native: type[Search], seed: int) -> None:
    rng = Random(seed)  # noqa: S311 -- test data
    problem = random_problem(rng, nodes=20 + 4 * seed, days=1 + seed % 7, rough=40 * (seed % 3))
    if seed % 2:  # prizes and prices at their bounds
        nodes = [replace(node, prize=MOST_PRIZE - node.prize) for node in problem.nodes]
        problem = replace(problem, nodes=nodes, travel_price=MOST_PRICE, wait_price=seed)
    plans = [
        solve(problem, seed=seed, iterations=250, search=search) for search in (native, interpreted_search())
    ]
    assert plans[0] == plans[1]


@needs_compiler
@pytest.mark.parametrize("seed", range(8))
def test_native_and_plain_agree_on_tolls_and_missing_ways(native: type[Search], seed: int) -> None:
    rng = Random(seed)  # noqa: S311 -- test data
    problem = priced(random_problem(rng, nodes=60, days=1 + seed % 4), rng, missing=3 * seed)
    plans = [
        solve(problem, seed=seed, iterations=150, cut=4, search=search)
        for search in (native, interpreted_search())
    ]
    assert plans[0] == plans[1]


TRIPS = {
    "town": lambda: trip(town("Alba", 3)),
    "budget": lambda: trip(town("Alba", 1), budget=Money(amount=60, currency="EUR")),
    "two towns by car": lambda: trip(town("Alba", 1), town("Berg", 1), transport="car"),
    "limited in rain": lambda: trip(town("Alba", 2), party=(member(70, "limited"),), weather=rain(0, 1)),
}


@needs_compiler
@pytest.mark.parametrize("name", TRIPS)
def test_native_and_plain_give_the_same_trip(
    native: type[Search], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = []
    for search in (native, interpreted_search()):
        monkeypatch.setattr(start, "solve", partial(solve, search=search))
        plans.append(plan_of(TRIPS[name]()).model_dump_json())
    assert plans[0] == plans[1]


@needs_compiler
@pytest.mark.parametrize("seed", [0, -1, 2**31, 2**63])
def test_any_seed_is_a_seed(native: type[Search], seed: int) -> None:
    problem = random_problem(Random(5))  # noqa: S311
    plans = [
        solve(problem, seed=seed, iterations=40, search=search) for search in (native, interpreted_search())
    ]
    assert plans[0] == plans[1]


def folder_with_source(tmp_path: Path) -> Path:
    """A copy of the kernel and of what compiles it, so that a build touches nothing of ours."""
    for part in (
        "devstack/compiler.py",
        "shared/schedules/planning/kernel",
        "shared/schedules/planning/__init__.py",
    ):
        target = tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        else:
            shutil.copyfile(ROOT / part, target)
    for package in ("shared", "shared/schedules"):
        (tmp_path / package / "__init__.py").touch()
    return tmp_path


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def loaded(folder: Path) -> str:
    return run(folder, "-m", "shared.schedules.planning.kernel").stdout


@needs_compiler
def test_command_builds_beside_the_source_and_removes_again(tmp_path: Path) -> None:
    folder = folder_with_source(tmp_path)
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    assert loaded(folder).startswith("plain ")
    built = run(folder, "-I", "devstack/compiler.py", "--require", PATH=path)
    assert built.returncode == 0, built.stderr
    assert loaded(folder).startswith("native ")
    (folder / "shared/schedules/planning/kernel/routes.pxd").touch()
    assert "older than routes.pxd: run ./tripgen native" in loaded(folder)
    assert run(folder, "-I", "devstack/compiler.py", "--remove").returncode == 0
    assert loaded(folder).startswith("plain ")


@pytest.mark.parametrize(("wish", "code"), [([], 0), (["--require"], 1)])
def test_without_a_compiler_plain_python_goes_on_and_says_so(
    tmp_path: Path, wish: list[str], code: int
) -> None:
    folder = folder_with_source(tmp_path)
    done = run(folder, "-I", "devstack/compiler.py", *wish, CC="/nowhere/cc", PATH="/nowhere")
    assert done.returncode == code
    assert "stays plain Python: there is no C compiler (/nowhere/cc)" in done.stderr
    assert loaded(folder).startswith("plain ")


@needs_compiler
def test_a_compiler_that_fails_leaves_the_source_in_charge(tmp_path: Path) -> None:
    folder = folder_with_source(tmp_path)
    for stale in compiler.built_files(folder / "shared/schedules/planning/kernel"):
        stale.write_bytes(b"not a module")
    done = run(folder, "-I", "devstack/compiler.py", CC="/bin/false", PATH="/usr/bin:/bin")
    assert done.returncode == 0
    assert "the C compiler failed" in done.stderr
    assert loaded(folder).startswith("plain ")

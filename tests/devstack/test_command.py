"""`./tripgen` from odd places: paths with spaces, two first runs at once, moved folders, missing Pythons."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import environment

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("tripgen", ".python-version", "devstack/environment.py")
BASE = getattr(sys, "_base_executable", sys.executable)
TOOLS = ("sh", "cat", "dirname", "readlink")
PROBE = "import sys; print(sys.executable, *sys.argv[1:]); sys.exit(7)"


def copy_to(folder: Path) -> Path:
    """A clone without packages to install; its commands stop where the modules they run are absent."""
    for name in COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "constraints.txt").touch()
    (folder / "requirements.txt").touch()
    (folder / "requirements-native.txt").touch()
    (folder / "requirements-infra.txt").touch()
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
    return folder


def program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def call(command: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, *arguments],
        cwd="/",
        env=surroundings() | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def surroundings() -> dict[str, str]:
    """This environment without what directs the command elsewhere."""
    redirects = ("TRIPGEN_VENV", "TRIPGEN_STATE", "PYENV_ROOT", "PYENV_VERSION")
    return {name: value for name, value in os.environ.items() if name not in redirects}


@pytest.fixture(scope="module")
def first_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str, str]]]:
    """A clone in a path with spaces, after two first runs at the same time."""
    folder = copy_to(tmp_path_factory.mktemp("a 'quoted' path") / "trip gen")
    program(folder / "bin" / "python3.13", f'exec "{BASE}" "$@"')
    environ = surroundings() | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    runs = [
        subprocess.Popen(
            [folder / "tripgen", "test", "--version"],
            cwd="/",
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [run.communicate() for run in runs]
    return folder, [(run.returncode, *output) for run, output in zip(runs, outputs, strict=True)]


def test_two_first_runs_at_once_make_one_environment(
    first_runs: tuple[Path, list[tuple[int, str, str]]],
) -> None:
    folder, runs = first_runs
    errors = "".join(stderr for _, _, stderr in runs)
    assert errors.count("Making ") == 1
    assert errors.count("No module named pytest") == 2  # both got as far as running it
    assert (folder / ".venv" / "made-from").exists()


def test_later_run_through_a_link_makes_nothing(
    first_runs: tuple[Path, list[tuple[int, str, str]]], tmp_path: Path
) -> None:
    folder, _ = first_runs
    (tmp_path / "inner").symlink_to(folder / "tripgen")
    (tmp_path / "outer").symlink_to("inner")
    done = call(tmp_path / "outer", "test", CDPATH="/usr:/", PYTHONPATH="/nowhere")
    assert "Making" not in done.stderr
    assert f"{folder}/.venv/bin/python: No module named pytest" in done.stderr


def test_check_runs_every_step_and_fails_if_one_does(
    first_runs: tuple[Path, list[tuple[int, str, str]]],
) -> None:
    done = call(first_runs[0] / "tripgen", "check", CI="", TRIPGEN_TOOLS="none")
    steps = (
        *("ruff check", "ruff format", "mypy --strict", "import contracts", "functions of each service"),
        *("OpenAPI", "Dockerfile", "workflows, rights", "workflows, schema", "updates of actions, schema"),
        "compose.yaml, schema",
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert failed[: len(steps)] == [f"FAILED  {step}" for step in steps]
    assert all("manifests" in line for line in failed[len(steps) :])  # where kubectl is
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("ci", "tools", "said"),
    [
        ("true", "/nowhere", "FAILED  Bicep: its checker is not at /nowhere; set TRIPGEN_TOOLS"),
        ("true", "none", "left out Bicep: its checker is not at none"),
        ("", "/nowhere", "left out Bicep: its checker is not at /nowhere"),
        ("true", "tools", "ok      Bicep"),
    ],
)
def test_checkers_beside_the_repository_are_wanted_in_ci_unless_it_says_none(
    first_runs: tuple[Path, list[tuple[int, str, str]]], tmp_path: Path, *, ci: str, tools: str, said: str
) -> None:
    if tools == "tools":
        (tmp_path / "check_bicep.py").touch()
        tools = str(tmp_path)
    done = call(first_runs[0] / "tripgen", "check", CI=ci, TRIPGEN_TOOLS=tools)
    assert [line for line in done.stdout.splitlines() if "Bicep" in line] == [
        line for line in done.stdout.splitlines() if line.startswith(said)
    ]
    assert said in done.stdout


@pytest.mark.parametrize("change", ["requirements", "place", "half-made"])
def test_environment_is_current_only_for_what_it_was_made_from(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", copy_to(tmp_path))
    venv = tmp_path / ".venv"
    venv.mkdir()
    (venv / environment.MARKER).write_text(environment.fingerprint(venv))
    assert environment.is_current(venv)
    if change == "requirements":
        (tmp_path / "requirements.txt").write_text("orjson==3.13.0\n")
    elif change == "place":
        venv = venv.rename(tmp_path / "moved")
    else:
        (venv / environment.MARKER).unlink()
    assert not environment.is_current(venv)


def test_failed_installation_shows_the_end_of_its_log_and_leaves_nothing_usable(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    (folder / "requirements.txt").write_text("no such requirement!\n")
    done = call(folder / "tripgen", "test", PATH=search_path(tmp_path, python313=f'exec "{BASE}" "$@"'))
    assert done.returncode == 1
    assert "Invalid requirement" in done.stderr
    assert not environment.is_current(folder / ".venv")


def search_path(folder: Path, **programs: str) -> str:
    """A PATH with the basic tools and these programs alone; `python313` stands for python3.13."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for tool in TOOLS:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    for name, text in programs.items():
        program(tools / name.replace("python313", "python3.13"), text)
    return str(tools)


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    """A clone whose environment maker only tells which Python runs it."""
    folder = copy_to(tmp_path / "clone")
    (folder / "devstack" / "environment.py").write_text(PROBE)
    return folder


def test_first_python_of_the_right_age_is_taken(probe: Path, tmp_path: Path) -> None:
    path = search_path(tmp_path, python313="exit 1", python3=f'exec "{BASE}" "$@"')
    done = call(probe / "tripgen", "demo", PATH=path, HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (7, f"{Path(BASE)} {probe}/.venv\n")


def test_python_of_pyenv_is_found_without_shims(probe: Path, tmp_path: Path) -> None:
    program(tmp_path / ".pyenv" / "versions" / "3.13.9" / "bin" / "python3", f'exec "{BASE}" "$@"')
    done = call(probe / "tripgen", "demo", PATH=search_path(tmp_path), HOME=str(tmp_path))
    assert done.returncode == 7


def test_python_of_uv_is_found(probe: Path, tmp_path: Path) -> None:
    path = search_path(tmp_path, uv=f'[ "$*" = "python find 3.13" ] && echo "{BASE}"')
    done = call(probe / "tripgen", "demo", PATH=path, HOME=str(tmp_path))
    assert done.returncode == 7


def test_without_python_it_says_what_to_install(probe: Path, tmp_path: Path) -> None:
    path = search_path(tmp_path, python3="exit 1", uv="exit 2")
    done = call(probe / "tripgen", "demo", PATH=path, HOME=str(tmp_path))
    assert done.returncode == 1
    assert "needs Python 3.13 or later" in done.stderr
    assert "uv python install 3.13" in done.stderr


def test_other_places_for_environment_and_state_are_honoured(probe: Path, tmp_path: Path) -> None:
    path = search_path(tmp_path, python3=f'exec "{BASE}" "$@"')
    done = call(probe / "tripgen", "up", PATH=path, TRIPGEN_VENV=str(tmp_path / "my venv"))
    assert done.stdout.endswith(f" {tmp_path}/my venv\n")


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_needs_no_environment(word: str, probe: Path) -> None:
    done = call(probe / "tripgen", word)
    assert done.returncode == 0
    assert [
        name
        for name in ("demo", "up", "test", "check", "bench", "native")
        if f"\n  {name} " not in done.stdout
    ] == []


def test_unknown_command_shows_help_and_code_2(probe: Path) -> None:
    done = call(probe / "tripgen", "deploy")
    assert done.returncode == 2
    assert 'no command "deploy"' in done.stderr
    assert "usage: ./tripgen" in done.stderr
    assert call(probe / "tripgen").returncode == 2

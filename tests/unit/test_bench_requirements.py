"""The packages of the benchmarks come beside the others, and only when asked for."""

from pathlib import Path

import pytest

from devstack import environment

FILES = (*environment.REQUIREMENTS, *environment.EXTRAS.values(), *environment.ALONE.values())


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment as it is after demo or test: nothing extra."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in FILES:
        (tmp_path / name).write_text(f"# {name}\n")
    made = tmp_path / ".venv"
    made.mkdir()
    (made / environment.MARKER).write_text(environment.fingerprint(made))
    return made


def test_environment_without_an_extra_is_current_until_the_extra_is_wanted(venv: Path) -> None:
    assert environment.is_current(venv)
    assert not environment.is_current(venv, "bench")


@pytest.mark.parametrize(
    ("changed", "still"), [("requirements-bench.txt", True), ("requirements.txt", False)]
)
def test_extra_is_made_from_its_own_file_and_all_others(venv: Path, changed: str, still: bool) -> None:  # noqa: FBT001
    (venv / f"{environment.MARKER}-bench").write_text(environment.fingerprint(venv, "bench"))
    assert environment.is_current(venv, "bench")
    (venv.parent / changed).write_text("orjson==3.13.0\n")
    assert not environment.is_current(venv, "bench")
    assert environment.is_current(venv) is still


def test_only_the_extra_names_the_alternatives() -> None:
    root = Path(environment.__file__).parents[1]
    everybodys = "".join((root / name).read_text() for name in environment.REQUIREMENTS)
    extra = (root / environment.EXTRAS["bench"]).read_text()
    for package in ("fastapi", "procrastinate", "celery"):
        assert f"{package}==" in extra
        assert package not in everybodys


def test_infra_environment_is_made_from_its_own_file_only(venv: Path) -> None:
    (venv / f"{environment.MARKER}-infra").write_text(environment.fingerprint(venv, "infra"))
    (venv / environment.MARKER).unlink()
    (venv.parent / "requirements.txt").write_text("orjson==3.13.0\n")
    assert environment.is_current(venv, "infra")
    (venv.parent / "requirements-infra.txt").write_text("checkov==3.0.0\n")
    assert not environment.is_current(venv, "infra")

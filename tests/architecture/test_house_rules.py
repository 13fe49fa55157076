"""The rules of the house that no linter checks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.servicebus.config import read_config
from shared.messaging import CONTRACTS
from tests.launch import ROOT

APP = [ROOT / "function_app.py", *ROOT.glob("blueprints/**/*.py"), *ROOT.glob("shared/**/*.py")]
SOURCES = [*APP, *ROOT.glob("devstack/**/*.py"), *ROOT.glob("benchmarks/**/*.py")]
EDGES = ("function_app.py", "blueprints/", "shared/http/", "shared/worker/")
VENDOR_ROOMS = {
    "psycopg_pool": "shared/db/",
    "alembic": "shared/db/",
    "sqlalchemy": "shared/db/",
    "redis": "shared/cache/",
    "azure.servicebus": "shared/bus/",
    "azure.cosmos": "shared/documents/",
    "azure.identity": "shared/identity/",
    "openai": "shared/ai/",
    "googlemaps": "shared/maps/",
    "opentelemetry": "shared/telemetry/",
    "azure.monitor": "shared/telemetry/",
    "jwt": "shared/auth/",
    "argon2": "shared/auth/",
    "PIL": "shared/users/avatars.py",
}
LINES_PER_FILE, LINES_PER_FUNCTION, LINES_PER_HANDLER = 300, 50, 20


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(params=SOURCES, ids=place)
def source(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(params=APP, ids=place)
def app_source(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_the_root_of_shared_is_closed() -> None:
    rooms = {path.stem for path in ROOT.glob("shared/*.py")}
    assert rooms == {"__init__", "config", "errors", "runtime"}


def test_a_file_fits_on_a_few_screens(source: Path) -> None:
    assert len(source.read_text().splitlines()) <= LINES_PER_FILE


def test_a_module_says_why_it_exists(source: Path) -> None:
    text = source.read_text()
    assert not text or ast.get_docstring(ast.parse(text))


def test_functions_are_short(source: Path) -> None:
    limit = LINES_PER_HANDLER if place(source).startswith("blueprints/") else LINES_PER_FUNCTION
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < limit, node.name


def test_the_functions_host_is_known_at_the_edges_only(app_source: Path) -> None:
    if any(within(name, "azure.functions") for name in imports(app_source)):
        assert place(app_source).startswith(EDGES)


def test_each_vendor_has_one_room(app_source: Path) -> None:
    for name in imports(app_source):
        for vendor, room in VENDOR_ROOMS.items():
            assert not within(name, vendor) or place(app_source).startswith(room), name


def test_only_config_reads_the_environment(app_source: Path) -> None:
    assert "os" not in set(imports(app_source)) or place(app_source) == "shared/config.py"


def test_the_dev_stack_and_the_app_do_not_know_each_other(source: Path) -> None:
    ours = place(source).split("/")[0]
    strangers = {"devstack": ("shared", "blueprints", "function_app")}.get(ours, ("devstack",))
    if ours != "benchmarks":
        assert not [name for name in imports(source) for other in strangers if within(name, other)]


def test_the_queues_of_the_contracts_are_the_declared_ones() -> None:
    declared = read_config(ROOT / "devstack/servicebus/Config.json")
    assert {queue.name for queue in declared} == {model.queue for model in CONTRACTS}

"""How the Bicep files are written: small, described, composed in one place."""

import re
from pathlib import Path

import pytest

from tests.infra.bicep_file import MAIN, MODULES, PARTS, parameters, read

COMPOSING = [MAIN, *PARTS]
SECRETS = re.compile(
    r"listKeys|listSecrets|primaryKey|connectionStrings|accountKey|administratorLoginPassword", re.I
)


def test_there_are_modules() -> None:
    assert len(MODULES) > 30


def test_main_and_its_parts_compose_and_hold_no_resource() -> None:
    used = set()
    for path in [*COMPOSING, *MODULES]:
        file = read(path)
        assert path in MODULES or not file.of("resource")
        used |= {(path.parent / one.target).resolve() for one in file.of("module").values()}
    assert used == {path.resolve() for path in [*PARTS, *MODULES]}


def test_no_two_deployments_of_a_site_have_one_name() -> None:
    names = [one.value["name"] for path in [*COMPOSING, *MODULES] for one in read(path).of("module").values()]
    assert len(set(names)) == len(names) > len(MODULES)


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)
def test_part_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 200
    assert len(read(path).of("param")) <= 10


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_is_small_and_says_what_it_made(path: Path) -> None:
    file = read(path)
    assert len(path.read_text().splitlines()) <= 150
    assert len(file.of("param")) <= 10
    if any(not one.is_existing for one in file.of("resource").values()) and "access" not in path.stem:
        assert {"name", "resourceId"} <= set(file.of("output"))


@pytest.mark.parametrize("path", [*COMPOSING, *MODULES], ids=lambda path: path.stem)
def test_every_declaration_is_described(path: Path) -> None:
    assert [one.name for one in read(path).declarations if not one.is_described] == []


@pytest.mark.parametrize("path", [*COMPOSING, *MODULES], ids=lambda path: path.stem)
def test_no_key_is_read_or_given_away(path: Path) -> None:
    assert SECRETS.findall(path.read_text()) == []


@pytest.mark.parametrize("name", ["dev", "prod", "dr"])
def test_parameter_file_gives_what_main_asks_for(name: str) -> None:
    given = set(parameters(name))
    params = read(MAIN).of("param")
    wanted = {one for one in ("environmentName", "models", "operators", "edge") if one in params}
    assert wanted <= given <= set(params)


def test_every_module_that_makes_something_with_logs_sends_them_to_the_workspace() -> None:
    silent = [
        path.stem
        for path in MODULES
        if "param workspaceId" in path.read_text() and "to-workspace" not in path.read_text()
    ]
    # These hand the workspace on: the cluster's logs are set in cluster-operations.
    assert silent == ["alerts-logs", "cluster", "prometheus", "workbook"]

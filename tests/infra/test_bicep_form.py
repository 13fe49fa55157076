"""How the Bicep files are written: small, described, composed in one place."""

import re
from pathlib import Path

import pytest

from tests.infra.bicep_file import MAIN, MODULES, PARTS, parameters, read

COMPOSING = [MAIN, *PARTS]
SILENT = {
    "Microsoft.Authorization",
    "Microsoft.Insights",
    "Microsoft.ManagedIdentity",
    "Microsoft.Monitor/accounts",
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
    "Microsoft.Network/frontDoorWebApplicationFirewallPolicies",
    "Microsoft.Network/natGateways",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/publicIPPrefixes",
    "Microsoft.Storage/storageAccounts",
}
"""Without logs of their own: a firewall's are the gateway's, a storage account's are its services'."""
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


def test_what_writes_logs_sends_them_to_the_workspace() -> None:
    made, observed = set(), set()
    for path in MODULES:
        resources = read(path).of("resource")
        types = {name: one.target.partition("@")[0] for name, one in resources.items()}
        made |= {types[name] for name, one in resources.items() if not one.is_existing}
        settings = [one for one in resources.values() if "/diagnosticSettings@" in one.target]
        observed |= {types[one.value["scope"].partition("[")[0]] for one in settings}
    assert len(observed) > 15
    assert sorted(one for one in made if not belongs(one, observed | SILENT)) == []


def belongs(type_name: str, families: set[str]) -> bool:
    return any(type_name == one or type_name.startswith(f"{one}/") for one in families)

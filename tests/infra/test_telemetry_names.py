"""Workbook, alerts and the page of queries ask for what the app tells, by the names it tells it under."""

import re

import pytest

from deploy.services import SERVICES
from tests.infra.bicep_file import INFRA
from tests.launch import ROOT

ASKING = (
    INFRA / "workbook.json",
    INFRA / "modules" / "alerts-logs.bicep",
    ROOT / "docs" / "operations" / "telemetry.md",
)
NAME = re.compile(
    r"(AppRequests|AppMetrics|AppDependencies) \|[^\n]*?\bName (?:==|in) \(?([^|)\n]+?)(?: and |\)| \|)"
)
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
PROPERTY = re.compile(r"Properties\[[\"']([^\"']+)[\"']\]")
ROLES = re.compile(r"AppRoleName in \(([^)]+)\)")
SOURCES = "\n".join(path.read_text() for path in ROOT.glob("shared/**/*.py"))


@pytest.fixture(scope="module")
def told() -> dict[str, set[str]]:
    """What each table knows names of."""
    meters = (ROOT / "shared/telemetry/meters.py").read_text()
    files = (ROOT / "deploy/base/functions").glob("*.env")  # in step with the app, another test says
    return {
        "AppRequests": {line.partition("=")[2] for file in files for line in file.read_text().splitlines()},
        "AppMetrics": set(re.findall(r"\(\s*\"([a-z_]+(?:\.[a-z_]+)+)\"", meters)),
    }


def asked(table: str) -> set[str]:
    found = [part for path in ASKING for part in NAME.findall(path.read_text())]
    return {name for where, names in found if where == table for name in QUOTED.findall(names)}


@pytest.mark.parametrize("table", ["AppRequests", "AppMetrics"])
def test_what_is_asked_for_is_told(table: str, told: dict[str, set[str]]) -> None:
    assert asked(table)
    assert asked(table) <= told[table]


def test_properties_are_those_the_app_notes() -> None:
    asked_for = {name for path in ASKING for name in PROPERTY.findall(path.read_text())}
    assert asked_for
    assert [name for name in asked_for if f'"{name}"' not in SOURCES] == []


def test_roles_are_the_services() -> None:
    for path in ASKING:
        for roles in ROLES.findall(path.read_text()):
            assert set(QUOTED.findall(roles)) == set(SERVICES), path.name

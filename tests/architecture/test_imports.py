"""Importing the app leaves alone what only some of its processes ever need."""

import subprocess
import sys

import pytest

from tests.launch import ROOT

IMPORTED = "import function_app, sys; print(*sys.modules)"


@pytest.fixture(scope="module")
def imported() -> frozenset[str]:
    """Every module that is there once the app is imported, in a process of its own."""
    command = [sys.executable, "-c", IMPORTED]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return frozenset(run.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "azure.cosmos",
        "azure.identity",
        "azure.servicebus",
        "googlemaps",
        "openai",
        "requests",
        "shared.maps",
        "shared.schedules.planning",
    ],
)
def test_it_comes_at_its_first_use(imported: frozenset[str], module: str) -> None:
    assert module not in imported


def test_the_functions_are_there(imported: frozenset[str]) -> None:
    assert "blueprints.schedule_worker" in imported

"""Rules for every ring of tests."""

import os
from pathlib import Path

import pytest

from tests.launch import ROOT

TOGETHER = ("tests/acceptance", "tests/integration")
"""Rings whose tests share servers that are started once: one process runs them all."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Split the run between processes by file, or by ring where the ring shares its servers."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item.path.relative_to(ROOT))))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be left out: a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _group(path: Path) -> str:
    ring = path.parent.as_posix()
    return ring if ring in TOGETHER else path.as_posix()

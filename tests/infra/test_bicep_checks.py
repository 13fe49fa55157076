"""What Checkov says about the Bicep files, and the offline checker where it lies beside the repository."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from devstack import environment
from tests.infra.bicep_file import INFRA, MODULES

ROOT = Path(__file__).parents[2]
TOOLS = Path(os.environ.get("TRIPGEN_TOOLS") or ROOT.parent / "shared" / "tools")


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment with the tools, made on first use."""
    venv = Path(f"{os.environ.get('TRIPGEN_VENV') or ROOT / '.venv'}-infra")
    environment.make(venv, log=tmp_path_factory.mktemp("log") / "pip.log", extra="infra")
    return venv / "bin"


def checkov(infra: Path, folder: Path) -> dict[str, Any]:
    command = [infra / "checkov", "-d", folder, "--framework", "bicep", "--skip-download", "-o", "json"]
    done = subprocess.run([*map(str, command), "--compact"], capture_output=True, check=False)
    report = json.loads(done.stdout)
    assert isinstance(report, dict)
    return report


@pytest.mark.timeout(600)
def test_checkov_reads_every_file_and_has_no_complaint(infra: Path) -> None:
    report = checkov(infra, INFRA)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["resource_count"] > len(MODULES)
    failed = report["results"]["failed_checks"]
    assert [(one["check_id"], one["file_path"], one["resource"]) for one in failed] == []
    skipped = report["results"]["skipped_checks"]
    assert skipped
    for one in skipped:
        assert len(one["check_result"]["suppress_comment"].split()) > 3, one["check_id"]


@pytest.mark.timeout(600)
def test_checkov_would_complain(infra: Path, tmp_path: Path) -> None:
    text = (INFRA / "modules" / "storage.bicep").read_text()
    (tmp_path / "storage.bicep").write_text(text.replace("'TLS1_2'", "'TLS1_0'"))
    failed = checkov(infra, tmp_path)["results"]["failed_checks"]
    assert "CKV_AZURE_44" in {one["check_id"] for one in failed}


@pytest.mark.timeout(600)
def test_offline_checker_has_no_complaint(infra: Path) -> None:
    """Without the checker there is nothing to run, which `./tripgen check` says, and fails on in CI."""
    if not TOOLS.is_dir():
        assert os.environ.get("CI") != "true", f"The checker is not at {TOOLS}; set TRIPGEN_TOOLS."
        return
    command = [str(infra / "python"), str(TOOLS / "check_bicep.py"), "--strict", str(INFRA)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 errors, 0 warnings" in done.stdout

"""What Checkov says about the Bicep files, and schemas about compose.yaml and .github."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from devstack import environment
from tests.infra.bicep_file import INFRA, MODULES

ROOT = Path(__file__).parents[2]


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
@pytest.mark.parametrize(
    ("schema", "file", "wrong"),
    [
        ("compose-spec", "compose.yaml", ("healthcheck:", "health_check:")),
        ("github-workflows", ".github/workflows/infra.yml", ("needs: build", "need: build")),
        ("dependabot", ".github/dependabot.yml", ("interval: weekly", "interval: sometimes")),
    ],
)
def test_schemas_accept_what_is_here_and_refuse_a_slip(
    infra: Path, tmp_path: Path, *, schema: str, file: str, wrong: tuple[str, str]
) -> None:
    command = [str(infra / "check-jsonschema"), "--builtin-schema", f"vendor.{schema}"]
    good = subprocess.run([*command, str(ROOT / file)], capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stdout
    slip = tmp_path / Path(file).name
    slip.write_text((ROOT / file).read_text().replace(*wrong))
    bad = subprocess.run([*command, str(slip)], capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert wrong[1].split(":")[0] in bad.stdout or "sometimes" in bad.stdout

"""The workflows hold few rights, run only pinned code and store no secret; a release changes one line."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.bicep_file import INFRA, parameters
from tests.infra.manifests import OVERLAYS
from tests.launch import ROOT

WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: str(path.stem))
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(yaml.safe_load(request.param.read_text()))


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_the_four_workflows_are_there() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "image", "infra", "release"]


def test_rights_are_given_job_by_job(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    assert "concurrency" in workflow
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"]


def test_actions_are_pinned_by_commit(workflow: dict[str, Any]) -> None:
    for step in steps(workflow):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", f"a/b@{'0' * 40}")), step


def test_one_action_has_one_pin() -> None:
    used = {
        step["uses"]
        for path in WORKFLOWS
        for step in steps(yaml.safe_load(path.read_text()))
        if "uses" in step
    }
    assert len({name.split("@")[0] for name in used}) == len(used)


def test_no_secret_is_stored_and_no_input_reaches_a_shell_unquoted(workflow: dict[str, Any]) -> None:
    assert "secrets." not in str(workflow)
    for step in steps(workflow):
        assert "${{" not in step.get("run", "")
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_the_publisher_of_a_site_is_its_workflow() -> None:
    job = yaml.safe_load((ROOT / ".github/workflows/image.yml").read_text())["jobs"]["image"]
    assert job["environment"] == "publish-${{ matrix.site }}"
    assert parameters("dr")["operators"]["publisherSubject"] == ""  # its images are those of the first site
    for site in job["strategy"]["matrix"]["site"]:
        subject = parameters(site)["operators"]["publisherSubject"]
        assert subject.endswith(f":environment:publish-{site}")


def test_what_would_change_is_shown_for_every_site_that_is_deployed() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/infra.yml").read_text())["jobs"]
    sites = {path.stem for path in INFRA.glob("*.bicepparam")}
    for name in ("what-if", "deploy"):
        assert set(jobs[name]["strategy"]["matrix"]["environment"]) == sites


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "deploy", tmp_path / "deploy"))


def bump(deploy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([deploy / "bump", *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("overlay", "changed"), [("dev", {"dev"}), ("prod", {"prod", "dr"})])
def test_a_release_changes_the_tag_and_nothing_else(deploy: Path, overlay: str, changed: set[str]) -> None:
    files = {site: deploy / f"overlays/{site}/kustomization.yaml" for site in OVERLAYS}
    before = {site: file.read_text() for site, file in files.items()}
    assert bump(deploy, overlay, "v1.2.3").returncode == 0
    for site, file in files.items():
        tag = "v1.2.3" if site in changed else "v0.0.0"
        assert file.read_text() == before[site].replace("newTag: v0.0.0", f"newTag: {tag}")


@pytest.mark.parametrize(
    "words", [("prod",), ("test", "v1.2.3"), ("dr", "v1.2.3"), ("prod", "latest"), ("prod", "v1.2.3/e;rm")]
)
def test_a_release_that_makes_no_sense_changes_nothing(deploy: Path, words: tuple[str, ...]) -> None:
    before = (deploy / "overlays/prod/kustomization.yaml").read_text()
    done = bump(deploy, *words)
    assert done.returncode == 2
    assert done.stderr
    assert (deploy / "overlays/prod/kustomization.yaml").read_text() == before

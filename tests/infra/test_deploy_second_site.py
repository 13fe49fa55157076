"""The second site waits without pods, and one line makes it what the first site is."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.bicep_file import module, parameters
from tests.infra.manifests import OVERLAYS, build, objects
from tests.launch import ROOT

DR = Path("overlays/dr/kustomization.yaml")


@pytest.fixture
def serving(tmp_path: Path) -> str:
    """The second site without the line that makes it wait."""
    deploy = Path(shutil.copytree(ROOT / "deploy", tmp_path / "deploy"))
    lines = (deploy / DR).read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("  - ../../standby")]
    assert len(kept) == len(lines) - 1
    (deploy / DR).write_text("".join(kept))
    return build(deploy / DR.parent)


def as_first_site(text: str) -> list[dict[str, Any]]:
    """A rendering with the names and addresses of the first site; hashes of contents left out."""
    text = text.replace("-prod-krc", "-prod").replace("sttripgenprodkrc", "sttripgenprod")
    text = text.replace(".koreacentral.", ".japaneast.")
    text = re.sub(r"\b10\.1\.(\d)", r"10.0.\1", text)
    text = re.sub(r"(settings|\w+-functions)-[a-z0-9]{10}\b", r"\1", text)
    return list(yaml.safe_load_all(text))


def test_a_waiting_site_runs_no_pods_and_no_migrations() -> None:
    waiting = objects("dr", "ScaledObject")
    assert set(waiting) == set(objects("dr", "Deployment"))
    for scaler in waiting.values():
        assert scaler["metadata"]["annotations"] == {"autoscaling.keda.sh/paused-replicas": "0"}
    assert not objects("dr", "Job")


def test_without_the_line_it_is_the_first_site_in_another_network(serving: str) -> None:
    first = build(ROOT / "deploy/overlays/prod")
    assert as_first_site(serving) == as_first_site(first)
    assert "10.1.1.200" in serving
    assert "10.0." not in serving
    assert "10.1." not in first


def test_its_names_are_those_of_its_parameters() -> None:
    code = module("names").of("var")["codes"].value[parameters("dr")["location"]]
    settings = (ROOT / "deploy/overlays/dr/settings.env").read_text()
    site = (ROOT / "deploy/overlays/dr/site.env").read_text()
    assert f"keyVault=kv-tripgen-prod-{code}\n" in site
    assert f"serviceBus=sb-tripgen-prod-{code}\n" in site
    assert f"__accountName=sttripgenprod{code}\n" in settings
    assert f"https://oai-tripgen-prod-{code}." in settings
    assert "https://cosmos-tripgen-prod." in settings  # documents are those of the first site


def test_argo_cd_finds_every_overlay() -> None:
    text = (ROOT / "deploy/argocd/applicationset.yaml").read_text()
    [generator] = yaml.safe_load(text)["spec"]["generators"]
    [choice] = generator["clusters"]["selector"]["matchExpressions"]
    folders = {path.parent.name for path in ROOT.glob("deploy/overlays/*/kustomization.yaml")}
    assert set(choice["values"]) == set(OVERLAYS) == folders


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_models_are_asked_by_the_names_of_their_deployments(overlay: str) -> None:
    models = parameters(overlay)["models"]
    settings = (ROOT / f"deploy/overlays/{overlay}/settings.env").read_text()
    assert re.findall(r"^OPENAI_(?:FALLBACK_)?MODEL=(\S+)$", settings, re.M) == [
        models["primary"]["name"],
        models["fallback"]["name"],
    ]

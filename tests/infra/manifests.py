"""The overlays as a cluster would get them, rendered once per run by kustomize."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.launch import ROOT

type Manifest = dict[str, Any]

OVERLAYS = ("dev", "prod", "dr")


def build(folder: Path) -> str:
    """An overlay's folder as YAML; where kustomize is missing the test is left out, but never in CI."""
    done = subprocess.run([*_kustomize(), str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(overlay: str, kind: str) -> dict[str, Manifest]:
    """All objects of a kind by name."""
    return {item["metadata"]["name"]: item for item in _parsed(overlay) if item["kind"] == kind}


def kinds(overlay: str) -> set[str]:
    """What kinds of objects the overlay holds."""
    return {str(item["kind"]) for item in _parsed(overlay)}


@cache
def rendered(overlay: str) -> str:
    """An overlay as YAML."""
    return build(ROOT / "deploy/overlays" / overlay)


@cache
def _parsed(overlay: str) -> tuple[Manifest, ...]:
    return tuple(yaml.safe_load_all(rendered(overlay)))


def container(workload: Manifest) -> Manifest:
    """The one container of a workload."""
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    return dict(only)


def environment(overlay: str, workload: Manifest) -> dict[str, str | None]:
    """Variables of a workload's container; None where the value is a secret."""
    maps = objects(overlay, "ConfigMap")
    found: dict[str, str | None] = {}
    for source in container(workload).get("envFrom", []):
        if "configMapRef" in source:
            found |= maps[source["configMapRef"]["name"]]["data"]
        else:
            found |= dict.fromkeys(_keys(overlay, source["secretRef"]["name"]))
    for variable in container(workload).get("env", []):
        found[variable["name"]] = variable.get("value") or _label(workload, variable)
    return found


def _label(workload: Manifest, variable: Manifest) -> str | None:
    """The pod's label a variable takes its value from, None when it takes it from elsewhere."""
    path = variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath", "")
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels.get(path.removeprefix("metadata.labels['").removesuffix("']"))


def _keys(overlay: str, secret: str) -> Iterator[str]:
    for provider in objects(overlay, "SecretProviderClass").values():
        for made in provider["spec"]["secretObjects"]:
            if made["secretName"] == secret:
                yield from (entry["key"] for entry in made["data"])


def _kustomize() -> list[str]:
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize"]
    if os.environ.get("CI") == "true":
        pytest.fail("Neither kustomize nor kubectl is on the PATH: install one.")
    pytest.skip("Neither kustomize nor kubectl is on the PATH.")

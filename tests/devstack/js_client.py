"""Microsoft's JavaScript clients as independent judges: a folder of scenarios, run by Node.js."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.launch import ROOT

OLDEST_NODE = 20  # what the clients ask for
INSTALL_S, RUN_S = 150, 120

type Told = dict[str, dict[str, object]]


def told_by(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Told:
    """What each scenario of the folder said, by its name: `seen` or `error`."""
    installed = _installed(folder)
    ended = subprocess.run(
        [_node(), str(installed / "scenarios.mjs"), *arguments],
        env=os.environ | dict(environment or {}),
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said = [json.loads(line) for line in ended.stdout.splitlines()]
    return {line.pop("scenario"): line for line in said}


def locked_version(folder: Path, package: str) -> str:
    """The version the lock file pins; fails when the file names a registry."""
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    assert not [name for name, locked in packages.items() if "resolved" in locked]
    return str(packages[f"node_modules/{package}"]["version"])


def _node() -> str:
    """The Node.js to use; without one the tests are left out, which only a laptop may do."""
    node = shutil.which("node")
    if node is not None and shutil.which("npm") is not None:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.removeprefix("v").partition(".")[0]) >= OLDEST_NODE:
            return node
    lack = f"The JavaScript clients need Node.js {OLDEST_NODE} or newer with npm on the PATH."
    if os.environ.get("CI") == "true":
        pytest.fail(lack)
    pytest.skip(lack)


def _installed(scenarios: Path) -> Path:
    """A folder with the scenarios and the locked packages, which are installed once per lock file."""
    _node()
    lock = (scenarios / "package-lock.json").read_bytes()
    state = Path(os.environ.get("TRIPGEN_STATE") or ROOT / ".devstack")
    folder = state / "cache" / f"js-{hashlib.sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", "scenarios.mjs"):
            shutil.copyfile(scenarios / name, folder / name)
        if not (folder / "installed").exists():
            _install(folder)
            (folder / "installed").touch()
    return folder


def _install(folder: Path) -> None:
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    ended = subprocess.run(
        ["npm", "ci", *options],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INSTALL_S,
        check=False,
    )
    assert ended.returncode == 0, f"npm ci failed:\n{ended.stderr}"

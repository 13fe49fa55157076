"""What the Dockerfile copies is the app, the whole app, and nothing else."""

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from deploy.services import SERVICES
from tests.infra.image import everything, in_image, sent, stage
from tests.launch import ROOT

INDEX = """
import json, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import function_app
names = [f.get_function_name() for f in function_app.app.get_functions()]
print(json.dumps({"names": names, "file": function_app.__file__}))
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("wwwroot")
    for name in in_image(everything(ROOT)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    return root


def test_all_functions_are_indexed_from_the_files_of_the_image(image: Path) -> None:
    packages = sysconfig.get_path("purelib")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", INDEX, str(image), packages],
        cwd=image,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["file"]).parent == image
    wanted = {line.split("=")[1] for name in SERVICES for line in _functions(name)}
    assert set(found["names"]) == wanted


def _functions(service: str) -> list[str]:
    return (ROOT / f"deploy/base/functions/{service}.env").read_text().split()


def test_migrations_and_prompts_are_in_the_image(image: Path) -> None:
    assert (image / "shared/db/migrations/env.py").exists()
    assert list(image.glob("shared/ai/prompts/*.md"))


def test_nothing_of_the_laptop_is_in_the_image(image: Path) -> None:
    assert {path.name for path in image.iterdir()} == {"blueprints", "shared", "function_app.py", "host.json"}
    assert not [path for path in image.rglob("*") if path.suffix in {".pyc", ".so"}]


@pytest.mark.parametrize(
    "name",
    [
        "local.settings.json",
        ".git/config",
        ".devstack/postgres/data",
        "devstack/stack.py",
        "tests/conftest.py",
        "shared/.env",
        "shared/db/key.pem",
        "shared/__pycache__/config.pyc",
        "infra/bicep/main.bicep",
    ],
)
def test_secrets_and_tools_do_not_reach_the_builder(name: str) -> None:
    assert not sent([name])


def test_what_the_build_needs_reaches_the_builder() -> None:
    needed = ["requirements.txt", "constraints.txt", "devstack/compiler.py", "requirements-native.txt"]
    assert sent(needed) == set(needed)


def test_the_container_is_not_root_and_says_when_it_is_well() -> None:
    app = stage("app")
    assert "\nUSER 10001:10001\n" in app
    assert "\nHEALTHCHECK " in app
    assert "pip install" not in app
    assert "apt-get" not in app

"""The emulator through Microsoft's JavaScript client: an independent judge of the same wire."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.devstack.servicebus_admin_parts import Emulator, emulator
from tests.launch import ROOT

HERE = Path(__file__).with_name("js")
OLDEST_NODE = 18  # what the client asks for
INSTALL_S, RUN_S = 150, 120

SEEN: dict[str, object] = {
    "send_and_complete": {"body": {"city": "Seoul"}, "deliveries": 0, "left": False},
    "message_properties": {
        "messageId": "m-1",
        "subject": "subject",
        "contentType": "text/plain",
        "correlationId": "c-1",
        "replyTo": "answers",
        "to": "somewhere",
        "timeToLive": 60_000,
        "applicationProperties": {"text": "t", "whole": 7, "half": 0.5, "yes": True},
        "state": "active",
        "numbered": True,
        "recent": True,
        "expiresAfter": 60_000,
    },
    "message_without_id_gets_one": True,
    "batch": {"added": [True, True, True, False], "limit": 262_144, "bodies": [0, 1, 2]},
    "oversized_message": "MessageSizeExceeded",
    "several_frames": 200_000,
    "abandon_counts_deliveries": [0, 1],
    "last_delivery_is_dead_lettered": {"reason": "MaxDeliveryCountExceeded", "source": "jobs"},
    "dead_letter": ["unwanted", "unwanted", "nobody asked"],
    "defer": {"hidden": True, "body": "not now", "state": "deferred"},
    "schedule": {"early": True, "body": "later", "punctual": True},
    "cancel_schedule": {"peeked": ["never", "scheduled"], "after": 0, "again": "MessageNotFound"},
    "peek_takes_nothing": [["a", "b"], ["a", "b"]],
    "renew": True,
    "settled_twice": "The message has either been deleted or already settled",
    "receive_and_delete": {"body": "gone", "left": False},
    "duplicate_is_dropped": {"body": "first", "alone": True},
    "subscribe": [0, 1, 2, 3, 4],
    "sessions": {
        "order": [1, 3],
        "other": "b",
        "taken": "SessionCannotBeLocked",
        "renewed": True,
        "state": "at 1",
        "none": "ServiceTimeout",
        "unnamed": "GeneralError",
    },
    "unknown_queue": "MessagingEntityNotFound",
    "wrong_key": "UnauthorizedAccess",
    "administration": {
        "created": ["from-js", 4, "PT30S"],
        "changed": 6,
        "active": 1,
        "total": 1,
        "names": ["bulk", "from-js", "jobs", "talks"],
        "existed": True,
        "exists": False,
    },
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What each scenario said, by its name: `seen` or `error`."""
    node = _node()
    with emulator(tmp_path_factory.mktemp("js")) as running:
        lines = _run(node, running)
    said = [json.loads(line) for line in lines]
    return {line.pop("scenario"): line for line in said}


@pytest.mark.parametrize("scenario", SEEN)
def test_javascript_client_sees_what_the_service_would_show(
    told: dict[str, dict[str, object]], scenario: str
) -> None:
    assert told[scenario] == {"seen": SEEN[scenario]}


def test_every_scenario_that_runs_is_judged(told: dict[str, dict[str, object]]) -> None:
    assert told.keys() == SEEN.keys()


def test_lock_file_names_no_registry() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    assert packages["node_modules/@azure/service-bus"]["version"] == "7.9.5"
    assert not [name for name, package in packages.items() if "resolved" in package]


def _node() -> str:
    """The Node.js to use; without one the tests are left out, which only a laptop may do."""
    node = shutil.which("node")
    if node is not None and shutil.which("npm") is not None:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.removeprefix("v").partition(".")[0]) >= OLDEST_NODE:
            return node
    lack = f"The JavaScript client needs Node.js {OLDEST_NODE} or newer with npm on the PATH."
    if os.environ.get("CI") == "true":
        pytest.fail(lack)
    pytest.skip(lack)


def _run(node: str, running: Emulator) -> list[str]:
    folder = _installed()
    ports = [str(running.port("amqp")), str(running.port("admin-tls"))]
    ended = subprocess.run(
        [node, str(folder / "scenarios.mjs"), *ports],
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(running.authority)},
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def _installed() -> Path:
    """A folder with the scenarios and the locked packages, which are installed once per lock file."""
    lock = (HERE / "package-lock.json").read_bytes()
    state = Path(os.environ.get("TRIPGEN_STATE") or ROOT / ".devstack")
    folder = state / "cache" / f"js-{hashlib.sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", "scenarios.mjs"):
            shutil.copyfile(HERE / name, folder / name)
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

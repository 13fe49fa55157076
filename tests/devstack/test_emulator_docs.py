"""The examples of docs/emulators.md run as they stand, but for the ports."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from devstack import native
from tests.launch import ROOT, launched

PAGE = (ROOT / "docs" / "emulators.md").read_text(encoding="utf-8")
CURL = re.compile(r"^curl ([^#\n]+)", re.MULTILINE)


def section(title: str) -> str:
    [_, text] = PAGE.split(f"\n## {title}\n")
    return text.partition("\n## ")[0]


def example(text: str, number: int = 0) -> str:
    return text.split("```python\n")[number + 1].partition("```")[0]


def run(code: str, folder: Path) -> str:
    """What the code prints, run in the folder."""
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def ask(command: str, url: str) -> None:
    """What the curl command of the page asks, at this emulator."""
    words = shlex.split(command)
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    body = words[words.index("-d") + 1] if "-d" in words else None
    [address] = [word for word in words if word.startswith("localhost")]
    path = address.partition("/")[2]
    answer = httpx2.request(method, f"{url}/{path}", json=None if body is None else json.loads(body))
    assert answer.status_code in {200, 204}, (command, answer.text)


class Shown(NamedTuple):
    """An emulator, and what its section shows: the port of its example and what that prints."""

    module: str
    title: str
    port: str
    printed: str
    control: str = ""  # what stands before the control address on the ready line


EMULATORS = [
    Shown("devstack.cosmos", "Cosmos DB", "8081", "[3]\n"),
    Shown("devstack.servicebus", "Service Bus", "5672", "hello\n", " control="),
]


@pytest.mark.parametrize("shown", EMULATORS)
def test_example_runs_and_every_curl_is_answered(shown: Shown, tmp_path: Path) -> None:
    text, free = section(shown.title), str(native.free_port())
    with launched(shown.module, "--port", free, "--state", str(tmp_path)) as (address, _):
        assert run(example(text).replace(shown.port, free), tmp_path) == shown.printed
        commands = CURL.findall(text)
        assert len(commands) > 3
        for line in commands:
            ask(line, address.partition(shown.control)[2].split()[0] if shown.control else address)


def test_administration_example_trusts_the_certificate(tmp_path: Path) -> None:
    free, folder = str(native.free_port()), str(tmp_path / ".certificates")
    with launched("devstack.servicebus", "--admin-tls-port", free, "--certificates", folder):
        assert run(example(section("Service Bus"), 1).replace("5671", free), tmp_path) == "0\n"


@pytest.mark.parametrize("shown", EMULATORS)
def test_every_option_is_in_the_page(shown: Shown) -> None:
    helped = subprocess.run(
        [sys.executable, "-m", shown.module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"--[a-z-]+", helped.partition("options:")[2])) - {"--help", "--leash"}
    assert options <= set(re.findall(r"--[a-z-]+", section(shown.title)))
    assert "docs/emulators.md" in helped

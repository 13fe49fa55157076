"""RTO and RPO are what was seen from outside: gaps in acknowledged writes, and writes that are gone."""

import math
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.failover import Attempt, recovery_point, recovery_time
from tests.launch import ROOT

HISTORY = [
    Attempt(0, "/1"),
    Attempt(1, "/2"),
    Attempt(2, "/3"),
    Attempt(3, None),
    Attempt(60, None),
    Attempt(90, "/4"),
    Attempt(91, "/5"),
]


class Site(BaseHTTPRequestHandler):
    """Acknowledges three writes, refuses two, and later has forgotten the third."""

    writes = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).writes += 1
        refused = type(self).writes in (4, 5)
        self.send_response(503 if refused else 201)
        self.send_header("Location", f"/trips/{type(self).writes}")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/trips/3" else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/trips"
        finally:
            server.shutdown()
            thread.join()


def run(*words: str, token: str = "any") -> subprocess.CompletedProcess[str]:  # noqa: S107
    return subprocess.run(
        [sys.executable, "-m", "deploy.failover", *words],
        cwd=ROOT,
        env=os.environ | {"TRIPGEN_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_time_without_a_write_is_the_recovery_time() -> None:
    assert recovery_time(HISTORY) == 88
    assert recovery_time([Attempt(0, None), Attempt(7, "/1")]) == 7


@pytest.mark.parametrize("history", [[], [Attempt(0, None)], HISTORY[:5]])
def test_a_site_that_never_came_back_has_no_recovery_time(history: list[Attempt]) -> None:
    assert math.isinf(recovery_time(history))


def test_what_was_acknowledged_and_is_gone_is_the_recovery_point() -> None:
    assert recovery_point(HISTORY, set()) == 0
    assert recovery_point(HISTORY, {"/3"}) == 1
    assert recovery_point(HISTORY, {"/2", "/3"}) == 2


def test_the_command_finds_the_break_and_the_lost_write(tmp_path: Path) -> None:
    journal, body = tmp_path / "journal", tmp_path / "trip.json"
    body.write_text("{}")
    with site() as url:
        written = run("write", url, "--journal", str(journal), "--body", str(body), "--seconds", "7")
        assert written.returncode == 0, written.stderr
        told = run("read", url, "--journal", str(journal))
    assert told.returncode == 0, told.stderr
    assert "RPO 1 s, 1 of " in told.stdout
    assert not told.stdout.startswith("RTO inf")


def test_a_site_that_does_not_tell_is_no_loss(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text('{"at": 0, "place": "/trips/1"}\n')
    done = run("read", "http://127.0.0.1:9/trips", "--journal", str(journal))
    assert done.returncode == 1
    assert "did not tell" in done.stderr


def test_a_line_cut_off_is_named(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text('{"at": 0, "place": null}\n{"at": 1, "pl')
    done = run("read", "http://127.0.0.1:9/trips", "--journal", str(journal))
    assert done.returncode == 1
    assert f"{journal}: line 2 is no attempt" in done.stderr


def test_a_journal_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("read", "http://127.0.0.1:9/trips", "--journal", str(tmp_path / "none"))
    assert done.returncode == 1
    assert str(tmp_path / "none") in done.stderr


def test_without_a_token_nothing_is_tried(tmp_path: Path) -> None:
    done = run("read", "http://127.0.0.1:9/trips", "--journal", str(tmp_path / "journal"), token="")
    assert done.returncode == 2
    assert "TRIPGEN_TOKEN" in done.stderr

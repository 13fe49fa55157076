"""The host as a process: what it prints, and how it ends."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from tests.devstack.host_support import APPS, eventually, start_unleashed, write_settings


def patient(folder: Path) -> Path:
    """The web app without its short timeout."""
    app = folder / "app"
    app.mkdir()
    (app / "function_app.py").write_text((APPS / "web" / "function_app.py").read_text())
    return app


def test_open_request_is_answered_before_the_host_ends(tmp_path: Path) -> None:
    process, url = start_unleashed(patient(tmp_path), write_settings(tmp_path), "--drain", "20")
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(httpx2.get, f"{url}/api/slow?seconds=3")
        eventually(lambda: httpx2.get(f"{url}/admin/host/status").json()["requests"] == 1)
        process.send_signal(signal.SIGTERM)
        assert slow.result().text == "slept"
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_failure_is_one_line_with_the_place_and_success_is_silent(tmp_path: Path) -> None:
    process, url = start_unleashed(APPS / "web", write_settings(tmp_path))
    httpx2.get(f"{url}/api/any")
    httpx2.get(f"{url}/api/boom")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    source = (APPS / "web" / "function_app.py").read_text().splitlines()
    line = source.index('    raise KeyError("kaboom")') + 1
    assert said == f"host: function boom failed: KeyError('kaboom') at function_app.py:{line}\n"


def test_request_in_hand_is_given_up_after_the_drain(tmp_path: Path) -> None:
    process, url = start_unleashed(patient(tmp_path), write_settings(tmp_path), "--drain", "0.1")
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(httpx2.get, f"{url}/api/slow?seconds=60")
        eventually(lambda: httpx2.get(f"{url}/api/any").status_code == 200)
        process.send_signal(signal.SIGTERM)
        assert isinstance(slow.exception(), httpx2.HTTPError) or slow.result().status_code == 500
    process.communicate(timeout=10)
    assert process.returncode == 0

"""Processes of the host that are killed: no request hangs, nothing is left running."""

import os
import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from devstack.host.calls import Call, Function
from devstack.host.pool import Pool
from devstack.host.spawning import FreshProcesses, Spawned
from devstack.processes import gone
from tests.devstack.host_support import APPS, eventually, start_unleashed, write_settings

ANY = Function("any_method", {"type": "httpTrigger", "name": "req"})


@contextmanager
def front(app: Path, folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A host that is killed at the end, whatever happened."""
    process, url = start_unleashed(app, write_settings(folder), *options)
    try:
        yield process, url
    finally:
        process.kill()
        process.communicate(timeout=15)


def copied(folder: Path) -> Path:
    """The web app without its host.json: its functions may take their time."""
    app = folder / "app"
    app.mkdir()
    (app / "function_app.py").write_text((APPS / "web" / "function_app.py").read_text())
    return app


def worker_pid(url: str) -> int:
    return int(httpx2.get(f"{url}/api/process", timeout=15).text)


def test_worker_killed_in_mid_traffic_costs_its_own_requests_only(tmp_path: Path) -> None:
    answers: Counter[int] = Counter()
    over = threading.Event()

    def ask(url: str) -> None:
        while not over.is_set():
            answers[httpx2.get(f"{url}/api/any", timeout=30).status_code] += 1

    with front(copied(tmp_path), tmp_path, "--workers", "2") as (_, url):
        clients = [threading.Thread(target=ask, args=(url,)) for _ in range(3)]
        for client in clients:
            client.start()
        for _ in range(3):
            before = answers[200]
            os.kill(worker_pid(url), signal.SIGKILL)
            eventually(lambda before=before: answers[200] > before + 5)  # type: ignore[misc]
        over.set()
        for client in clients:
            client.join(30)
        assert not any(client.is_alive() for client in clients), "a request was never answered"
    assert answers.keys() <= {200, 502}


@pytest.mark.parametrize("options", [(), ("--reload",)], ids=["plain", "reload"])
def test_killed_front_takes_its_workers_along_even_when_they_are_busy(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    app = copied(tmp_path)
    with front(app, tmp_path, *options) as (process, url):
        first = worker_pid(url)
        if options:  # from here on a fork serves
            (app / "function_app.py").touch()
            eventually(lambda: worker_pid(url) != first)
        worker = worker_pid(url)
        blocking = threading.Thread(target=_ask_in_vain, args=(url,))
        blocking.start()
        eventually(lambda: httpx2.get(f"{url}/admin/host/status").json()["requests"] == 1)
        children = _family(process.pid)
        assert worker in children
        process.kill()
        blocking.join(15)
    assert gone(children, 15)


def test_reload_leaves_no_worker_of_the_old_code(tmp_path: Path) -> None:
    app = copied(tmp_path)
    with front(app, tmp_path, "--reload", "--workers", "2") as (_, url):
        before = worker_pid(url)
        for _ in range(3):
            (app / "function_app.py").touch()
            eventually(lambda before=before: worker_pid(url) != before)  # type: ignore[misc]
            assert gone([before], 15)
            before = worker_pid(url)


def test_package_that_starts_a_thread_makes_reloads_slower_not_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    (packages / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(packages))
    app = copied(tmp_path)
    file = app / "function_app.py"
    file.write_text("import threaded\n" + file.read_text())
    with front(app, tmp_path, "--reload") as (process, url):
        before = worker_pid(url)
        file.write_text(file.read_text().replace('HttpResponse("special")', 'HttpResponse("new")'))
        eventually(lambda: worker_pid(url) != before)
        assert httpx2.get(f"{url}/api/echo/special").text == "new"
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=15)
    assert "a package starts a thread when it is imported" in said


class OnlyOne(FreshProcesses):
    """Starts one process and no more, as a machine that is out of memory would."""

    def __init__(self) -> None:
        self.left = 1

    async def spawn(self, app: Path, settings: Mapping[str, str]) -> tuple[Spawned, socket.socket]:
        self.left -= 1
        if self.left < 0:
            raise OSError("Cannot allocate memory")
        return await super().spawn(app, settings)


async def test_call_without_a_worker_ends_with_the_reason(tmp_path: Path) -> None:
    pool = Pool(OnlyOne(), app=copied(tmp_path), settings=os.environ, count=1, patience=0.2)
    names = {function.name for function in await pool.start()}
    leave = Function("leave", {"type": "httpTrigger", "name": "req"})
    assert {"leave", "any_method"} <= names
    facts = {"method": "GET", "url": "http://x/", "headers": {}, "query": {}, "params": {}}
    trace = ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "")
    died = await pool.invoke(Call(leave, "http", trace, facts=facts))
    assert (died.lost, died.error) == (True, "its worker process ended")
    waited = await pool.invoke(Call(ANY, "http", trace, facts=facts))
    assert (waited.lost, waited.error) == (True, "no worker process runs")
    await pool.stop(grace=0)


def _ask_in_vain(url: str) -> None:
    with pytest.raises(httpx2.HTTPError):
        httpx2.get(f"{url}/api/blocked?seconds=30", timeout=60)


def _family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for one in found:
        shown = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(one)], capture_output=True, text=True, check=False
        ).stdout
        found += map(int, shown.split())
    return found

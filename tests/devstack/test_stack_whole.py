"""All stand-ins and both hosts together, around a small function app."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psycopg
import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.management import ServiceBusAdministrationClient

from devstack import processes
from devstack.service import ServiceError
from devstack.settings import FILE
from devstack.stack import Wish, open_stack

ROOT = Path(__file__).resolve().parents[2]
APP = """
import os
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

@app.route(route="settings/{name}", methods=["GET"])
def setting(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(os.environ[req.route_params["name"]])
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "function_app.py").write_text(APP)
    (folder / "host.json").write_text('{"version": "2.0"}')
    return folder


def test_two_stacks_at_once_share_nothing(tmp_path: Path) -> None:
    wish = Wish(hosts=False)
    with (
        open_stack("test", wish=wish, state_root=tmp_path) as first,
        open_stack("test", wish=wish, state_root=tmp_path) as second,
    ):
        addresses = [
            url for stack in (first, second) for s in stack.services() for url in s.addresses.values()
        ]
        assert len(set(addresses)) == len(addresses) == 22
        with psycopg.connect(first.settings["POSTGRES_URL"], autocommit=True) as connection:
            connection.execute("CREATE TABLE mine ()")
        with psycopg.connect(second.settings["POSTGRES_URL"]) as connection:
            assert connection.execute("SELECT to_regclass('mine')").fetchone() == (None,)


def test_messages_and_queues_survive_a_restart_of_the_stack(tmp_path: Path) -> None:
    wish = Wish(hosts=False)
    with open_stack("up", wish=wish, state_root=tmp_path) as stack:
        send(stack.settings["ServiceBus"], "notification", "kept")
    with open_stack("up", wish=wish, state_root=tmp_path) as stack:
        control = stack.service("servicebus").addresses["control-port"]
        assert [m["body"] for m in httpx2.get(f"{control}/queues/notification/messages").json()] == ["kept"]
    with open_stack("up", fresh=True, wish=wish, state_root=tmp_path) as stack:
        control = stack.service("servicebus").addresses["control-port"]
        assert httpx2.get(f"{control}/queues/notification/messages").json() == []


def test_queues_are_administered_over_tls_with_the_certificate_of_the_stack(tmp_path: Path) -> None:
    with open_stack("test", wish=Wish(hosts=False), state_root=tmp_path) as stack:
        port = stack.service("servicebus").addresses["admin-tls-port"].rpartition(":")[2]
        amqp = stack.url("servicebus").rpartition(":")[2]
        at = stack.settings["ServiceBus"].replace(f":{amqp}", f":{port}")
        authority = stack.slot.path / "servicebus" / "certificates" / "ca.pem"
        with ServiceBusAdministrationClient.from_connection_string(
            at, connection_verify=str(authority)
        ) as admin:
            counted = admin.get_queue_runtime_properties("ai-schedule-generation")
        assert counted.active_message_count == 0


def send(connection: str, queue: str, text: str) -> None:
    with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_sender(queue) as sender,
    ):
        sender.send_messages(ServiceBusMessage(text))


def test_app_runs_migrated_with_the_settings_of_its_stack(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_MODEL", "from the developer's shell")
    monkeypatch.setenv("POSTGRES_HOST", "somewhere.else")
    wish = Wish(app=app, settings={"LOG_LEVEL": "DEBUG"})
    with open_stack("test", wish=wish, state_root=tmp_path) as stack:
        for name in ("POSTGRES_URL", "OPENAI_MODEL"):
            assert httpx2.get(f"{stack.web}/api/settings/{name}").text == stack.settings[name]
        assert stack.settings["OPENAI_MODEL"] == "gpt-sim"
        assert httpx2.get(f"{stack.web}/api/settings/LOG_LEVEL").text == "DEBUG"
        with psycopg.connect(stack.settings["POSTGRES_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        stack.kill("web")
        stack.wait("web")
        assert httpx2.get(f"{stack.web}/api/settings/OPENAI_MODEL").text == "gpt-sim"


def test_app_that_cannot_be_loaded_stops_the_stack_and_shows_why(app: Path, tmp_path: Path) -> None:
    (app / "function_app.py").write_text("import no_such_module")
    with (
        pytest.raises(ServiceError, match="No module named 'no_such_module'"),
        open_stack("test", wish=Wish(app=app), state_root=tmp_path),
    ):
        pass
    assert processes.marked(tmp_path / "test") == []


@contextmanager
def command(*arguments: str, state: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "devstack", *arguments],
        cwd=ROOT,
        env=os.environ | {"TRIPGEN_STATE": str(state)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if word in line:
            return seen
    raise AssertionError(seen)


def test_up_shows_where_everything_is_reloads_on_change_and_stops_all_when_told(
    app: Path, tmp_path: Path
) -> None:
    with command("up", "--app", str(app), state=tmp_path) as process:
        shown = read_until(process, "Ctrl-C stops everything")
        assert (app / FILE).stat().st_mode & 0o777 == 0o600
        api = shown.split("curl ")[1].split("/admin")[0]
        (app / "function_app.py").write_text(APP.replace("settings/{name}", "values/{name}"))
        while httpx2.get(f"{api}/api/values/LOG_LEVEL").status_code != 200:
            time.sleep(0.1)
        process.terminate()
        assert process.wait(30) == 0
    assert processes.marked(tmp_path / "up") == []


def test_help_teaches_the_commands() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "devstack", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [word for word in ("up", "demo", "bench", "Ctrl-C", "--help") if word not in shown] == []

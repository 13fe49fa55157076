"""PostgreSQL and Valkey as the stack runs them: private, durable, and safe after a crash."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from redis import AuthenticationError, Redis

from devstack import native, postgres, processes
from tests.launch import launched, server


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cluster for all tests here: making one is the slow part."""
    return tmp_path_factory.mktemp("path with spaces") / "postgres"


@contextmanager
def connected(state: Path, url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, password=(state / "password").read_text(), autocommit=True) as connection:
        yield connection


def run(state: Path, url: str, statement: str) -> list[tuple[object, ...]]:
    with connected(state, url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_postgres_18_serves_the_database_with_cloud_like_settings(state: Path) -> None:
    with server("devstack.postgres", "--state", str(state)) as url:
        assert url.startswith("postgresql://app@127.0.0.1:")
        [(version, zone, encoding, order)] = run(
            state,
            url,
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('TimeZone'), "
            "current_setting('server_encoding'), upper('ä')",
        )
        assert (version, zone, encoding, order) == (18, "UTC", "UTF8", "Ä")


def test_postgres_refuses_who_does_not_know_the_password(state: Path) -> None:
    with (
        server("devstack.postgres", "--state", str(state)) as url,
        pytest.raises(psycopg.OperationalError, match="password authentication failed"),
    ):
        psycopg.connect(url, password="guess")  # noqa: S106
    assert (state / "password").stat().st_mode & 0o077 == 0


def test_postgres_data_survive_a_restart_and_a_kill(state: Path) -> None:
    with launched("devstack.postgres", "--state", str(state)) as (url, process):
        run(state, url, "CREATE TABLE stay (city text)")
        run(state, url, "INSERT INTO stay VALUES ('Munich')")
        processes.send_tree(process.pid, signal.SIGKILL)
    with launched("devstack.postgres", "--state", str(state)) as (url, process):
        assert run(state, url, "SELECT city FROM stay") == [("Munich",)]
        run(state, url, "INSERT INTO stay VALUES ('Seoul')")
    with launched("devstack.postgres", "--state", str(state)) as (url, process):
        assert run(state, url, "SELECT count(*) FROM stay") == [(2,)]


def test_postgres_ends_when_its_wrapper_is_killed(state: Path) -> None:
    with launched("devstack.postgres", "--state", str(state)) as (_, process):
        started = processes.tree(process.pid)
        process.kill()
        assert processes.gone(started, 10)


def test_postgres_left_on_the_data_by_a_crash_is_stopped_first(state: Path) -> None:
    orphan_server = postgres.make_server(
        state.resolve(), native.free_port(), postgres.choose_account(state / "data")
    )
    orphan = subprocess.Popen(orphan_server.command, stderr=subprocess.DEVNULL, **orphan_server.options)
    try:
        while not orphan_server.is_ready(orphan.pid):
            assert orphan.poll() is None
        with server("devstack.postgres", "--state", str(state)) as url:
            assert orphan.wait(5) == 0
            assert run(state, url, "SELECT 1") == [(1,)]
    finally:
        orphan.kill()
        orphan.wait()


def test_stale_pid_file_naming_a_stranger_stops_neither_postgres_nor_the_stranger(state: Path) -> None:
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    try:
        (state / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{state / 'data'}\n")
        with server("devstack.postgres", "--state", str(state)) as url:
            assert run(state, url, "SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "PG_VERSION").write_text("18")
    with server("devstack.postgres", "--state", str(tmp_path)) as url:
        assert run(tmp_path, url, "SELECT current_database()") == [("tripgen",)]


def test_without_user_namespaces_root_runs_postgres_as_nobody() -> None:
    """A normal user is not concerned: PostgreSQL is their own process either way."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        state = Path(folder) / "postgres"
        state.mkdir(mode=0o755)
        options = ("--state", str(state), "--no-namespaces")
        if os.geteuid() == 0 and not reachable_for_nobody(postgres.programs()):
            assert "outside root's home" in failure("devstack.postgres", *options)
            return
        with server("devstack.postgres", *options) as url:
            assert run(state, url, "SELECT 1") == [(1,)]
            owner = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
            assert (state / "data").owner() == owner


def reachable_for_nobody(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)


def failure(module: str, *options: str) -> str:
    command = [sys.executable, "-m", module, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    return done.stderr


def test_second_server_on_the_same_state_waits_for_the_first(tmp_path: Path) -> None:
    with launched("devstack.valkey", "--state", str(tmp_path)) as (_, first):
        first.stdin.close() if first.stdin else None
        with server("devstack.valkey", "--state", str(tmp_path)) as url:
            assert url.startswith("redis://127.0.0.1:")
            assert first.wait(5) == 0


def test_valkey_keeps_data_over_a_kill_and_wants_its_password(tmp_path: Path) -> None:
    with launched("devstack.valkey", "--state", str(tmp_path)) as (url, process):
        with pytest.raises(AuthenticationError), Redis.from_url(url) as stranger:
            stranger.ping()
        with Redis.from_url(url, password=(tmp_path / "password").read_text()) as client:
            client.set("city", "Salzburg")
        processes.send_tree(process.pid, signal.SIGKILL)
    with (
        server("devstack.valkey", "--state", str(tmp_path)) as url,
        Redis.from_url(url, password=(tmp_path / "password").read_text()) as client,
    ):
        assert client.get("city") == b"Salzburg"


def test_password_is_not_in_the_process_list(tmp_path: Path) -> None:
    with launched("devstack.valkey", "--state", str(tmp_path)) as (_, process):
        password = (tmp_path / "password").read_text()
        assert not any(password in " ".join(processes.arguments(pid)) for pid in processes.tree(process.pid))

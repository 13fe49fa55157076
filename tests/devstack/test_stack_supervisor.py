"""Supervision, tried on real servers: they come back, stop in order, and never outlive us."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import ConnectionError as Unreachable
from redis import Redis
from redis import TimeoutError as NoAnswer
from redis.backoff import NoBackoff
from redis.retry import Retry

from devstack import processes
from devstack.service import ServiceError, ServiceSpec, State, parse_ready, restart_delay
from devstack.slot import Slot, slot
from devstack.supervisor import Supervisor


def valkey(held: Slot, name: str = "valkey", port: int = 0) -> ServiceSpec:
    options = ("--state", str(held.path / name))
    return ServiceSpec(name, "devstack.valkey", options, ports={"port": port})


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Slot]:
    with slot("test", root=tmp_path / "state with spaces") as taken:
        yield taken


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(held: Slot, said: list[str]) -> Iterator[Supervisor]:
    with Supervisor(held, say=said.append) as running:
        yield running


@pytest.fixture
def server(held: Slot, supervisor: Supervisor) -> Iterator[Redis]:
    supervisor.start_group([valkey(held)])
    password = (held.path / "valkey" / "password").read_text()
    port = supervisor.service("valkey").port
    with Redis(port=port, password=password, socket_timeout=0.3, retry=Retry(NoBackoff(), 0)) as client:
        yield client


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0.2), (2, 0.4), (3, 0.8), (6, 6.4), (7, 10), (2000, 10)]
)
def test_restart_delay_doubles_up_to_ten_seconds(failures: int, seconds: float) -> None:
    assert restart_delay(failures) == pytest.approx(seconds)


def test_ready_line_names_every_address() -> None:
    assert parse_ready("ready amqp://127.0.0.1:1 control=http://127.0.0.1:2\n") == {
        "port": "amqp://127.0.0.1:1",
        "control-port": "http://127.0.0.1:2",
    }


def test_killed_server_comes_back_on_its_port_with_its_data(
    supervisor: Supervisor, server: Redis, said: list[str]
) -> None:
    server.set("city", "Munich")
    before = supervisor.service("valkey").pid
    supervisor.kill("valkey")
    supervisor.wait("valkey")
    assert server.get("city") == b"Munich"
    assert supervisor.service("valkey").pid != before
    assert "valkey ended (code -9)" in said[0]


def test_stopped_server_stays_away_until_started(supervisor: Supervisor, server: Redis) -> None:
    supervisor.stop("valkey")
    assert supervisor.service("valkey").state is State.STOPPED
    with pytest.raises(Unreachable):
        server.ping()
    supervisor.start("valkey")
    assert server.ping()


def test_paused_server_keeps_connections_and_answers_nothing_until_resumed(
    supervisor: Supervisor, server: Redis
) -> None:
    server.set("a", 1)
    supervisor.pause("valkey")
    with pytest.raises(NoAnswer):
        server.get("a")
    supervisor.resume("valkey")
    assert server.get("a") == b"1"


def test_paused_server_can_be_stopped(supervisor: Supervisor, server: Redis) -> None:
    supervisor.pause("valkey")
    supervisor.stop("valkey")
    assert supervisor.service("valkey").state is State.STOPPED


def test_customary_port_is_taken_when_free_and_replaced_when_not(held: Slot, supervisor: Supervisor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        taken = occupied.getsockname()[1]
        supervisor.start_group([valkey(held, port=taken)])
        assert supervisor.service("valkey").port != taken
    supervisor.start_group([valkey(held, "other", port=taken)])
    assert supervisor.service("other").port == taken


def test_servers_that_race_for_one_port_all_start(held: Slot, supervisor: Supervisor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        wanted = probe.getsockname()[1]
    supervisor.start_group(valkey(held, name, port=wanted) for name in ("one", "two", "three"))
    assert len({service.port for service in supervisor.services()}) == 3


def test_server_that_cannot_start_shows_its_log(supervisor: Supervisor) -> None:
    with pytest.raises(ServiceError, match=r"absent is failed[\s\S]*No module named devstack\.absent"):
        supervisor.start_group([ServiceSpec("absent", "devstack.absent")])


def test_servers_of_a_failed_start_are_stopped(held: Slot) -> None:
    with pytest.raises(ServiceError), Supervisor(held, say=lambda _: None) as supervisor:
        supervisor.start_group([valkey(held), ServiceSpec("absent", "devstack.absent")])
    assert processes.marked(held.path) == []


def test_unknown_server_name_lists_the_known_ones(supervisor: Supervisor, server: Redis) -> None:
    with pytest.raises(ServiceError, match=r"no server 'cosmos'; there are: valkey"):
        supervisor.kill("cosmos")


CRASH = """
import os, signal, sys
from pathlib import Path
from devstack.service import ServiceSpec
from devstack.slot import slot
from devstack.supervisor import Supervisor
with slot("test", root=Path(sys.argv[1])) as held, Supervisor(held, say=print) as supervisor:
    supervisor.start_group([
        ServiceSpec("postgres", "devstack.postgres", ("--state", str(held.path / "postgres"))),
        ServiceSpec("valkey", "devstack.valkey", ("--state", str(held.path / "valkey"))),
    ])
    if sys.argv[2] == "frozen":
        supervisor.pause("postgres")
        supervisor.pause("valkey")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def crash(root: Path, how: str) -> None:
    command = [sys.executable, "-c", CRASH, str(root), how]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def test_servers_end_by_themselves_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    crash(tmp_path, "running")
    assert processes.gone(processes.marked(tmp_path / "test"), 10)


def test_servers_that_a_crash_left_frozen_are_ended_by_the_next_start(tmp_path: Path) -> None:
    crash(tmp_path, "frozen")
    assert processes.marked(tmp_path / "test") != []
    with slot("test", root=tmp_path) as held, Supervisor(held, say=lambda _: None) as supervisor:
        assert held.leftovers >= 4
        supervisor.start_group([valkey(held)])
    assert processes.marked(held.path) == []

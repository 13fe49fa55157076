"""One supervised server: ready by its `ready` line, started again when it dies, killed, paused at will."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from time import monotonic

from devstack import processes
from devstack.slot import ROOT, Slot

LOOPBACK = "127.0.0.1"
READY_S = 60
STOP_S = 12
DRAIN_S = 1.0  # for what an ended server still had to say
HEALTHY_S = 10  # a server that ran this long starts again without delay
FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 10.0
TAIL_LINES = 25

type Say = Callable[[str], None]


class ServiceError(Exception):
    """A server did not start; the message ends with the tail of its log."""


class State(StrEnum):
    """What a server is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class ServiceSpec:
    """What to run. `ports` maps options of the server to the ports one would like; 0 takes a free one."""

    name: str
    module: str
    options: tuple[str, ...] = ()
    ports: Mapping[str, int] = field(default_factory=lambda: {"port": 0})
    hidden: frozenset[str] = frozenset()  # environment variables the server must not see


def restart_delay(failures: int) -> float:
    """Seconds to wait before the start after the n-th failure in a row: doubling, at most ten."""
    return min(FIRST_DELAY_S * 2.0 ** min(failures - 1, 10), LONGEST_DELAY_S)


def environment(slot: Path, hidden: frozenset[str] = frozenset()) -> dict[str, str]:
    """What servers inherit: the mark by which leftovers are found, and no proxy between them."""
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    direct = ",".join(
        filter(None, [inherited.get("no_proxy") or inherited.get("NO_PROXY"), LOOPBACK, "localhost"])
    )
    return inherited | {
        processes.MARK: str(slot),
        "no_proxy": direct,
        "NO_PROXY": direct,
        "PYTHONUNBUFFERED": "1",
    }


def parse_ready(line: str) -> dict[str, str]:
    """`ready amqp://h:1 control=http://h:2` as {"port": "amqp://h:1", "control-port": "http://h:2"}."""
    url, *others = line.split()[1:]
    return {"port": url} | {
        f"{name}-port": value for name, _, value in (other.partition("=") for other in others)
    }


class Service:
    """A server process and the thread that keeps it running. The port of the first start stays."""

    def __init__(self, spec: ServiceSpec, *, slot: Slot, say: Say) -> None:
        self.spec = spec
        self.log = slot.logs / f"{spec.name}.log"
        self.addresses: dict[str, str] = {}
        self._slot = slot
        self._wishes = dict(spec.ports)
        self._say = say
        self._changed = threading.Condition()
        self._state = State.STOPPED
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def state(self) -> State:
        """What it is doing now."""
        return self._state

    @property
    def url(self) -> str:
        """Its main address, known once it was ready."""
        return self.addresses["port"]

    @property
    def port(self) -> int:
        """The port of its main address."""
        return _port(self.url)

    @property
    def pid(self) -> int:
        """Its process; raises ServiceError when none runs."""
        if self._process is None or self._process.poll() is not None:
            raise ServiceError(f"{self.spec.name} does not run.")
        return self._process.pid

    def start(self) -> None:
        """Begin to run it; `wait` tells when it is ready."""
        if self._keeper is not None and self._keeper.is_alive():
            return
        self._stopping.clear()
        self._become(State.STARTING)
        self._keeper = threading.Thread(target=self._keep, name=f"keep-{self.spec.name}", daemon=True)
        self._keeper.start()

    def wait(self, timeout_s: float = READY_S) -> None:
        """Return once it is ready; raises ServiceError if it ended or takes too long."""
        with self._changed:
            self._changed.wait_for(lambda: self._state is not State.STARTING, timeout_s)
        if self._state is not State.READY:
            raise ServiceError(f"{self.spec.name} is {self._state}, not ready.\n{self.tail()}")

    def stop(self) -> None:
        """Stop it for good, politely first."""
        self._stopping.set()
        if self._process is not None:
            _let_go(self._process)
            processes.stop(self._process, polite=signal.SIGTERM, patience_s=STOP_S)
        if self._keeper is not None:
            self._keeper.join()

    def kill(self) -> None:
        """SIGKILL it and its descendants, as a crash would; it is started again."""
        pid = self.pid
        self._become(State.STARTING)
        processes.send_tree(pid, signal.SIGKILL)

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        processes.send_tree(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        processes.send_tree(self.pid, signal.SIGCONT)

    def tail(self) -> str:
        """The last lines of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"  {line}" for line in [f"{self.log}:", *lines[-TAIL_LINES:]])

    def _keep(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            begun = monotonic()
            try:
                code = self._run_once()
            except OSError as error:  # its log or its program is gone
                self._say(f"{self.spec.name} cannot run: {error}")
                self._become(State.FAILED)
                return
            if self._stopping.is_set():
                break
            if not self.addresses and not self._give_up_wishes():
                self._become(State.FAILED)
                return
            failures = 1 if monotonic() - begun > HEALTHY_S else failures + 1
            delay = restart_delay(failures)
            self._say(
                f"{self.spec.name} ended (code {code}); starting it again in {delay:.1f} s. Log: {self.log}"
            )
            if self._stopping.wait(delay):
                break
        self._become(State.STOPPED)

    def _run_once(self) -> int:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self._command(),
                cwd=ROOT,
                env=environment(self._slot.path, self.spec.hidden),
                stdin=subprocess.PIPE,  # the leash: it ends with us, even by SIGKILL
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops all in order
            )
        self._process = process
        reader = threading.Thread(target=self._read_output, args=(process,), daemon=True)
        reader.start()
        if self._stopping.is_set():
            processes.stop(process, polite=signal.SIGTERM, patience_s=STOP_S)
        code = process.wait()
        reader.join(DRAIN_S)
        _let_go(process)
        self._become(State.STARTING)
        return code

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", self.spec.module, "--leash", *self.spec.options]
        for option, wish in self._wishes.items():
            known = self.addresses.get(option)
            command += [f"--{option}", str(_port(known) if known else _wish(wish))]
        return command

    def _give_up_wishes(self) -> bool:
        """Whether to try again with free ports: two commands at once may both have found a port free."""
        wished = any(self._wishes.values())
        self._wishes = dict.fromkeys(self._wishes, 0)
        return wished

    def _read_output(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        with process.stdout, self.log.open("ab", buffering=0) as log:
            for line in process.stdout:
                if line.startswith(b"ready ") and self._state is State.STARTING:
                    self.addresses = parse_ready(line.decode())
                    self._become(State.READY)
                else:
                    log.write(line)

    def _become(self, state: State) -> None:
        with self._changed:
            self._state = state
            self._changed.notify_all()


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """End the leash, at which a server stops by itself."""
    if process.stdin is not None:
        process.stdin.close()


def _port(url: str) -> int:
    return int(url.partition("://")[2].partition("/")[0].rpartition(":")[2])


def _wish(port: int) -> int:
    """The port if it can be had, else 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return 0
    return port

"""The whole product on this machine: stores, emulators, simulators, migrations, and two Functions hosts."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from devstack import settings as settings_file
from devstack.service import Say, ServiceError, ServiceSpec, environment
from devstack.slot import ROOT, Slot, slot
from devstack.supervisor import Supervisor

HERE = Path(__file__).resolve().parent
CUSTOMARY = {
    "postgres": {"port": 5432},
    "valkey": {"port": 6379},
    "servicebus": {  # the first two are the official emulator's
        "port": 5672,
        "control-port": 5300,
        "admin-port": 5301,
        "admin-tls-port": 5302,
    },
    "cosmos": {"port": 8081},
    "googlemaps": {"port": 8082},
    "openweather": {"port": 8083},
    "openai": {"port": 8084},
    "kakao": {"port": 8085},
    "web": {"port": 7071},
    "worker": {"port": 7072},
}
TRIGGERS = {"web": "http", "worker": "serviceBus,timer"}
MIGRATION_S = 120
MOST_PLANNERS = 4
"""Worker processes of the host for the queues: one per core up to these, since a plan keeps a core busy."""


@dataclass(frozen=True)
class Wish:
    """How a stack shall run.

    hosts: also migrate and run the app; without them only stores, emulators and simulators run.
    app: folder of the function app the hosts run.
    reload: the hosts restart when a source file changes.
    customary_ports: prefer 5432, 6379, 7071 and so on; otherwise every port is a free one.
    settings: values for the app that replace the stack's own.
    """

    hosts: bool = True
    app: Path = ROOT
    reload: bool = False
    customary_ports: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


class Stack(Supervisor):
    """Running servers, by name: see `CUSTOMARY` for the names; `settings` is what the app was given."""

    settings: Mapping[str, str]

    @property
    def settings_path(self) -> Path:
        """The settings file that the hosts of this stack read."""
        return self.slot.path / settings_file.FILE

    @property
    def web(self) -> str:
        """Where the HTTP API is."""
        return self.url("web")

    def start_everything(self, wish: Wish) -> None:
        """Stand-ins first, then migrations, then the hosts; raises ServiceError with the tail of a log."""
        keys = settings_file.slot_secrets(self.slot.path)
        self.start_group(_ports(spec, wish) for spec in stand_ins(self.slot.path, keys))
        passwords = {
            name: (self.slot.path / name / "password").read_text() for name in ("postgres", "valkey")
        }
        urls = {service.spec.name: service.url for service in self.services()}
        self.settings = settings_file.values(urls, passwords, keys) | dict(wish.settings)
        settings_file.write(self.settings_path, self.settings)
        if wish.hosts:
            migrate(self.slot, self.settings)
            self.start_group(
                _ports(spec, wish) for spec in app_hosts(wish, self.settings_path, self.settings)
            )


@contextmanager
def open_stack(
    kind: str,
    *,
    fresh: bool = False,
    wish: Wish = Wish(),
    state_root: Path | None = None,
    say: Say = lambda _: None,
) -> Iterator[Stack]:
    """Run the product in a slot of that kind; everything is stopped when the block ends, however it ends.

    `fresh` drops what the slot remembers, `say` is told one line per event.

    Raises SlotError when state cannot be kept, ServiceError when a server does not start.
    """
    with slot(kind, fresh=fresh, root=state_root) as held, Stack(held, say=say) as stack:
        if held.leftovers:
            say(f"ended {held.leftovers} processes that an earlier run left behind")
        stack.start_everything(wish)
        yield stack


def stand_ins(state: Path, keys: settings_file.Secrets) -> list[ServiceSpec]:
    """Everything the app talks to, with its state in a folder per server."""
    bus = (
        *("--config", str(HERE / "servicebus" / "Config.json"), "--state", str(state / "servicebus")),
        *("--certificates", str(state / "servicebus" / "certificates")),
    )
    cosmos = ("--state", str(state / "cosmos"), "--config", str(HERE / "cosmos" / "Config.json"))
    return [
        ServiceSpec("postgres", "devstack.postgres", ("--state", str(state / "postgres"))),
        ServiceSpec("valkey", "devstack.valkey", ("--state", str(state / "valkey"))),
        ServiceSpec(
            "servicebus", "devstack.servicebus", bus, ports=dict.fromkeys(CUSTOMARY["servicebus"], 0)
        ),
        ServiceSpec("cosmos", "devstack.cosmos", cosmos),
        ServiceSpec("googlemaps", "devstack.googlemaps", ("--key", keys.google)),
        ServiceSpec("kakao", "devstack.kakao", ("--key", keys.kakao)),
        ServiceSpec("openweather", "devstack.openweather", ("--key", keys.openweather)),
        ServiceSpec("openai", "devstack.openai", ("--key", keys.openai)),
    ]


def app_hosts(wish: Wish, settings_path: Path, settings: Mapping[str, str]) -> list[ServiceSpec]:
    """One host for the API, one for queues and timers, so that either may die without the other.

    The queues have a worker process per core: several plans are made at once. The developer's own variables
    of the same names are kept from the hosts: the stack's settings hold.
    """
    common = (
        "--app",
        str(wish.app),
        "--settings",
        str(settings_path),
        *(["--reload"] if wish.reload else []),
    )
    workers = {"web": 1, "worker": min(os.process_cpu_count() or 1, MOST_PLANNERS)}
    return [
        ServiceSpec(
            name,
            "devstack.host",
            (*common, "--triggers", kinds, "--workers", str(workers[name])),
            hidden=_hidden(settings),
        )
        for name, kinds in TRIGGERS.items()
    ]


def migrate(held: Slot, settings: Mapping[str, str]) -> None:
    """Bring the database to the app's schema; raises ServiceError with the output when that fails."""
    inherited = environment(held.path, _hidden(settings))
    log = held.logs / "migrations.log"
    with log.open("wb") as output:
        code = subprocess.run(
            [sys.executable, "-m", "shared.db"],
            cwd=ROOT,
            env=inherited | {"POSTGRES_URL": settings["POSTGRES_URL"]},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=MIGRATION_S,
            check=False,
        ).returncode
    if code != 0:
        raise ServiceError(f"Migrations ended with code {code}.\n{log.read_text(errors='replace')}")


def _hidden(settings: Mapping[str, str]) -> frozenset[str]:
    return frozenset(settings) | settings_file.IN_THE_CLOUD


def _ports(spec: ServiceSpec, wish: Wish) -> ServiceSpec:
    return replace(spec, ports=CUSTOMARY[spec.name]) if wish.customary_ports else spec

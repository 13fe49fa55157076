"""The host's own addresses: health, ping, status, and running a timer by hand."""

import os
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from devstack.host.timers import Timers
from devstack.host.web import Reply, json_reply, problem, text_reply
from devstack.host.worker import Function

if TYPE_CHECKING:
    from devstack.host.listeners import Listeners

_CALL = "/admin/functions/"


class Admin:
    """Answers `/`, `/admin/…` and `/runtime/health…` from the state of the host's parts."""

    def __init__(
        self, functions: Iterable[Function], *, listeners: "Listeners | None", timers: Timers
    ) -> None:
        self._functions = [{"name": function.name, "trigger": function.kind} for function in functions]
        self._listeners = listeners
        self._timers = timers
        self._started = time.monotonic()
        self.draining = False
        self._replies: dict[str, Callable[[], Reply]] = {
            "": lambda: text_reply(200, "The Functions host is running.\n"),
            "/admin/host/ping": lambda: text_reply(200, ""),
            "/admin/host/status": lambda: json_reply(200, self._status()),
            "/admin/functions": lambda: json_reply(200, self._functions),
            "/runtime/health": self._ready,
            "/runtime/health/ready": self._ready,
            "/runtime/health/live": _alive,
        }

    def answer(self, method: str, path: str) -> Reply | None:
        """The reply to a path of the host, None for any other path."""
        if method == "POST" and path.startswith(_CALL):
            return self._call(unquote(path.removeprefix(_CALL)))
        reply = self._replies.get(path.rstrip("/"))
        return reply() if reply and method in ("GET", "HEAD") else None

    def _status(self) -> dict[str, object]:
        return {
            "id": f"local-{os.getpid()}",
            "state": "Stopping" if self.draining else "Running",
            "processUptime": round((time.monotonic() - self._started) * 1000),
            "functions": [function["name"] for function in self._functions],
            "listeners": self._listeners.states() if self._listeners else [],
            "timers": self._timers.states(),
        }

    def _ready(self) -> Reply:
        """A host that drains is alive but not ready."""
        return json_reply(503, {"status": "Unhealthy"}) if self.draining else _alive()

    def _call(self, name: str) -> Reply:
        if self._timers.call(name):
            return 202, [], b""
        return problem(404, "Not found", f"No timer function named {name} runs here.")


def _alive() -> Reply:
    return json_reply(200, {"status": "Healthy"})

"""The host's own addresses: health, ping, status, and running a timer by hand."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from devstack.host.calls import Answer
from devstack.host.replies import json_reply, problem, text_reply

if TYPE_CHECKING:
    from devstack.host.server import Front

_CALL = "/admin/functions/"


class Admin:
    """Answers `/`, `/admin/…` and `/runtime/health…` in the front, whatever the workers are doing."""

    def __init__(self, front: "Front") -> None:
        self._front = front
        self._started = time.monotonic()
        self.draining = False
        self._replies: dict[str, Callable[[], Answer]] = {
            "": lambda: text_reply(200, "The Functions host is running.\n"),
            "/admin/host/ping": lambda: text_reply(200, ""),
            "/admin/host/status": lambda: json_reply(200, self._status()),
            "/admin/functions": lambda: json_reply(200, self._functions()),
            "/runtime/health": self._ready,
            "/runtime/health/ready": self._ready,
            "/runtime/health/live": _alive,
        }

    def answer(self, method: str, path: str) -> Answer | None:
        """The reply to a path of the host, None for any other path."""
        if method == "POST" and path.startswith(_CALL):
            return self._call(unquote(path.removeprefix(_CALL)))
        reply = self._replies.get(path.rstrip("/"))
        return reply() if reply and method in ("GET", "HEAD") else None

    def _functions(self) -> list[dict[str, str]]:
        current = self._front.current
        return [{"name": one.name, "trigger": one.kind} for one in (current.functions if current else ())]

    def _status(self) -> dict[str, object]:
        current = self._front.current
        state = "Stopping" if self.draining else "Running" if current else "Error"
        return {
            "id": f"local-{os.getpid()}",
            "state": state,
            "errors": [self._front.refusal] if self._front.refusal else [],
            "processUptime": round((time.monotonic() - self._started) * 1000),
            "functions": [function["name"] for function in self._functions()],
            "requests": current.outstanding if current else 0,
            "workers": {"ready": current.pool.ready, "restarts": current.pool.restarts} if current else {},
            "listeners": current.listeners.states() if current and current.listeners else [],
            "timers": current.timers.states() if current else [],
        }

    def _ready(self) -> Answer:
        """A host that drains, or has no worker, is alive but not ready."""
        current = self._front.current
        if self.draining or current is None or not current.pool.ready:
            return json_reply(503, {"status": "Unhealthy"})
        return _alive()

    def _call(self, name: str) -> Answer:
        current = self._front.current
        if current is not None and current.timers.call(name):
            return Answer(202, (), b"", 0)
        return problem(404, "Not found", f"No timer function named {name} runs here.")


def _alive() -> Answer:
    return json_reply(200, {"status": "Healthy"})

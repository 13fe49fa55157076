"""What every simulator of an outside service shares: trouble on demand, a meter, a quota, a health check.

The middleware answers `/_devstack/...` itself and stands in front of the simulated service:

- `GET /_devstack/health`
- `GET /_devstack/calls` counts what was asked and what would be billed, `DELETE` starts again at zero
- `PUT /_devstack/faults` breaks the service as the body says, `GET` shows what is broken, `DELETE` mends it
"""

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from devstack.broken_answers import Halved, cut
from devstack.latency import Latency

type Mode = Literal[
    "down", "drop", "slow", "error", "garbage", "truncated", "mismatch", "ungrounded", "refusal", "length"
]
type Clock = Callable[[], datetime]
type Refuse = Callable[[int, str], Response]
"""The service's own error answer for an HTTP status and a request path."""

MODES: tuple[str, ...] = get_args(Mode.__value__)
COMMON_MODES = frozenset({"down", "drop", "slow", "error", "garbage", "truncated"})
CONTROL = "/_devstack/"
FAULT_KEY = "devstack.fault"
BILLED_KEY = "devstack.billed"
MINUTE = 60.0
GIBBERISH = "<html><body>\x7f;;; lorem {ipsum] dolor </bdoy>"


def utc_now() -> datetime:
    """The wall clock; tests pass their own."""
    return datetime.now(UTC)


class Order(BaseModel):
    """The body of `PUT /_devstack/faults`; without `seconds` and `count` the fault stays until mended."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode
    latency_ms: int = Field(default=1000, alias="latencyMs", ge=0)
    status: int = Field(default=500, ge=400, le=599)
    seconds: float | None = Field(default=None, gt=0)
    count: int | None = Field(default=None, gt=0)
    path: str = "/"


@dataclass
class Faults:
    """The fault in force, if any, and when it ends."""

    clock: Callable[[], float] = time.monotonic
    order: Order | None = None
    ends_at: float | None = None
    left: int | None = None

    def put(self, order: Order) -> None:
        """Replace whatever was broken before."""
        self.order = order
        self.left = order.count
        self.ends_at = None if order.seconds is None else self.clock() + order.seconds

    def clear(self) -> None:
        """Mend the service."""
        self.order = self.ends_at = self.left = None

    def take(self, path: str) -> Order | None:
        """The fault this request meets; uses up one of `count`."""
        if self.ends_at is not None and self.clock() >= self.ends_at:
            self.clear()
        if self.order is None or not path.startswith(self.order.path):
            return None
        order = self.order
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                self.clear()
        return order


@dataclass
class Quota:
    """Requests allowed in any sixty seconds; None means as many as you like."""

    per_minute: int | None = None
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Count one request; False when it is one too many."""
        if self.per_minute is None:
            return True
        now = self.clock()
        while self._taken and now - self._taken[0] >= MINUTE:
            self._taken.popleft()
        if len(self._taken) >= self.per_minute:
            return False
        self._taken.append(now)
        return True

    def wait(self) -> float:
        """Seconds until the oldest request counted leaves the minute."""
        return max(0.0, self._taken[0] + MINUTE - self.clock()) if self._taken else 0.0


@dataclass(frozen=True)
class Service:
    """What the middleware must know of the service behind it."""

    name: str
    call_of: Callable[[str], str | None]  # request path -> "api.method", None when it is no call
    refuse: Refuse
    own_modes: frozenset[str] = frozenset()  # modes the service performs itself
    latency_ms: int = 0


class Simulated:
    """ASGI middleware that puts one simulated service under test control."""

    def __init__(
        self, app: ASGIApp, service: Service, quota: Quota | None = None, *, latency: Latency | None = None
    ) -> None:
        self._app = app
        self._service = service
        self._quota = quota or Quota()
        self._latency = latency or Latency()
        self._faults = Faults()
        self._calls: Counter[str] = Counter()
        self._billed: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(CONTROL):
            answer = await self._control(Request(scope, receive))
            await answer(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        receive = await _read_ahead(receive)
        if (call := self._service.call_of(path)) is not None:
            self._calls[call] += 1
        fault = self._faults.take(path)
        pause = self._service.latency_ms + self._latency.draw(call)
        pause += fault.latency_ms if fault and fault.mode == "slow" else 0
        if pause:
            await asyncio.sleep(pause / 1000)
        if fault is not None and fault.mode == "drop":
            await cut(send)
        elif (answer := self._trouble(fault, path)) is not None:
            await answer(scope, receive, send)
        else:
            mode = fault.mode if fault else None
            told = {**scope, FAULT_KEY: mode, BILLED_KEY: self._billed}
            await self._app(told, receive, Halved(send) if mode == "truncated" else send)

    def _trouble(self, fault: Order | None, path: str) -> Response | None:
        """The answer a fault or an empty quota gives instead of the service; None lets the call through."""
        mode = fault.mode if fault else None
        if fault is not None and mode == "error":
            return self._service.refuse(fault.status, path)
        if mode == "down":
            return Response("upstream connect error", 503, {"connection": "close"}, "text/plain")
        if mode == "garbage" and mode not in self._service.own_modes:
            return Response(GIBBERISH, 200, media_type="text/html")
        if not self._quota.take():
            return _waiting(self._service.refuse(429, path), self._quota.wait())
        return None

    async def _control(self, request: Request) -> Response:
        what = request.url.path.removeprefix(CONTROL)
        if what == "faults":
            return self._control_faults(request.method, await request.body())
        if what == "calls" and request.method in {"GET", "DELETE"}:
            return self._control_calls(request.method)
        if what == "health" and request.method == "GET":
            return JSONResponse({"status": "ok", "service": self._service.name})
        return JSONResponse({"error": f"No such control: {request.method} {request.url.path}."}, 404)

    def _control_calls(self, method: str) -> Response:
        if method == "DELETE":
            self._calls.clear()
            self._billed.clear()
            return Response(status_code=204)
        counted = {"total": self._calls.total(), "calls": dict(sorted(self._calls.items()))}
        return JSONResponse(counted | {"billed": dict(sorted(self._billed.items()))})

    def _control_faults(self, method: str, body: bytes) -> Response:
        if method == "PUT":
            return self._put_fault(body)
        if method == "DELETE":
            self._faults.clear()
            return Response(status_code=204)
        return JSONResponse(_shown(self._faults))

    def _put_fault(self, body: bytes) -> Response:
        try:
            order = Order.model_validate_json(body)
        except ValidationError as error:
            return JSONResponse({"error": _told(error)}, 400)
        known = COMMON_MODES | self._service.own_modes
        if order.mode not in known:
            detail = (
                f"mode: {self._service.name} cannot be {order.mode}; take one of {', '.join(sorted(known))}."
            )
            return JSONResponse({"error": detail}, 400)
        self._faults.put(order)
        return JSONResponse(_shown(self._faults))


async def _read_ahead(receive: Receive) -> Receive:
    """Take in the whole body before any answer: a server closes connections whose body nobody read."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    waiting = iter(messages)

    async def replay() -> Message:
        return next(waiting, None) or await receive()

    return replay


def handlers(refuse: Refuse) -> dict[Any, Callable[[Request, Exception], Response]]:
    """Starlette's handlers: unknown paths, wrong methods and our own defects get the service's error form."""

    def known(request: Request, error: Exception) -> Response:
        return refuse(error.status_code if isinstance(error, HTTPException) else 500, request.url.path)

    return {HTTPException: known, Exception: known}


def bill(scope: Scope, sku: str, units: int = 1) -> None:
    """Count what a request that succeeds is charged for; refused requests are free."""
    scope[BILLED_KEY][sku] += units


def _waiting(answer: Response, seconds: float) -> Response:
    """A refusal that names a wait names the true one."""
    if "retry-after" in answer.headers:
        answer.headers["retry-after"] = str(math.ceil(seconds))
    if "retry-after-ms" in answer.headers:
        answer.headers["retry-after-ms"] = str(math.ceil(seconds * 1000))
    return answer


def _shown(faults: Faults) -> dict[str, Any]:
    order = faults.order.model_dump(by_alias=True) if faults.order else None
    return {"fault": order, "left": faults.left}


def _told(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in item['loc']) or 'body'}: {item['msg']}" for item in error.errors()
    )

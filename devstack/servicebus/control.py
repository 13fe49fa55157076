"""What tests and people do to the emulator over HTTP: look into queues, empty them, break connections.

GET /health · GET /queues · GET /queues/{name}/messages[?deadLetter=true] · POST /reset · POST /faults
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.request_body import BodyRefused, bounded_body
from devstack.servicebus.broker.errors import QueueNotFound
from devstack.servicebus.broker.queue import Queue
from devstack.servicebus.http import MAX_BODY, PATIENCE_S
from devstack.servicebus.inspection import describe
from devstack.servicebus.server import Server

_MAX_MESSAGES = 1000


class Faults(BaseModel):
    """What to break: hold everything sent back, drop connections, turn new ones away, or end all locks.

    A delay lasts until another is set; everything else happens at once.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    refuse_seconds: float = Field(default=0, ge=0, le=3600, alias="refuseSeconds")
    drop_connections: bool = Field(default=False, alias="dropConnections")
    delay_ms: int | None = Field(default=None, ge=0, le=60_000, alias="delayMs")
    expire_locks: bool = Field(default=False, alias="expireLocks")


def application(server: Server) -> Starlette:
    """The control application of a running server."""
    return Starlette(
        routes=[
            Route("/health", _health, methods=["GET"]),
            Route("/queues", _with(server, _queues), methods=["GET"]),
            Route("/queues/{name}/messages", _with(server, _messages), methods=["GET"]),
            Route("/reset", _with(server, _reset), methods=["POST"]),
            Route("/faults", _with(server, _faults), methods=["POST"]),
        ]
    )


def _with(server: Server, act: Callable[[Server, Request, bytes], Response]) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        try:
            response = act(server, request, await bounded_body(request, limit=MAX_BODY, patience=PATIENCE_S))
        except BodyRefused as refused:
            return _problem(refused.status, str(refused))
        server.touched()
        return response if server.commit() else _problem(500, "The state cannot be written.")

    return handle


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "healthy"})


def _queues(server: Server, _request: Request, _body: bytes) -> Response:
    return JSONResponse({queue.name: _counts(queue) for queue in server.bus.queues.values()})


def _counts(queue: Queue) -> dict[str, int]:
    counts = queue.counts()
    buried = sum(queue.dead_letters.counts()) if queue.dead_letters is not None else 0
    return {**counts._asdict(), "deadLetter": buried}


def _messages(server: Server, request: Request, _body: bytes) -> Response:
    try:
        queue = server.bus.find(request.path_params["name"])
    except QueueNotFound as error:
        return _problem(404, error.description)
    if request.query_params.get("deadLetter") == "true" and queue.dead_letters is not None:
        queue = queue.dead_letters
    return JSONResponse([describe(message) for message in queue.peek(0, _MAX_MESSAGES)])


def _reset(server: Server, _request: Request, _body: bytes) -> Response:
    server.bus.clear()
    server.delay = 0
    return Response(status_code=204)


def _faults(server: Server, _request: Request, body: bytes) -> Response:
    try:
        faults = Faults.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"]) or "body"
        told = "Send a JSON object with refuseSeconds, dropConnections, delayMs or expireLocks."
        return _problem(400, f"{at}: {first['msg']}. {told}")
    if faults.delay_ms is not None:
        server.delay = faults.delay_ms / 1000
    if faults.drop_connections:
        server.disconnect_all()
    if faults.expire_locks:
        server.bus.expire_locks()
    if faults.refuse_seconds:
        server.refuse(faults.refuse_seconds)
    return Response(status_code=204)


def _problem(status: int, detail: str) -> Response:
    return JSONResponse({"status": status, "detail": detail}, status_code=status)

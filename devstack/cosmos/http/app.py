"""The application: every route of the service behind the check of the caller, and the control routes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, request_response
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.cosmos.errors import Refused
from devstack.cosmos.http import control, documents, resources
from devstack.cosmos.http.auth import check_caller
from devstack.cosmos.http.emulator import Emulator, emulator_of
from devstack.cosmos.http.replies import failure_reply, nesting_reply, refusal_reply, routing_reply

type Handler = Callable[[Request], Awaitable[Response]]

_DATABASE = "/dbs/{database}"
_CONTAINER = _DATABASE + "/colls/{container}"
_ITEMS = _CONTAINER + "/docs"
_ITEM = _ITEMS + "/{item}"
_ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/", resources.account),
    ("GET POST", "/dbs", resources.databases),
    ("GET DELETE", _DATABASE, resources.database),
    ("GET POST", _DATABASE + "/colls", resources.containers),
    ("GET PUT DELETE", _CONTAINER, resources.container),
    ("GET", _CONTAINER + "/pkranges", resources.partition_key_ranges),
    ("POST", _CONTAINER + "/operations/partitionkeydelete", documents.delete_partition),
    ("GET", _ITEMS, documents.read_items),
    ("POST", _ITEMS, documents.post_items),
    ("GET", _ITEM, documents.read_item),
    ("PUT", _ITEM, documents.replace_item),
    ("PATCH", _ITEM, documents.change_item),
    ("DELETE", _ITEM, documents.delete_item),
    ("POST", "/offers", resources.offers),
]

_REPLIES: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Refused: refusal_reply,
    HTTPException: routing_reply,
    RecursionError: nesting_reply,
    Exception: failure_reply,
}


def build_app(emulator: Emulator) -> ASGIApp:
    """The ASGI application that serves this account."""
    routes = [
        Route("/_devstack/health", control.health, methods=["GET"]),
        Route("/_devstack/reset", control.reset, methods=["POST"]),
        Route("/_devstack/faults", control.faults, methods=["POST"]),
        *(Route(path, _guarded(handler), methods=methods.split()) for methods, path, handler in _ROUTES),
    ]
    app = Starlette(routes=routes, exception_handlers=_REPLIES)
    app.router.redirect_slashes = False
    app.router.default = request_response(_guarded(resources.unknown))
    app.state.emulator = emulator
    return _without_trailing_slash(app)


def _guarded(handler: Handler) -> Handler:
    """The handler behind the faults that are due and the check of the caller."""

    async def guarded(request: Request) -> Response:
        emulator = emulator_of(request)
        emulator.faults.check(data="/docs" in request.scope["path"])
        now = datetime.fromtimestamp(emulator.clock(), UTC)
        check_caller(request, key=emulator.key, issuer=emulator.issuer, now=now)
        return await handler(request)

    return guarded


def _without_trailing_slash(app: ASGIApp) -> ASGIApp:
    """Clients end their paths with a slash; a redirect would cost them a round trip and their signature."""

    async def trimmed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/":
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await app(scope, receive, send)

    return trimmed

"""The administration application: who asks, for which entity, and the ATOM document or refusal that answers.

A queue that does not exist is answered as the service does it: 200 and an empty feed, which clients know.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.request_body import BodyRefused, bounded_body
from devstack.servicebus.admin import atom, description
from devstack.servicebus.admin.reading import MalformedEntry, read_description
from devstack.servicebus.broker.bus import entity_path
from devstack.servicebus.broker.errors import BadArgument, BusError, QueueNotFound
from devstack.servicebus.cbs import Claims
from devstack.servicebus.http import MAX_BODY, PATIENCE_S
from devstack.servicebus.server import Server, now

_LISTS = "$resources/"
_NAMESPACE = "$namespaceinfo"
_PAGE = 100  # entries, the most the service gives at once
_ENTRY = "application/atom+xml;type=entry;charset=utf-8"
_FEED = "application/atom+xml;type=feed;charset=utf-8"
_ERROR = "application/xml; charset=utf-8"

type _Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def application(server: Server) -> Starlette:
    """The administration application of a running server; `/health` needs no authorization."""
    surface = _Surface(server)
    return Starlette(
        routes=[
            Route("/health", _health, methods=["GET"]),
            Route("/{path:path}", _checked(server, surface.get), methods=["GET"]),
            Route("/{path:path}", _checked(server, surface.put), methods=["PUT"]),
            Route("/{path:path}", _checked(server, surface.delete), methods=["DELETE"]),
        ]
    )


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "healthy", "message": "Service is healthy."})


def _checked(server: Server, act: Callable[[Request, bytes], Response]) -> _Handler:
    """Check the authorization, read the body, and say refusals as the service does."""

    async def handle(request: Request) -> Response:
        try:
            _authorize(server, request)
            response = act(request, await bounded_body(request, limit=MAX_BODY, patience=PATIENCE_S))
        except BodyRefused as refused:
            return _refusal(refused.status, str(refused))
        except MalformedEntry as malformed:
            return _refusal(400, str(malformed))
        except BusError as refusal:
            return _refusal(refusal.status, refusal.description)
        server.touched()
        return response if server.commit() else _refusal(500, "The state cannot be written.")

    return handle


def _authorize(server: Server, request: Request) -> None:
    claims = Claims(server.access, now)
    claims.put(request.headers.get("authorization", ""))
    claims.require(_path(request))


class _Surface:
    """What each method does to the entity that the path names."""

    def __init__(self, server: Server) -> None:
        self._bus = server.bus

    def get(self, request: Request, _body: bytes) -> Response:
        path = _path(request)
        if path == _NAMESPACE:
            return self._namespace(request)
        if path.startswith(_LISTS):
            return self._list(request, path.removeprefix(_LISTS))
        queue = self._bus.queues.get(path)
        if queue is None:
            return _nothing(request)
        return _entry(description.entry(queue), request)

    def put(self, request: Request, body: bytes) -> Response:
        name = request.path_params["path"].strip("/")
        settings = description.wanted_settings(name, read_description(body))
        if "if-match" in request.headers:
            return _entry(description.entry(self._bus.update(settings)), request)
        return _entry(description.entry(self._bus.create(settings)), request, status=201)

    def delete(self, request: Request, _body: bytes) -> Response:
        path = _path(request)
        if path not in self._bus.queues:
            raise QueueNotFound(f"There is no queue '{path}'.")
        self._bus.delete(path)
        return Response(status_code=200)

    def _list(self, request: Request, kind: str) -> Response:
        if kind not in ("queues", "topics"):
            raise BadArgument(f"There is no list of '{kind}' here: ask for queues.")
        skip = _whole_number(request.query_params, "$skip", 0)
        top = min(_whole_number(request.query_params, "$top", _PAGE), _PAGE)
        queues = [queue for _, queue in sorted(self._bus.queues.items())] if kind == "queues" else []
        links = {"self": str(request.url)}
        if skip + top < len(queues):
            links["next"] = _next_page(request, skip + top, top)
        entries = [description.entry(queue) for queue in queues[skip : skip + top]]
        title = kind.capitalize()
        text = atom.feed(title, entries, base=_base(request), links=links, updated=now())
        return Response(text, media_type=_FEED)

    def _namespace(self, request: Request) -> Response:
        values = {
            "CreatedTime": atom.instant(self._bus.created_at),
            "MessagingSKU": "Standard",
            "ModifiedTime": atom.instant(self._bus.created_at),
            "Name": "sbemulatorns",
            "NamespaceType": "Messaging",
        }
        content = atom.description("NamespaceInfo", (atom.element(*value) for value in values.items()))
        since = self._bus.created_at
        return _entry(atom.Entry("sbemulatorns", content, published=since, updated=since), request)


def _path(request: Request) -> str:
    return entity_path(request.path_params["path"])


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _entry(entry: atom.Entry, request: Request, *, status: int = 200) -> Response:
    return Response(atom.document(entry, base=_base(request)), status, media_type=_ENTRY)


def _nothing(request: Request) -> Response:
    """Clients tell a missing entity by the missing content; the Go client looks at this title."""
    links = {"self": str(request.url)}
    text = atom.feed("Publicly Listed Services", [], base=_base(request), links=links, updated=now())
    return Response(text, media_type=_FEED)


def _refusal(status: int, detail: str) -> Response:
    return Response(atom.error(status, detail), status, media_type=_ERROR)


def _next_page(request: Request, skip: int, top: int) -> str:
    query = {**request.query_params, "$skip": skip, "$top": top}
    return f"{_base(request)}{request.url.path}?{urlencode(query, safe='$')}"


def _whole_number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 - digits of an int32
        raise BadArgument(f"{name} must be a whole number.")
    return int(text)

"""HTTP triggers as a bare ASGI application: one look-up, one regular expression, one invocation."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from azure_functions_runtime.bindings.datumdef import Datum

from devstack.host.invocations import Invoker
from devstack.host.routes import Match, Router
from devstack.host.worker import new_trace

_MAX_BODY = 104_857_600  # bytes, the cloud host's limit
_BODILESS = (204, 304)
_RESERVED = ("/admin/", "/runtime/")
_PROBLEM = b"application/problem+json"

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]
type Reply = tuple[int, Headers, bytes]
type Built = Callable[[str, str], Reply | None]


class Web:
    """Answers requests from the app's HTTP functions; `built_in` has the first word on paths of the host."""

    def __init__(self, router: Router, *, invoker: Invoker, built_in: Built) -> None:
        self._router = router
        self._invoker = invoker
        self._built_in = built_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request; other kinds of connection are not offered."""
        if scope["type"] != "http":
            return
        status, headers, body = await self._answer(scope, receive)
        if status not in _BODILESS:
            headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        method, path = scope["method"], scope["raw_path"].decode("latin-1")
        match = None if path.startswith(_RESERVED) else self._router.find(method, path)
        if not isinstance(match, Match):
            return self._built_in(method, path) or _not_found(match, path)
        headers = _headers(scope["headers"])
        refusal = _refuse_body(headers)
        if refusal is not None:
            return refusal
        body = await _body(receive)
        if body is None:
            return problem(400, "Incomplete request", "The connection ended before the body did.")
        request = _request(method, path, scope["query_string"].decode("latin-1"), headers)
        request |= {"params": _strings(match.parameters.items()), "body": Datum(body, "bytes")}
        parent = headers.get("traceparent")
        trace = (parent, headers.get("tracestate", "")) if parent else new_trace()
        outcome = await self._invoker.invoke(match.function, Datum(request, "http"), {}, trace=trace)
        return _reply(outcome.result) if outcome.ok else (500, [], b"")


def text_reply(status: int, text: str) -> Reply:
    """A plain text answer."""
    return status, [(b"content-type", b"text/plain; charset=utf-8")], text.encode()


def json_reply(status: int, document: object) -> Reply:
    """A JSON answer."""
    return status, [(b"content-type", b"application/json")], orjson.dumps(document)


def problem(status: int, title: str, detail: str, extra: Iterable[tuple[bytes, bytes]] = ()) -> Reply:
    """A problem document (RFC 9457)."""
    document = {"title": title, "status": status, "detail": detail}
    return status, [(b"content-type", _PROBLEM), *extra], orjson.dumps(document)


def _not_found(allowed: frozenset[str] | None, path: str) -> Reply:
    """404, or 405 where only the method is wrong: the cloud host says 404 there too (its issue 10098)."""
    if allowed is None:
        return problem(404, "Not found", f"No function answers {path}.")
    names = ", ".join(sorted(allowed))
    detail = f"{path} answers {names} only; list the method in the function's route."
    return problem(405, "Method not allowed", detail, [(b"allow", names.encode())])


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case, values of repeated names joined with a comma."""
    headers: dict[str, str] = {}
    for name_bytes, value_bytes in raw:
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _refuse_body(headers: dict[str, str]) -> Reply | None:
    """Bodies that the cloud host would drop or refuse."""
    if "transfer-encoding" in headers:
        detail = "A chunked request body reaches a Functions app as an empty one; send Content-Length."
        return problem(411, "Length required", detail)
    if int(headers.get("content-length", 0)) > _MAX_BODY:
        return problem(413, "Content too large", f"A request body may have {_MAX_BODY} bytes.")
    return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None when the client went away before its end."""
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _request(method: str, path: str, query: str, headers: dict[str, str]) -> dict[str, object]:
    """The trigger's value but for route parameters and body; query parameters without a value are dropped."""
    host = headers.get("host", "localhost")
    values: dict[str, str] = {}
    for name, value in parse_qsl(query) if query else ():
        values[name] = f"{values[name]},{value}" if name in values else value
    return {
        "method": Datum(method, "string"),
        "url": Datum(f"http://{host}{path}?{query}" if query else f"http://{host}{path}", "string"),
        "headers": _strings(headers.items()),
        "query": _strings(values.items()),
    }


def _strings(pairs: Iterable[tuple[str, str]]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in pairs}


def _reply(result: Datum | None) -> Reply:
    """An encoded return value as a response; None is 204, a string is 200."""
    if result is None or result.type is None:
        return 204, [], b""
    if result.type == "string":
        return text_reply(200, result.value)
    fields = result.value
    headers = [
        (name.lower().encode("latin-1"), value.value.encode("latin-1"))
        for name, value in fields["headers"].items()
    ]
    for jar in fields.get("cookies") or ():
        headers += [(b"set-cookie", morsel.OutputString().encode("latin-1")) for morsel in jar.values()]
    return int(fields["status_code"].value), _without_length(headers), fields["body"].value


def _without_length(headers: Headers) -> Headers:
    return [pair for pair in headers if pair[0] != b"content-length"]

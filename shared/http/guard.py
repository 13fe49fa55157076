"""Headers of every answer: it is not stored, framed or guessed at, and which web apps may read it."""

from functools import cache

import azure.functions as func

from shared.config import EdgeSettings

_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_ASKED = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent"
_SHOWN = "ETag, Location, Retry-After"
_PREFLIGHT_SECONDS = "600"


def guard(req: func.HttpRequest, response: func.HttpResponse) -> func.HttpResponse:
    """Add the headers to an answer; what the handler set itself stays."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    origin = req.headers.get("Origin")
    if origin is not None and origin in _origins():
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _SHOWN
        response.headers["Vary"] = "Origin"
    return response


def preflight() -> func.HttpResponse:
    """What a browser wants to know before it sends the request proper (Fetch standard, CORS protocol)."""
    headers = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _ASKED,
        "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
    }
    return func.HttpResponse(status_code=204, headers=headers)


@cache
def _origins() -> frozenset[str]:
    return EdgeSettings().cors_origins

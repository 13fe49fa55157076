"""RFC 9457 problem+json: the only error body this API sends."""

import re

import azure.functions as func
import orjson

from shared.errors import AppError, InvalidRequest, RateLimited, Transient, Unauthenticated

RETRY_SECONDS = 5
"""After how long a dependency that was away is worth another try."""


def problem(error: AppError, *, instance: str, trace_id: str) -> func.HttpResponse:
    body: dict[str, object] = {
        "type": f"urn:tripgen:problem:{_kebab(type(error).__name__)}",
        "title": error.title,
        "status": error.status.value,
        "detail": error.detail,
        "instance": instance,
        "traceId": trace_id,
    }
    headers = {}
    if isinstance(error, InvalidRequest) and error.errors:
        body["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in error.errors]
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Transient):
        headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, section 15.5.2
    return func.HttpResponse(
        orjson.dumps(body),
        status_code=error.status.value,
        headers=headers,
        mimetype="application/problem+json",
    )


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()

"""RFC 9457 problem+json: the only error body this API sends."""

import re

import azure.functions as func
import orjson
from pydantic import BaseModel, Field

from shared.errors import AppError, InvalidRequest, RateLimited, Transient, Unauthenticated

RETRY_SECONDS = 5
"""After how long a dependency that was away is worth another try."""


class ProblemField(BaseModel):
    """A JSON pointer into the body (RFC 6901) or the name of a parameter, and what to do."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str = Field(serialization_alias="traceId")
    errors: list[ProblemField] | None = None


def problem(error: AppError, *, instance: str, trace_id: str) -> func.HttpResponse:
    body: dict[str, object] = {
        "type": problem_type(type(error)),
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


def problem_type(failure: type[AppError]) -> str:
    """The identifier of a kind of problem."""
    return "urn:tripgen:problem:" + re.sub(r"(?<!^)(?=[A-Z])", "-", failure.__name__).lower()

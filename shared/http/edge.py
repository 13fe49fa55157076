"""The one wrapper around every HTTP handler: telemetry in, problem+json out."""

import functools
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from urllib.parse import urlsplit

import azure.functions as func

from shared import telemetry
from shared.errors import AppError
from shared.http.guard import guard
from shared.http.private import private_values
from shared.http.problem import problem
from shared.http.user import caller_address
from shared.telemetry import PROBES, meters, timed

logger = logging.getLogger(__name__)

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]


def edge(handler: Handler) -> Handler:
    # The wrapper keeps the handler's exact signature: the Functions worker
    # inspects it while indexing and rejects parameters it cannot bind.
    @functools.wraps(handler)
    async def handle(req: func.HttpRequest) -> func.HttpResponse:
        seen = {"faas.name": handler.__name__, "http.request.method": req.method}
        with (
            telemetry.hiding(lambda: private_values(req)),
            telemetry.span(
                handler.__name__,
                kind="server",
                traceparent=_traceparent(req),
                attributes={**seen, "faas.trigger": "http", "client.address": caller_address(req)},
            ) as span,
            telemetry.bound(trace=span.trace_id),
            _timed(seen) as measured,
        ):
            response = await _answer(handler, req, span)
            status = {"http.response.status_code": response.status_code}
            span.note(status)
            measured.update(status)
        return guard(req, response)

    return handle


async def _answer(handler: Handler, req: func.HttpRequest, span: telemetry.Span) -> func.HttpResponse:
    """What the handler answers, or a problem document about what it raised."""
    try:
        return await handler(req)
    except AppError as error:
        logger.info("%s refused: %s", handler.__name__, type(error).__name__)
        refusal = error
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            span.failed(error)
    except Exception as error:
        logger.exception("%s failed", handler.__name__)
        refusal = AppError("It is our fault, not yours. Try again, or report the traceId.")
        span.failed(error)
    return problem(refusal, instance=urlsplit(req.url).path, trace_id=span.trace_id)


def _timed(seen: dict[str, str]) -> AbstractContextManager[dict[str, str | int]]:
    return nullcontext({}) if seen["faas.name"] in PROBES else timed(meters.REQUESTS, seen)


def _traceparent(req: func.HttpRequest) -> str | None:
    """The trace the caller works under (W3C Trace Context, section 3.2), None when it named none."""
    sent = str(req.headers.get("traceparent", ""))
    return sent if _TRACEPARENT.fullmatch(sent) else None

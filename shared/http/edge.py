"""The one wrapper around every HTTP handler: telemetry in, problem+json out."""

import functools
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import azure.functions as func

from shared import telemetry
from shared.errors import AppError
from shared.http.guard import guard
from shared.http.problem import problem

logger = logging.getLogger(__name__)

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]


def edge(handler: Handler) -> Handler:
    # The wrapper keeps the handler's exact signature: the Functions worker
    # inspects it while indexing and rejects parameters it cannot bind.
    @functools.wraps(handler)
    async def handle(req: func.HttpRequest) -> func.HttpResponse:
        path = urlsplit(req.url).path
        with (
            telemetry.span(handler.__name__, traceparent=_traceparent(req)) as trace_id,
            telemetry.bound(trace=trace_id),
        ):
            try:
                response = await handler(req)
            except AppError as error:
                logger.info("%s refused: %s", handler.__name__, type(error).__name__)
                response = problem(error, instance=path, trace_id=trace_id)
            except Exception:
                logger.exception("%s failed", handler.__name__)
                unexpected = AppError("It is our fault, not yours. Try again, or report the traceId.")
                response = problem(unexpected, instance=path, trace_id=trace_id)
        return guard(req, response)

    return handle


def _traceparent(req: func.HttpRequest) -> str:
    """The caller's trace, or a new one: without a tracing SDK nobody else starts it, and every problem
    document names one (W3C Trace Context, section 3.2)."""
    sent = str(req.headers.get("traceparent", ""))
    return sent if _TRACEPARENT.fullmatch(sent) else f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"

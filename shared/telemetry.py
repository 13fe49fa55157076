"""Logging set-up, the context every log line carries, and the trace a request travels under."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_context: ContextVar[dict[str, object] | None] = ContextVar("log_context", default=None)
_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("tripgen")


class _ContextFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        fields = _context.get()
        if fields:
            record.msg = f"{record.msg} [{' '.join(f'{key}={value}' for key, value in fields.items())}]"
        return True


def configure() -> None:
    """Set up logging once per process; libraries that narrate every frame are kept to warnings."""
    logging.captureWarnings(capture=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_ContextFilter())
    for chatty in ("azure", "httpx2", "openai", "googlemaps"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def set_level(level: str) -> None:
    """How much our own code tells."""
    logging.getLogger("shared").setLevel(level)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Add fields to every log line inside the block."""
    token = _context.set({**(_context.get() or {}), **fields})
    try:
        yield
    finally:
        _context.reset(token)


@contextmanager
def span(name: str, *, traceparent: str | None = None) -> Iterator[str]:
    """Run the block under a span that continues `traceparent` (W3C Trace Context); yields the trace id."""
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    token = attach(parent) if parent is not None else None
    try:
        with _tracer.start_as_current_span(name) as current:
            yield f"{current.get_span_context().trace_id:032x}"
    finally:
        if token is not None:
            detach(token)


def traceparent() -> str | None:
    """The current span as a W3C `traceparent` header, None outside any trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")

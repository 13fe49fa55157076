"""Spans, and the trace that a request and all that follows from it travel under."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

type Kind = Literal["internal", "server", "client", "producer", "consumer"]
type Attributes = Mapping[str, str | bool | int | float]

PROBES = frozenset({"health_live", "health_ready"})
"""Functions that nobody but the cluster calls, every few seconds: neither traced nor measured."""

_KINDS: Mapping[Kind, trace.SpanKind] = {
    "internal": trace.SpanKind.INTERNAL,
    "server": trace.SpanKind.SERVER,
    "client": trace.SpanKind.CLIENT,
    "producer": trace.SpanKind.PRODUCER,
    "consumer": trace.SpanKind.CONSUMER,
}
_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("tripgen")


class Span:
    """A piece of work as a trace shows it."""

    def __init__(self, running: trace.Span) -> None:
        self._running = running

    @property
    def trace_id(self) -> str:
        return f"{self._running.get_span_context().trace_id:032x}"

    def note(self, attributes: Attributes) -> None:
        """Add what became known meanwhile."""
        self._running.set_attributes(attributes)

    def failed(self, error: BaseException) -> None:
        """The work did not succeed, although nothing is raised."""
        self._running.record_exception(error)
        self._running.set_status(trace.StatusCode.ERROR, type(error).__name__)


@contextmanager
def span(
    name: str,
    *,
    kind: Kind = "internal",
    traceparent: str | None = None,
    attributes: Attributes | None = None,
) -> Iterator[Span]:
    """Run the block under a span that continues `traceparent` (W3C Trace Context); what it raises marks it.

    Where nothing is exported there are no spans, but the block has a trace all the same.
    """
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(
        name, context=parent, kind=_KINDS[kind], attributes=attributes
    ) as started:
        if started.get_span_context().is_valid:
            yield Span(started)
            return
    with trace.use_span(trace.NonRecordingSpan(_new_trace())) as unrecorded:
        yield Span(unrecorded)


def note(attributes: Attributes) -> None:
    """Add attributes to the current span."""
    trace.get_current_span().set_attributes(attributes)


def traceparent() -> str | None:
    """The current span as a W3C `traceparent` header, None outside any trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def _new_trace() -> trace.SpanContext:
    return trace.SpanContext(
        trace_id=secrets.randbits(128) or 1,
        span_id=secrets.randbits(64) or 1,
        is_remote=False,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )

"""Telemetry: log lines, traces and measurements, none of which names a person or a secret."""

from shared.telemetry import meters
from shared.telemetry.context import bound, hiding, private
from shared.telemetry.logs import set_level
from shared.telemetry.masking import is_private, masked
from shared.telemetry.meters import timed
from shared.telemetry.setup import configure, flush_when_the_loop_ends
from shared.telemetry.tracing import PROBES, Span, note, span, traceparent

__all__ = [
    "PROBES",
    "Span",
    "bound",
    "configure",
    "flush_when_the_loop_ends",
    "hiding",
    "is_private",
    "masked",
    "meters",
    "note",
    "private",
    "set_level",
    "span",
    "timed",
    "traceparent",
]

"""Which traces are exported: by their id, so that every process that works on one decides alike."""

from collections.abc import Sequence
from typing import override

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes, AttributeValue

from shared.telemetry.tracing import PROBES

SAMPLE_RATE = "_MS.sampleRate"
"""The attribute by which Azure Monitor counts one kept request as many (`ItemCount`), in per cent."""


class Sampling(ParentBased):
    """A share of all traces. What a caller's own flag asks for does not count: a stranger could switch us
    off, or on for all. Probes are never kept, and a span within another goes the way of that one."""

    def __init__(self, ratio: float) -> None:
        by_id = TraceIdRatioBased(ratio)
        super().__init__(by_id, remote_parent_sampled=by_id, remote_parent_not_sampled=by_id)
        self._noted: dict[str, AttributeValue] = {} if ratio == 1 else {SAMPLE_RATE: ratio * 100}

    @override
    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if name in PROBES:
            return SamplingResult(Decision.DROP)
        noted = {**(attributes or {}), **self._noted}
        return super().should_sample(parent_context, trace_id, name, kind, noted, links, trace_state)

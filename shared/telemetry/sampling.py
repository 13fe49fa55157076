"""Which traces are exported: by their id, so that every process that works on one decides alike."""

from collections.abc import Sequence
from typing import override

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from shared.telemetry.tracing import PROBES

SAMPLE_RATE = "_MS.sampleRate"
"""The attribute by which Azure Monitor counts one kept request as many (`ItemCount`), in per cent."""


class Sampling(Sampler):
    """A share of all traces. What a caller's own flag asks for does not count: a stranger could switch us
    off, or on for all. Probes are never kept, and a span within another goes the way of that one."""

    def __init__(self, ratio: float) -> None:
        by_id = _ById(ratio)
        self._sampler = ParentBased(by_id, remote_parent_sampled=by_id, remote_parent_not_sampled=by_id)

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
        return self._sampler.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        return "a share of all traces by id, without probes"


class _ById(Sampler):
    def __init__(self, ratio: float) -> None:
        self._ratio = TraceIdRatioBased(ratio)

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
        rate = {} if self._ratio.rate == 1 else {SAMPLE_RATE: self._ratio.rate * 100}
        return self._ratio.should_sample(
            parent_context, trace_id, name, kind, {**(attributes or {}), **rate}, links, trace_state
        )

    def get_description(self) -> str:
        return self._ratio.get_description()

"""The one way by which spans leave: masked when they end, where the values to hide are still known."""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Event, ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import Status
from opentelemetry.util.types import Attributes, AttributeValue

from shared.telemetry.context import private
from shared.telemetry.masking import MASK, masked

NEVER = frozenset(
    {
        "db.query.text",
        "enduser.id",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "url.full",
        "url.query",
        "user.email",
        "user.full_name",
        "user.name",
    }
)
"""Attributes whose whole value is private, should anybody set them; so is every header of a request."""
HEADERS = ("http.request.header.", "http.response.header.")


class MaskedSpans(SpanProcessor):
    """Hands masked copies of ended spans to the next processor."""

    def __init__(self, following: SpanProcessor) -> None:
        self._following = following

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self._following.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        self._following.on_end(_masked_span(span, private()))

    def shutdown(self) -> None:
        self._following.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._following.force_flush(timeout_millis)


def _masked_span(span: ReadableSpan, known: frozenset[str]) -> ReadableSpan:
    status = span.status
    return ReadableSpan(
        name=masked(span.name, known),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_masked_attributes(span.attributes, known),
        events=_masked_events(span.events, known),
        links=span.links,
        kind=span.kind,
        status=Status(status.status_code, masked(status.description, known) if status.description else None),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _masked_events(events: Sequence[Event], known: frozenset[str]) -> list[Event]:
    return [
        Event(event.name, _masked_attributes(event.attributes, known), event.timestamp) for event in events
    ]


def _masked_attributes(attributes: Attributes, known: frozenset[str]) -> dict[str, AttributeValue]:
    return {key: _masked_value(key, value, known) for key, value in (attributes or {}).items()}


def _masked_value(key: str, value: AttributeValue, known: frozenset[str]) -> AttributeValue:
    if key in NEVER or key.startswith(HEADERS):
        return MASK
    if isinstance(value, str):
        return masked(value, known)
    if isinstance(value, Sequence):
        return [masked(part, known) if isinstance(part, str) else part for part in value]
    return value

"""An OTLP/HTTP collector in the test's own process: keeps what it is sent, fails or is silent on demand."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

PATIENCE_SECONDS = 30
ERROR_STATUS = 2

type Values = Mapping[str, str | int | float | bool]


@dataclass(frozen=True)
class SpanSeen:
    """A span as it arrived; ids are in hexadecimal digits, `parent` is empty for the first of a trace."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: Values
    failed: bool
    service: str


@dataclass(frozen=True)
class LogSeen:
    """A log line as it arrived."""

    body: str
    severity: str
    trace: str
    attributes: Values
    service: str


@dataclass(frozen=True)
class PointSeen:
    """A measurement as it arrived: a counter's or gauge's value, or how many values a histogram took."""

    name: str
    attributes: Values
    value: float
    service: str


@dataclass
class Collector:
    """What has arrived so far, and how the next request is answered."""

    url: str = ""
    spans: list[SpanSeen] = field(default_factory=list)
    logs: list[LogSeen] = field(default_factory=list)
    points: list[PointSeen] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    status: int = 200
    refused: int = 0
    held: int = 0
    _open: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        """Answer nothing until `release`."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def of_trace(self, trace: str) -> list[SpanSeen]:
        return [span for span in self.spans if span.trace == trace]

    def wait_for[T](self, look: Callable[[], T]) -> T:
        """What `look` finds once it finds something; fails after half a minute."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.05)
        raise AssertionError(f"It did not arrive; there are {[span.name for span in self.spans][-50:]}")

    def answer(self, path: str, body: bytes) -> int:
        """Take a request; the status to answer it with."""
        self.held += 1
        self._open.wait(PATIENCE_SECONDS)
        self.held -= 1
        if self.status != 200:
            self.refused += 1
            return self.status
        self.raw.append(body)
        _TAKERS[path](self, body)
        return 200


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port of this machine."""
    collector = Collector()
    collector.release()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the library's
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = collector.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # a client that no longer waits for its answer

    server = Server(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.release()
        server.shutdown()
        server.server_close()
        thread.join(5)


def _take_spans(into: Collector, body: bytes) -> None:
    for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
        service = _service(sent.resource)
        into.spans += [_span(span, service) for scope in sent.scope_spans for span in scope.spans]


def _span(span: SpanMessage, service: str) -> SpanSeen:
    return SpanSeen(
        name=span.name,
        kind=SpanMessage.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes=_values(span.attributes),
        failed=span.status.code == ERROR_STATUS,
        service=service,
    )


def _take_logs(into: Collector, body: bytes) -> None:
    for sent in ExportLogsServiceRequest.FromString(body).resource_logs:
        for record in (record for scope in sent.scope_logs for record in scope.log_records):
            into.logs.append(
                LogSeen(
                    body=record.body.string_value,
                    severity=record.severity_text,
                    trace=record.trace_id.hex(),
                    attributes=_values(record.attributes),
                    service=_service(sent.resource),
                )
            )


def _take_points(into: Collector, body: bytes) -> None:
    for sent in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        for metric in (metric for scope in sent.scope_metrics for metric in scope.metrics):
            kind = str(metric.WhichOneof("data"))
            for point in getattr(metric, kind).data_points:
                value = point.count if kind == "histogram" else point.as_double or point.as_int
                seen = PointSeen(metric.name, _values(point.attributes), value, _service(sent.resource))
                into.points.append(seen)


_TAKERS: dict[str, Callable[[Collector, bytes], None]] = {
    "/v1/traces": _take_spans,
    "/v1/logs": _take_logs,
    "/v1/metrics": _take_points,
}


def _service(resource: Resource) -> str:
    return str(_values(resource.attributes)["service.name"])


def _values(pairs: Any) -> Values:
    return {pair.key: _value(pair) for pair in pairs}


def _value(pair: KeyValue) -> Any:
    value: AnyValue = pair.value
    return getattr(value, str(value.WhichOneof("value")))

"""Where telemetry goes: Azure Monitor, an OTLP/HTTP collector, or both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from opentelemetry.sdk._logs.export import LogRecordExporter
from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.trace.export import SpanExporter

from shared.config import TelemetrySettings

SECONDS = 5.0
"""One attempt to hand over a batch; the next batch waits for it, requests do not."""


@dataclass(frozen=True, slots=True)
class Destination:
    """The three clients of one place."""

    spans: SpanExporter
    logs: LogRecordExporter
    metrics: MetricExporter


def destinations(settings: TelemetrySettings) -> list[Destination]:
    """Those that the settings name."""
    return [make() for make in _named(settings)]


def _named(settings: TelemetrySettings) -> Iterator[Callable[[], Destination]]:
    connection, endpoint = (
        settings.applicationinsights_connection_string,
        settings.otel_exporter_otlp_endpoint,
    )
    if connection is not None:
        yield lambda: _azure_monitor(connection.get_secret_value())
    if endpoint is not None:
        yield lambda: _collector(endpoint.rstrip("/"))


def _azure_monitor(connection: str) -> Destination:
    """Nothing is kept on disk: a container's is read-only, and telemetry is not worth an attack surface."""
    from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415 - a fifth of a second
        AzureMonitorLogExporter,
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    options = {
        "connection_string": connection,
        "disable_offline_storage": True,
        "timeout": SECONDS,
        "retry_total": 1,
    }
    return Destination(
        spans=AzureMonitorTraceExporter(**options),
        logs=AzureMonitorLogExporter(**options),
        metrics=AzureMonitorMetricExporter(**options),
    )


def _collector(endpoint: str) -> Destination:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    return Destination(
        spans=OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=SECONDS),
        logs=OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", timeout=SECONDS),
        metrics=OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics", timeout=SECONDS),
    )

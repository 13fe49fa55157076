"""The OpenTelemetry SDK: batches of bounded size leave in threads of their own, or are dropped.

A destination that is away or slow costs a request nothing: its queue forgets the oldest.
"""

import logging
import socket
import threading
from collections.abc import Callable
from time import monotonic

from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from shared.config import TelemetrySettings
from shared.telemetry.destinations import Destination, destinations
from shared.telemetry.log_export import LogExport
from shared.telemetry.masked_spans import MaskedSpans
from shared.telemetry.sampling import Sampling

WAITING = 2048
"""Spans, and log lines, that may wait for a destination."""
BATCH = 256
DELAY_MS = 1_000
FLUSH_SECONDS = 1.5
"""The host ends a worker a few seconds after it was told to stop."""
LIMITS = SpanLimits(
    max_span_attributes=32,
    max_events=8,
    max_links=8,
    max_event_attributes=8,
    max_span_attribute_length=8_192,
)


class Export:
    """The providers of one process, not global until `install`."""

    def __init__(self, settings: TelemetrySettings) -> None:
        resource = Resource(
            {
                "service.name": settings.cloud_role_name,
                "service.instance.id": socket.gethostname(),
                "telemetry.sdk.language": "python",
                "telemetry.sdk.name": "opentelemetry",
            }
        )
        reached = destinations(settings)
        self.tracers = TracerProvider(
            sampler=Sampling(settings.traces_sampling_ratio),
            resource=resource,
            shutdown_on_exit=False,
            span_limits=LIMITS,
        )
        self.loggers = LoggerProvider(resource=resource, shutdown_on_exit=False)
        for destination in reached:
            self._add(destination)
        self.meters = MeterProvider(
            metric_readers=[_reader(destination, settings) for destination in reached],
            resource=resource,
            shutdown_on_exit=False,
        )

    def install(self) -> None:
        """Make these the providers of the process, and send what is logged."""
        trace.set_tracer_provider(self.tracers)
        metrics.set_meter_provider(self.meters)
        set_logger_provider(self.loggers)
        logging.getLogger("opentelemetry.exporter").setLevel(logging.ERROR)  # below it tells every attempt
        logging.getLogger().addHandler(LogExport(self.loggers))

    def flush(self) -> None:
        """Send what waits, within a second and a half; what is not gone then is lost."""
        flushes: list[Callable[[], object]] = [
            self.tracers.force_flush,
            self.loggers.force_flush,
            self.meters.force_flush,
        ]
        threads = [threading.Thread(target=flush, daemon=True) for flush in flushes]
        for thread in threads:
            thread.start()
        _join(threads, seconds=FLUSH_SECONDS)

    def _add(self, destination: Destination) -> None:
        spans = BatchSpanProcessor(
            destination.spans,
            max_queue_size=WAITING,
            max_export_batch_size=BATCH,
            schedule_delay_millis=DELAY_MS,
        )
        self.tracers.add_span_processor(MaskedSpans(spans))
        self.loggers.add_log_record_processor(
            BatchLogRecordProcessor(
                destination.logs,
                max_queue_size=WAITING,
                max_export_batch_size=BATCH,
                schedule_delay_millis=DELAY_MS,
            )
        )


def _reader(destination: Destination, settings: TelemetrySettings) -> PeriodicExportingMetricReader:
    return PeriodicExportingMetricReader(
        destination.metrics, export_interval_millis=settings.metrics_export_seconds * 1000
    )


def _join(threads: list[threading.Thread], *, seconds: float) -> None:
    ends = monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, ends - monotonic()))

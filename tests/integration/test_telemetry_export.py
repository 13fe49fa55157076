"""What leaves a process by the real exporters, and what a destination in trouble does to those who work."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry import trace

from shared.config import TelemetrySettings
from shared.telemetry import hiding
from shared.telemetry.export import WAITING, Export
from shared.telemetry.log_export import LogExport
from tests.collector import Collector, collecting
from tests.log_lines import log_lines

ADDRESS, NAME = "ines@example.org", "Zoë Quirin"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as running:
        yield running


@contextmanager
def exporting(url: str, **settings: object) -> Iterator[Export]:
    """An export that is not the process's own; nothing of it is left afterwards."""
    chosen = {"otel_exporter_otlp_endpoint": url, "metrics_export_seconds": 3600, **settings}
    export = Export(TelemetrySettings.model_validate(chosen))
    try:
        yield export
    finally:
        ended = threading.Thread(target=_shut, args=(export,), daemon=True)
        ended.start()
        ended.join(2)  # who is away is asked several times; the thread ends with the process


def _shut(export: Export) -> None:
    export.tracers.shutdown()
    export.loggers.shutdown()
    export.meters.shutdown()


def work(export: Export, name: str = "work", **attributes: str) -> None:
    with export.tracers.get_tracer("test").start_as_current_span(name, attributes=attributes):
        pass


def test_spans_arrive_with_the_role_of_their_process(collector: Collector) -> None:
    with exporting(collector.url, cloud_role_name="tripgen-ai") as export:
        work(export, "sign_up", **{"faas.name": "sign_up"})
        export.flush()
    (span,) = collector.spans
    assert (span.name, span.service, span.attributes) == ("sign_up", "tripgen-ai", {"faas.name": "sign_up"})


def test_nothing_private_is_in_a_span_its_events_or_its_status(collector: Collector) -> None:
    def fail() -> None:
        raise ValueError(f"{NAME} <{ADDRESS}> is taken")

    with exporting(collector.url) as export, hiding(lambda: frozenset({NAME})):
        tracer = export.tracers.get_tracer("test")
        private = {
            "url.query": "q=x",
            "http.request.header.cookie": "a=b",
            "note": f"for {ADDRESS}",
            "all": [NAME, "x"],
            "client.address": "203.0.113.77",
        }
        with (
            pytest.raises(ValueError, match=ADDRESS),
            tracer.start_as_current_span(f"of {NAME}", attributes=private),
        ):
            fail()
        export.flush()
    (span,) = collector.spans
    assert span.failed
    assert span.name == "of ***"
    assert span.attributes["client.address"] == "203.0.113.0"
    assert {span.attributes[key] for key in ("url.query", "http.request.header.cookie")} == {"***"}
    told = b"".join(collector.raw).decode(errors="replace")
    assert "ValueError" in told
    assert NAME not in told
    assert ADDRESS not in told


def test_log_lines_arrive_with_their_trace_and_exception(collector: Collector) -> None:
    logger = logging.getLogger("shared.exported")
    with exporting(collector.url) as export, log_lines("shared.exported"):
        handler = LogExport(export.loggers)
        logger.addHandler(handler)
        try:
            with export.tracers.get_tracer("test").start_as_current_span("work"):
                logger.warning("slow by %d s", 3)
                raised(logger)
        finally:
            logger.removeHandler(handler)
        export.flush()
    slow, failed = collector.logs
    assert (slow.body, slow.severity, slow.trace) == ("slow by 3 s", "WARNING", collector.spans[0].trace)
    assert failed.attributes["exception.type"] == "ZeroDivisionError"
    assert "ZeroDivisionError" in str(failed.attributes["exception.message"])


def raised(logger: logging.Logger) -> None:
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        logger.exception("failed")


def test_who_tells_of_exporting_is_not_exported(collector: Collector) -> None:
    with exporting(collector.url) as export:
        handler = LogExport(export.loggers)
        for name in ("opentelemetry.sdk", "azure.core.pipeline", "urllib3.connectionpool"):
            handler.handle(logging.LogRecord(name, logging.ERROR, __file__, 1, "again", None, None))
        export.flush()
    assert collector.logs == []


def test_probes_are_not_traced_nor_what_they_do(collector: Collector) -> None:
    with exporting(collector.url) as export:
        with export.tracers.get_tracer("test").start_as_current_span("health_ready"):
            work(export, "a store")
        work(export)
        export.flush()
    assert [span.name for span in collector.spans] == ["work"]


@pytest.mark.parametrize("flag", [trace.TraceFlags.DEFAULT, trace.TraceFlags.SAMPLED])
def test_a_share_of_traces_is_kept_by_their_id_whatever_the_caller_asks(
    collector: Collector, flag: int
) -> None:
    kept = set()
    for process in range(2):
        with exporting(collector.url, traces_sampling_ratio=0.25) as export:
            for number in range(400):
                # The last 64 bits decide, the spread over them is even.
                caller = trace.SpanContext(
                    trace_id=(process + 1 << 64) + number * (2**64 // 400),
                    span_id=7,
                    is_remote=True,
                    trace_flags=trace.TraceFlags(flag),
                )
                parent = trace.set_span_in_context(trace.NonRecordingSpan(caller))
                export.tracers.get_tracer("test").start_span("work", context=parent).end()
            export.flush()
            kept |= {(process, span.trace[16:]) for span in collector.spans}
            assert {span.attributes["_MS.sampleRate"] for span in collector.spans} == {25}
        collector.spans.clear()
    by_process = [{trace for number, trace in kept if number == process} for process in range(2)]
    assert by_process[0] == by_process[1]
    assert 95 <= len(by_process[0]) <= 105


def test_without_sampling_no_rate_is_noted(collector: Collector) -> None:
    with exporting(collector.url) as export:
        work(export)
        export.flush()
    assert collector.spans[0].attributes == {}


def test_a_collector_that_is_away_costs_nothing_but_what_it_would_have_been_told() -> None:
    with exporting(NOBODY) as export:
        for _ in range(WAITING * 2):
            work(export)
        export.flush()


def test_a_collector_that_keeps_silent_holds_up_nobody_and_fills_no_memory(collector: Collector) -> None:
    collector.hold()
    with exporting(collector.url) as export:
        work(export, "first")
        collector.wait_for(lambda: collector.held)
        for number in range(WAITING * 2):
            work(export, f"span {number}")
        assert not collector.spans
        collector.release()
        last = f"span {WAITING * 2 - 1}"
        collector.wait_for(lambda: [span for span in collector.spans if span.name == last])
    # What waits is bounded; the newest is kept, the oldest is forgotten.
    assert len(collector.spans) <= WAITING + 2 * 256


def test_an_end_does_not_wait_for_a_collector_that_keeps_silent(collector: Collector) -> None:
    collector.hold()
    with exporting(collector.url) as export:
        work(export)
        export.flush()
        assert not collector.spans
        collector.release()


def test_a_collector_in_trouble_is_told_again_when_it_has_recovered(collector: Collector) -> None:
    collector.status = 500
    with exporting(collector.url) as export:
        work(export, "lost")
        collector.wait_for(lambda: collector.refused)
        collector.status = 200
        work(export, "kept")
        collector.wait_for(lambda: [span for span in collector.spans if span.name == "kept"])

"""What is measured, by the names of OpenTelemetry's semantic conventions where they have one.

https://opentelemetry.io/docs/specs/semconv/: http, messaging, gen-ai. Our own names begin with `tripgen`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic

from opentelemetry import metrics

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_TOKENS = (64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0)
_meter = metrics.get_meter("tripgen")


def _seconds(name: str, description: str) -> metrics.Histogram:
    return _meter.create_histogram(
        name, unit="s", description=description, explicit_bucket_boundaries_advisory=_SECONDS
    )


REQUESTS = _seconds("http.server.request.duration", "HTTP requests, by operation, method and status")
DELIVERIES = _seconds("messaging.process.duration", "Deliveries of messages, by function and outcome")
RETRIES = _meter.create_counter(
    "tripgen.message.retries", unit="{message}", description="Copies scheduled for another attempt, by queue"
)
DEAD_LETTERS = _meter.create_counter(
    "tripgen.message.dead_letters",
    unit="{message}",
    description="Messages on their last delivery that failed",
)
OUTBOX_AGE = _meter.create_gauge(
    "tripgen.outbox.age", unit="s", description="Age of the oldest message not sent yet, by queue"
)

JOBS = _meter.create_counter(
    "tripgen.jobs", unit="{job}", description="Schedule jobs requested, completed, failed, cancelled"
)
JOB_SECONDS = _seconds("tripgen.job.duration", "From the start of a job to its end, by outcome")
STEP_SECONDS = _seconds("tripgen.job.step.duration", "Work on one step of a job, by step")

CALLS = _seconds("tripgen.outside_call.duration", "Calls of outside services with their attempts, by group")
ATTEMPTS = _meter.create_counter(
    "tripgen.outside_call.attempts", unit="{request}", description="Requests to outside services, by group"
)
COST = _meter.create_counter(
    "tripgen.outside_call.cost", unit="USD", description="List price of what was answered, by group"
)
MODEL_SECONDS = _seconds("gen_ai.client.operation.duration", "Calls of the language model, by model")
MODEL_TOKENS = _meter.create_histogram(
    "gen_ai.client.token.usage",
    unit="{token}",
    description="Tokens of one call, by model and direction",
    explicit_bucket_boundaries_advisory=_TOKENS,
)


@contextmanager
def timed(histogram: metrics.Histogram, attributes: Mapping[str, str]) -> Iterator[dict[str, str | int]]:
    """Record how long the block takes, and as `error.type` what it raises; it may add attributes."""
    began = monotonic()
    known: dict[str, str | int] = dict(attributes)
    try:
        yield known
    except BaseException as error:
        known["error.type"] = type(error).__name__
        raise
    finally:
        histogram.record(monotonic() - began, known)


def job_ended(outcome: str, *, started_at: datetime) -> None:
    """Count a job that is over, after its end has been committed."""
    attributes = {"tripgen.job.outcome": outcome}
    JOBS.add(1, attributes)
    JOB_SECONDS.record((datetime.now(UTC) - started_at).total_seconds(), attributes)

"""Try again later: a copy of the message, scheduled with exponential delay and jitter."""

import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import azure.functions as func

from shared.bus import Bus, Letter
from shared.errors import Transient
from shared.telemetry import meters

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=2)


def plan_retry(attempt: int, *, jitter: float) -> timedelta | None:
    """How long to wait after the given attempt (1 is the first); None when it was the last.

    Doubles from one second to two minutes, times 0.5 to 1.5 by `jitter` in [0, 1).
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    delay: timedelta = min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY)
    return delay * (0.5 + jitter)


@asynccontextmanager
async def retry_later(message: func.ServiceBusMessage, *, queue: str, bus: Bus) -> AsyncIterator[None]:
    """Run the block; on `Transient` send a later copy, so that this message may be completed.

    The copy leaves before the original is completed: a crash in between duplicates, and never loses.
    Without attempts left the error goes on to the host, and the broker dead-letters the message.
    """
    try:
        yield
    except Transient as error:
        properties = dict(message.application_properties or {})
        attempt = _attempt(properties)
        delay = plan_retry(attempt, jitter=random.random())  # noqa: S311 - spreads load, guards nothing
        if delay is None:
            logger.error("giving up after %d attempts: %s", attempt, error)  # noqa: TRY400
            raise
        logger.warning("attempt %d: %s Again in %.1f s.", attempt, error, delay.total_seconds())
        await bus.send(queue, [_copy(message, properties, attempt=attempt + 1, delay=delay)])
        meters.RETRIES.add(1, {"messaging.destination.name": queue, "tripgen.attempt": attempt})


def _attempt(properties: dict[str, object]) -> int:
    attempt = properties.get("attempt", 1)
    return attempt if isinstance(attempt, int) and attempt > 0 else 1


def _copy(
    message: func.ServiceBusMessage, properties: dict[str, str | int], *, attempt: int, delay: timedelta
) -> Letter:
    # The id tells this copy from the original, yet is the same when the original is delivered again.
    # A message somebody sent without an id is known by its place in the queue.
    root = message.message_id or f"sequence-{message.sequence_number}"
    root = root.removesuffix(f"#{attempt - 1}")
    return Letter(
        id=f"{root}#{attempt}",
        body=message.get_body().decode(),
        properties={**properties, "attempt": attempt},
        send_at=datetime.now(UTC) + delay,
    )

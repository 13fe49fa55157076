"""The one wrapper around every queue handler: telemetry in, failures left to the broker."""

import functools
import logging
from collections.abc import Awaitable, Callable

import azure.functions as func

from shared import telemetry
from shared.errors import Poison
from shared.messaging import Message, contract_of, read
from shared.telemetry import masked, meters, timed

logger = logging.getLogger(__name__)

DELIVERIES = 5
"""After so many the broker puts a message aside (the queues' max delivery count)."""

type Consumer = Callable[[func.ServiceBusMessage], Awaitable[None]]


def consume(handler: Consumer) -> Consumer:
    # Nothing is swallowed: an exception makes the host abandon the message, and the broker
    # redelivers it, or dead-letters it once its deliveries run out.
    @functools.wraps(handler)
    async def handle(message: func.ServiceBusMessage) -> None:
        properties = message.application_properties or {}
        seen = {"faas.name": handler.__name__, "messaging.system": "servicebus"}
        with (
            telemetry.span(
                handler.__name__,
                kind="consumer",
                traceparent=properties.get("traceparent"),
                attributes={**seen, "faas.trigger": "pubsub"},
            ) as span,
            telemetry.bound(trace=span.trace_id, message=message.message_id, delivery=message.delivery_count),
        ):
            try:
                with timed(meters.DELIVERIES, seen):
                    await handler(message)
            except Exception as error:  # noqa: BLE001 - goes on to the host, masked
                raise _told(error, handler.__name__, message) from None

    return handle


def _told(error: Exception, name: str, message: func.ServiceBusMessage) -> Exception:
    """The error as the host may log it, which writes down whatever it is given."""
    if isinstance(error, Poison):
        logger.error("%s cannot read this message: %s", name, error)
    else:
        logger.error("%s failed", name, exc_info=error)
    if (message.delivery_count or 0) >= DELIVERIES:
        meters.DEAD_LETTERS.add(1, {"faas.name": name})
    told = masked(str(error), telemetry.private())
    return error if told == str(error) else RuntimeError(f"{type(error).__name__}: {told}")


def read_message[M: Message](message: func.ServiceBusMessage, *models: type[M]) -> M:
    """The message as the one of `models` it says it is.

    Raises `Poison`, so that what never fits ends in the dead-letter queue.
    """
    telemetry.note({"messaging.destination.name": models[0].queue})
    body = message.get_body()
    return read(body, contract_of(body, models))

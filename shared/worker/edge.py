"""The one wrapper around every queue handler: telemetry in, failures left to the broker."""

import functools
import logging
from collections.abc import Awaitable, Callable

import azure.functions as func

from shared import telemetry
from shared.errors import Poison
from shared.messaging import Message, contract_of, read

logger = logging.getLogger(__name__)

type Consumer = Callable[[func.ServiceBusMessage], Awaitable[None]]


def consume(handler: Consumer) -> Consumer:
    # Nothing is swallowed: an exception makes the host abandon the message, and the broker
    # redelivers it, or dead-letters it once its deliveries run out.
    @functools.wraps(handler)
    async def handle(message: func.ServiceBusMessage) -> None:
        properties = message.application_properties or {}
        with (
            telemetry.span(handler.__name__, traceparent=properties.get("traceparent")) as trace_id,
            telemetry.bound(trace=trace_id, message=message.message_id, delivery=message.delivery_count),
        ):
            try:
                await handler(message)
            except Poison as error:
                logger.error("%s cannot read this message: %s", handler.__name__, error)  # noqa: TRY400
                raise

    return handle


def read_message[M: Message](message: func.ServiceBusMessage, *models: type[M]) -> M:
    """The message as the one of `models` it says it is.

    Raises `Poison`, so that what never fits ends in the dead-letter queue.
    """
    body = message.get_body()
    return read(body, contract_of(body, models))

"""Messages written in the caller's transaction, to be sent after it commits."""

from psycopg.types.json import Jsonb

from shared import telemetry
from shared.db import Transaction, new_id
from shared.messaging.contracts import Message


async def post(tx: Transaction, message: Message) -> None:
    """Add a message to the outbox; the row's id becomes the message id the broker deduplicates by."""
    properties = {"type": message.type, "version": message.version, "attempt": 1}
    with telemetry.span(
        f"create {message.queue}",
        kind="producer",
        attributes={"messaging.system": "servicebus", "messaging.destination.name": message.queue},
    ):
        parent = telemetry.traceparent()
    if parent is not None:
        properties["traceparent"] = parent
    await tx.execute(
        "INSERT INTO outbox (id, queue, body, properties) VALUES (%s, %s, %s, %s)",
        (
            new_id(),
            message.queue,
            message.model_dump_json(by_alias=True, exclude_none=True),
            Jsonb(properties),
        ),
    )
    tx.posted = True

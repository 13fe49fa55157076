"""Answers kept by Idempotency-Key, in the transaction of the work they answer.

Same key and same request: the stored answer. Same key, other request: refused (product rules, HTTP API).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.db.database import Transaction
from shared.errors import InvalidRequest

KEPT = "24 hours"
SWEPT_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Replay:
    """A client's key for one request, and the digest of that request."""

    owner: UUID
    key: str
    digest: str


async def recall(tx: Transaction, replay: Replay | None) -> dict[str, Any] | None:
    """Claim the key for this transaction, or return the answer it already has.

    A second request with the key waits here until the first one commits.
    """
    if replay is None:
        return None
    await _forget_outlived(tx, replay)
    cursor = await tx.execute(
        "INSERT INTO idempotency_keys (owner_id, key, digest) VALUES (%s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING key",
        (replay.owner, replay.key, replay.digest),
    )
    if await cursor.fetchone():
        return None
    return await _stored(tx, replay)


async def remember(tx: Transaction, replay: Replay | None, answer: dict[str, Any]) -> None:
    """Keep the answer for as long as the key lives."""
    if replay is not None:
        await tx.execute(
            "UPDATE idempotency_keys SET answer = %s WHERE owner_id = %s AND key = %s",
            (Jsonb(answer), replay.owner, replay.key),
        )


async def forget(tx: Transaction, owner: UUID) -> None:
    """Drop every answer kept for somebody."""
    await tx.execute("DELETE FROM idempotency_keys WHERE owner_id = %s", (owner,))


async def _stored(tx: Transaction, replay: Replay) -> dict[str, Any]:
    cursor = await tx.execute(
        "SELECT digest, answer FROM idempotency_keys WHERE owner_id = %s AND key = %s",
        (replay.owner, replay.key),
    )
    row = await cursor.fetchone()
    if row is None or row["digest"] != replay.digest:
        raise InvalidRequest("This Idempotency-Key was used with another request. Send a new key.")
    answer: dict[str, Any] = row["answer"]
    return answer


async def _forget_outlived(tx: Transaction, replay: Replay) -> None:
    # This key if its day is over, and a few of everybody's on the way: the table stays small without a timer.
    await tx.execute(
        "DELETE FROM idempotency_keys WHERE owner_id = %s AND key = %s AND made_at < now() - %s::interval",
        (replay.owner, replay.key, KEPT),
    )
    await tx.execute(
        "DELETE FROM idempotency_keys WHERE (owner_id, key) IN (SELECT owner_id, key FROM idempotency_keys"
        " WHERE made_at < now() - %s::interval ORDER BY made_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (KEPT, SWEPT_AT_ONCE),
    )

"""Every SQL statement about places: flights to a provider, and searches in the background."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.db import Transaction

SWEPT_AT_ONCE = 20


async def claim_flight(tx: Transaction, key: str, *, holder: UUID, lease: timedelta) -> bool:
    """Take the key unless somebody alive has it, or it failed a moment ago."""
    cursor = await tx.execute(
        "INSERT INTO place_flights (key, holder, until) VALUES (%s, %s, now() + %s)"
        " ON CONFLICT (key) DO UPDATE"
        " SET holder = excluded.holder, until = excluded.until, failed = false"
        " WHERE place_flights.until < now() RETURNING key",
        (key, holder, lease),
    )
    return await cursor.fetchone() is not None


async def flight_failed(tx: Transaction, key: str) -> bool:
    """Whether the last flight failed a moment ago."""
    cursor = await tx.execute(
        "SELECT 1 FROM place_flights WHERE key = %s AND failed AND until >= now()", (key,)
    )
    return await cursor.fetchone() is not None


async def end_flight(tx: Transaction, key: str, *, holder: UUID) -> None:
    """Give the key back, and forget a few that nobody gave back."""
    await tx.execute("DELETE FROM place_flights WHERE key = %s AND holder = %s", (key, holder))
    await tx.execute(
        "DELETE FROM place_flights WHERE key IN (SELECT key FROM place_flights"
        " WHERE until < now() - interval '1 minute' ORDER BY until LIMIT %s FOR UPDATE SKIP LOCKED)",
        (SWEPT_AT_ONCE,),
    )


async def fail_flight(tx: Transaction, key: str, *, holder: UUID, rest: timedelta) -> None:
    """Say that it failed; nobody takes the key for a while."""
    await tx.execute(
        "UPDATE place_flights SET failed = true, until = now() + %s WHERE key = %s AND holder = %s",
        (rest, key, holder),
    )


async def insert_search(tx: Transaction, search_id: UUID, *, owner: UUID, query: dict[str, Any]) -> datetime:
    """A new search, and when it was asked for; a few of those whose time is over go with it."""
    await tx.execute(
        "DELETE FROM place_searches WHERE id IN (SELECT id FROM place_searches"
        " WHERE created_at < now() - interval '1 day' ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (SWEPT_AT_ONCE,),
    )
    cursor = await tx.execute(
        "INSERT INTO place_searches (id, owner_id, query) VALUES (%s, %s, %s) RETURNING created_at",
        (search_id, owner, Jsonb(query)),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an INSERT that did not raise returns its row
    made: datetime = row["created_at"]
    return made


async def find_search(
    tx: Transaction, search_id: UUID, *, owner: UUID | None = None
) -> dict[str, Any] | None:
    """The search, of this owner if one is named; it is gone after a day."""
    cursor = await tx.execute(
        "SELECT id, owner_id, query, found, created_at, ended_at FROM place_searches"
        " WHERE id = %(id)s AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s)"
        " AND created_at > now() - interval '1 day'",
        {"id": search_id, "owner": owner},
    )
    return await cursor.fetchone()


async def end_search(tx: Transaction, search_id: UUID, *, found: dict[str, Any]) -> bool:
    """Keep what was found; False when the search has ended already, or is gone."""
    cursor = await tx.execute(
        "UPDATE place_searches SET found = %s, ended_at = now() WHERE id = %s AND ended_at IS NULL",
        (Jsonb(found), search_id),
    )
    return cursor.rowcount == 1

"""Every SQL statement about sessions and their refresh tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.db import Transaction
from shared.users.sessions.model import SessionEntry

SWEPT_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Live:
    """A session whose refresh token was just used."""

    id: UUID
    user_id: UUID
    remember: bool


async def insert(tx: Transaction, live: Live, *, lifetime: timedelta) -> None:
    await tx.execute(
        "INSERT INTO sessions (id, user_id, remember, expires_at) VALUES (%s, %s, %s, now() + %s)",
        (live.id, live.user_id, live.remember, lifetime),
    )


async def add_token(tx: Transaction, session_id: UUID, *, digest: bytes) -> None:
    await tx.execute("INSERT INTO refresh_tokens (digest, session_id) VALUES (%s, %s)", (digest, session_id))


async def use_token(tx: Transaction, digest: bytes) -> Live | None:
    """The session of an unused token, which is used from now on; None for any other token."""
    cursor = await tx.execute(
        "UPDATE refresh_tokens t SET used_at = now() FROM sessions s"
        " WHERE t.digest = %s AND t.used_at IS NULL AND s.id = t.session_id AND s.expires_at > now()"
        " RETURNING s.id, s.user_id, s.remember",
        (digest,),
    )
    row = await cursor.fetchone()
    return Live(row["id"], row["user_id"], row["remember"]) if row else None


async def of_used_token(tx: Transaction, digest: bytes) -> Live | None:
    """The session a token belonged to that has been used before."""
    cursor = await tx.execute(
        "SELECT s.id, s.user_id, s.remember FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id"
        " WHERE t.digest = %s AND t.used_at IS NOT NULL",
        (digest,),
    )
    row = await cursor.fetchone()
    return Live(row["id"], row["user_id"], row["remember"]) if row else None


async def prolong(tx: Transaction, session_id: UUID, *, lifetime: timedelta) -> None:
    """Let the session live on from now, and forget tokens too old to be tried by anybody."""
    await tx.execute("UPDATE sessions SET expires_at = now() + %s WHERE id = %s", (lifetime, session_id))
    await tx.execute(
        "DELETE FROM refresh_tokens WHERE session_id = %s AND made_at < now() - %s", (session_id, lifetime)
    )


async def beyond(tx: Transaction, user_id: UUID, *, most: int) -> list[UUID]:
    """Sessions of a user that are over, and the oldest beyond the `most` newest."""
    cursor = await tx.execute(
        "SELECT id FROM (SELECT id, expires_at, row_number() OVER (ORDER BY created_at DESC, id DESC)"
        " AS place FROM sessions WHERE user_id = %s) AS known WHERE place > %s OR expires_at <= now()",
        (user_id, most),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def of_user(tx: Transaction, user_id: UUID) -> list[UUID]:
    cursor = await tx.execute("SELECT id FROM sessions WHERE user_id = %s", (user_id,))
    return [row["id"] for row in await cursor.fetchall()]


async def listed(tx: Transaction, user_id: UUID) -> list[SessionEntry]:
    """Sessions of a user, those that are over but not swept included; the oldest first."""
    cursor = await tx.execute(
        "SELECT id, remember, created_at, expires_at FROM sessions WHERE user_id = %s"
        " ORDER BY created_at, id",
        (user_id,),
    )
    return [SessionEntry(**row) for row in await cursor.fetchall()]


async def end(tx: Transaction, session_ids: Sequence[UUID], *, user_id: UUID, told: timedelta) -> None:
    """Remove sessions of a user, and say for `told` that they are over; ones that ended before stay ended."""
    await tx.execute("DELETE FROM sessions WHERE id = ANY(%s) AND user_id = %s", (list(session_ids), user_id))
    await tx.execute(
        "INSERT INTO ended_sessions (id) SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING",
        (list(session_ids),),
    )
    # A few outlived ones on the way: the table stays small without a timer.
    await tx.execute(
        "DELETE FROM ended_sessions WHERE id IN (SELECT id FROM ended_sessions"
        " WHERE ended_at < now() - %s ORDER BY ended_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (told, SWEPT_AT_ONCE),
    )


async def ended_within(tx: Transaction, span: timedelta) -> set[UUID]:
    cursor = await tx.execute("SELECT id FROM ended_sessions WHERE ended_at > now() - %s", (span,))
    return {row["id"] for row in await cursor.fetchall()}

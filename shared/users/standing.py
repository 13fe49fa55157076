"""How an account stands: since when it is there, whether it is locked, and where it is signed in."""

from datetime import datetime
from uuid import UUID

from shared.db import Transaction
from shared.users.wire import Wire


class Standing(Wire):
    """Nothing in it tells who somebody is. `failed_sign_ins` in a row; five lock the account."""

    id: UUID
    created_at: datetime
    failed_sign_ins: int
    locked_until: datetime | None
    sessions: int


async def standing(tx: Transaction, user_id: UUID) -> Standing | None:
    cursor = await tx.execute(
        "SELECT id, created_at, failed_sign_ins,"
        " CASE WHEN locked_until > now() THEN locked_until END AS locked_until,"
        " (SELECT count(*) FROM sessions WHERE user_id = users.id AND expires_at > now()) AS sessions"
        " FROM users WHERE id = %s",
        (user_id,),
    )
    row = await cursor.fetchone()
    return Standing(**row) if row else None


async def unlock(tx: Transaction, user_id: UUID) -> bool:
    """Let the account's next sign-in be its first; False when there is no such account."""
    cursor = await tx.execute(
        "UPDATE users SET failed_sign_ins = 0, locked_until = NULL WHERE id = %s", (user_id,)
    )
    return cursor.rowcount == 1

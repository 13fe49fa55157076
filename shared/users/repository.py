"""Every SQL statement about accounts."""

import unicodedata
from datetime import timedelta
from typing import Literal
from uuid import UUID

from psycopg import sql

from shared.db import Transaction
from shared.errors import Conflict
from shared.users.model import Credentials, Profile, SignUp

type UniqueField = Literal["username", "email"]
UNIQUE: tuple[UniqueField, ...] = ("username", "email")

_PROFILE = "id, username, email, name, phone, created_at"


async def insert(tx: Transaction, user_id: UUID, wanted: SignUp, *, password_hash: str) -> Profile:
    """A new account; `Conflict` names the field somebody else has already."""
    # ON CONFLICT keeps the address out of PostgreSQL's log, where a unique violation would quote it.
    cursor = await tx.execute(
        "INSERT INTO users (id, username, username_key, email, email_key, name, phone, password_hash)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING {_PROFILE}",
        (
            user_id,
            wanted.username,
            _key(wanted.username),
            wanted.email,
            _key(wanted.email),
            wanted.name,
            wanted.phone,
            password_hash,
        ),
    )
    row = await cursor.fetchone()
    if row is None:
        taken = "email" if await is_free(tx, "username", wanted.username) else "username"
        raise Conflict(f"This {taken} is taken. Choose another {taken}, or sign in.")
    return Profile(**row)


async def profile(tx: Transaction, user_id: UUID) -> Profile | None:
    cursor = await tx.execute(f"SELECT {_PROFILE} FROM users WHERE id = %s", (user_id,))
    row = await cursor.fetchone()
    return Profile(**row) if row else None


async def is_free(tx: Transaction, field: UniqueField, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM users WHERE {} = %s").format(sql.Identifier(f"{field}_key"))
    cursor = await tx.execute(query, (_key(value),))
    return await cursor.fetchone() is None


async def credentials(tx: Transaction, login: str) -> Credentials | None:
    cursor = await tx.execute(
        "SELECT id, password_hash FROM users WHERE username_key = %(key)s OR email_key = %(key)s",
        {"key": _key(login)},
    )
    row = await cursor.fetchone()
    return Credentials(row["id"], row["password_hash"]) if row else None


async def settle_sign_in(
    tx: Transaction, user_id: UUID | None, *, matched: bool, limit: int, lock: timedelta
) -> bool:
    """Whether the account is open to a sign-in; a match clears its failures, the `limit`-th failure locks it.

    One statement whatever the outcome: attempts at the same moment wait for each other's count, and an
    unknown user (None) costs the same.
    """
    # A failure lost in a crash does no harm; waiting for the log to be flushed would tell, by its time,
    # a login that exists from one that does not.
    await tx.execute("SET LOCAL synchronous_commit = off")
    cursor = await tx.execute(
        "UPDATE users SET"
        " failed_sign_ins = CASE WHEN %(matched)s THEN 0 ELSE (failed_sign_ins + 1) %% %(limit)s END,"
        " locked_until = CASE WHEN NOT %(matched)s AND failed_sign_ins + 1 >= %(limit)s"
        " THEN now() + %(lock)s END"
        " WHERE id = %(id)s AND coalesce(locked_until <= now(), true)",
        {"id": user_id, "matched": matched, "limit": limit, "lock": lock},
    )
    return cursor.rowcount == 1


def _key(text: str) -> str:
    """What makes a username or an email unique, the same under every collation of the database."""
    return unicodedata.normalize("NFC", text).casefold()

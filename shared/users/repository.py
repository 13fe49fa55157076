"""Every SQL statement about accounts."""

import unicodedata
from datetime import timedelta
from typing import Literal
from uuid import UUID

from psycopg import sql
from psycopg.errors import UniqueViolation

from shared.db import Transaction
from shared.errors import Conflict
from shared.users.model import Credentials, Profile, ProfileChange, SignUp

type UniqueField = Literal["username", "email"]
UNIQUE: tuple[UniqueField, ...] = ("username", "email")

_PROFILE = "id, username, email, name, phone, created_at, revision"


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


async def lock(tx: Transaction, user_id: UUID) -> Profile | None:
    """The account, its row locked until the transaction ends."""
    cursor = await tx.execute(f"SELECT {_PROFILE} FROM users WHERE id = %s FOR UPDATE", (user_id,))
    row = await cursor.fetchone()
    return Profile(**row) if row else None


async def update(tx: Transaction, before: Profile, change: ProfileChange) -> Profile:
    """Apply the fields that were sent to a locked account; `Conflict` when a name is somebody else's."""
    after = before.model_copy(update=change.model_dump(exclude_unset=True))
    for field in UNIQUE:
        if not await _is_free_for(tx, field, getattr(after, field), user_id=before.id):
            raise Conflict(f"This {field} is taken. Choose another {field}.")
    try:
        cursor = await tx.execute(
            "UPDATE users SET username = %s, username_key = %s, email = %s, email_key = %s, name = %s,"
            f" phone = %s, revision = revision + 1 WHERE id = %s RETURNING {_PROFILE}",
            (
                after.username,
                _key(after.username),
                after.email,
                _key(after.email),
                after.name,
                after.phone,
                before.id,
            ),
        )
    except UniqueViolation:
        # Somebody took the name in between. The error quotes the value: it is not kept as the cause.
        raise Conflict("This username or email was taken just now. Choose another.") from None
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the row is locked
    return Profile(**row)


async def set_password(tx: Transaction, user_id: UUID, password_hash: str) -> None:
    await tx.execute("UPDATE users SET password_hash = %s WHERE id = %s", (password_hash, user_id))


async def delete(tx: Transaction, user_id: UUID) -> None:
    """Remove the account; every row that hangs on it goes too."""
    await tx.execute("DELETE FROM users WHERE id = %s", (user_id,))


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


async def credentials_of(tx: Transaction, user_id: UUID) -> Credentials | None:
    cursor = await tx.execute("SELECT id, password_hash FROM users WHERE id = %s", (user_id,))
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


async def _is_free_for(tx: Transaction, field: UniqueField, value: str, *, user_id: UUID) -> bool:
    query = sql.SQL("SELECT 1 FROM users WHERE {} = %s AND id <> %s").format(sql.Identifier(f"{field}_key"))
    cursor = await tx.execute(query, (_key(value), user_id))
    return await cursor.fetchone() is None


def _key(text: str) -> str:
    """What makes a username or an email unique, the same under every collation of the database."""
    return unicodedata.normalize("NFC", text).casefold()

"""Every SQL statement about accounts."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from psycopg import sql
from psycopg.errors import UniqueViolation

from shared.db import Transaction
from shared.errors import Conflict
from shared.users.model import Credentials, Profile, SignUp

type UniqueField = Literal["username", "email"]
UNIQUE: tuple[UniqueField, ...] = ("username", "email")


async def insert(tx: Transaction, user_id: UUID, wanted: SignUp, *, password_hash: str) -> None:
    """A new account; `Conflict` names the field somebody else has already."""
    try:
        await tx.execute(
            "INSERT INTO users (id, username, username_key, email, email_key, name, phone, password_hash)"
            " VALUES (%s, %s, lower(%s), %s, lower(%s), %s, %s, %s)",
            (
                user_id,
                wanted.username,
                wanted.username,
                wanted.email,
                wanted.email,
                wanted.name,
                wanted.phone,
                password_hash,
            ),
        )
    except UniqueViolation as error:
        taken = "username" if "username" in (error.diag.constraint_name or "") else "email"
        raise Conflict(f"This {taken} is taken. Choose another {taken}, or sign in.") from error


async def profile(tx: Transaction, user_id: UUID) -> Profile | None:
    cursor = await tx.execute(
        "SELECT id, username, email, name, phone, created_at FROM users WHERE id = %s", (user_id,)
    )
    row = await cursor.fetchone()
    return Profile(**row) if row else None


async def is_free(tx: Transaction, field: UniqueField, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM users WHERE {} = lower(%s)").format(sql.Identifier(f"{field}_key"))
    cursor = await tx.execute(query, (value,))
    return await cursor.fetchone() is None


async def credentials(tx: Transaction, login: str) -> Credentials | None:
    cursor = await tx.execute(
        "SELECT id, password_hash, failed_sign_ins, coalesce(locked_until > now(), false) AS locked"
        " FROM users WHERE username_key = lower(%(login)s) OR email_key = lower(%(login)s)",
        {"login": login},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return Credentials(row["id"], row["password_hash"], row["failed_sign_ins"], row["locked"])


async def count_failure(tx: Transaction, user_id: UUID, *, limit: int, lock: timedelta) -> None:
    """One more failure in a row; the `limit`-th locks the account and starts the count anew."""
    await tx.execute(
        "UPDATE users SET failed_sign_ins = (failed_sign_ins + 1) %% %(limit)s,"
        " locked_until = CASE WHEN failed_sign_ins + 1 >= %(limit)s THEN now() + %(lock)s"
        " ELSE locked_until END WHERE id = %(id)s",
        {"id": user_id, "limit": limit, "lock": lock},
    )


async def forget_failures(tx: Transaction, user_id: UUID) -> None:
    await tx.execute(
        "UPDATE users SET failed_sign_ins = 0, locked_until = NULL WHERE id = %s AND failed_sign_ins > 0",
        (user_id,),
    )

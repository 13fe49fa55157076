"""Every SQL statement about exports of accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Page, Transaction
from shared.exports.model import DAY, KEPT

SWEPT_AT_ONCE = 20
_EXPORT = """
    id, requested_at, ready_at, failed_at, reason, now() AS now,
    coalesce((SELECT array_agg(length(content) ORDER BY number) FROM account_export_files
              WHERE export_id = account_exports.id AND ready_at IS NOT NULL), '{}') AS sizes
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `account_exports` with the sizes of its files in bytes, seen at `now`."""

    id: UUID
    requested_at: datetime
    ready_at: datetime | None
    failed_at: datetime | None
    reason: str | None
    now: datetime
    sizes: list[int]


async def hold_account(tx: Transaction, user_id: UUID) -> bool:
    """Keep the account's other requests waiting until the transaction ends; False when it is gone."""
    cursor = await tx.execute("SELECT FROM users WHERE id = %s FOR NO KEY UPDATE", (user_id,))
    return cursor.rowcount == 1


async def insert(tx: Transaction, export_id: UUID, *, owner: UUID) -> None:
    await tx.execute("INSERT INTO account_exports (id, user_id) VALUES (%s, %s)", (export_id, owner))


async def of_today(tx: Transaction, owner: UUID) -> list[Row]:
    """Exports asked for in the last day, the oldest first."""
    cursor = await tx.execute(
        f"SELECT {_EXPORT} FROM account_exports WHERE user_id = %s AND requested_at > now() - %s"
        " ORDER BY requested_at, id",
        (owner, DAY),
    )
    return [Row(**row) for row in await cursor.fetchall()]


async def find(tx: Transaction, export_id: UUID, *, owner: UUID) -> Row | None:
    cursor = await tx.execute(
        f"SELECT {_EXPORT} FROM account_exports WHERE id = %s AND user_id = %s", (export_id, owner)
    )
    row = await cursor.fetchone()
    return Row(**row) if row else None


async def page(tx: Transaction, wanted: Page, *, owner: UUID) -> list[Row]:
    """Newest first; one more than the page has room for when there are more."""
    at, last = wanted.after or (None, None)
    cursor = await tx.execute(
        f"SELECT {_EXPORT} FROM account_exports WHERE user_id = %(owner)s"
        " AND (%(at)s::timestamptz IS NULL OR (requested_at, id) < (%(at)s, %(last)s::uuid))"
        " ORDER BY requested_at DESC, id DESC LIMIT %(limit)s",
        {"owner": owner, "at": at, "last": last, "limit": wanted.limit + 1},
    )
    return [Row(**row) for row in await cursor.fetchall()]


async def content(tx: Transaction, export_id: UUID, number: int, *, owner: UUID) -> bytes | None:
    """One file of a finished export."""
    cursor = await tx.execute(
        "SELECT content FROM account_export_files JOIN account_exports ON id = export_id"
        " WHERE id = %s AND number = %s AND user_id = %s"
        " AND ready_at IS NOT NULL AND requested_at > now() - %s",
        (export_id, number, owner, KEPT),
    )
    row = await cursor.fetchone()
    return bytes(row["content"]) if row else None


async def claim(tx: Transaction, export_id: UUID, *, run: UUID) -> UUID | None:
    """Whose account to gather; what an earlier run left is dropped. None when it is gone or has ended."""
    cursor = await tx.execute(
        "UPDATE account_exports SET run = %s WHERE id = %s AND ready_at IS NULL AND failed_at IS NULL"
        " RETURNING user_id",
        (run, export_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    await tx.execute("DELETE FROM account_export_files WHERE export_id = %s", (export_id,))
    owner: UUID = row["user_id"]
    return owner


async def hold(tx: Transaction, export_id: UUID, *, run: UUID) -> bool:
    """Whether this run still is the one that gathers; nobody takes its place until the transaction ends."""
    cursor = await tx.execute(
        "SELECT FROM account_exports WHERE id = %s AND run = %s AND ready_at IS NULL FOR UPDATE",
        (export_id, run),
    )
    return cursor.rowcount == 1


async def keep(tx: Transaction, export_id: UUID, number: int, volume: bytes) -> None:
    await tx.execute(
        "INSERT INTO account_export_files (export_id, number, content) VALUES (%s, %s, %s)",
        (export_id, number, volume),
    )


async def finish(tx: Transaction, export_id: UUID) -> None:
    await tx.execute("UPDATE account_exports SET ready_at = now() WHERE id = %s", (export_id,))


async def fail(tx: Transaction, export_id: UUID, *, run: UUID, reason: str) -> None:
    """End an export of this run without a result."""
    if await hold(tx, export_id, run=run):
        await tx.execute("DELETE FROM account_export_files WHERE export_id = %s", (export_id,))
        await tx.execute(
            "UPDATE account_exports SET failed_at = now(), reason = %s WHERE id = %s", (reason, export_id)
        )


async def sweep(tx: Transaction) -> int:
    """Drop exports whose time is over, files and all; returns how many."""
    cursor = await tx.execute(
        "DELETE FROM account_exports WHERE id IN (SELECT id FROM account_exports"
        " WHERE requested_at < now() - %s ORDER BY requested_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (KEPT, SWEPT_AT_ONCE),
    )
    return cursor.rowcount

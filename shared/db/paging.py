"""Keyset paging: pages stay right while rows come and go."""

import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.db.database import Database
from shared.errors import FieldError, InvalidRequest


@dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` rows that come after the row (`at`, `id`), newest first; from the start when None."""

    limit: int
    after: tuple[datetime, UUID] | None = None


def cursor_after(at: datetime, row_id: UUID) -> str:
    """An opaque cursor that names the last row of a page."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, UUID]:
    """The row a cursor names; `InvalidRequest` for one we never gave."""
    try:
        at, _, row_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        return datetime.fromisoformat(at).astimezone(UTC), UUID(row_id)
    except (ValueError, OverflowError, binascii.Error) as error:
        fix = "This is no cursor of ours. Use `nextCursor` of the page before, or leave it out."
        raise InvalidRequest(fix, errors=[FieldError("cursor", fix)]) from error


async def pages_of(
    statement: str, *, owner: UUID, limit: int, db: Database
) -> AsyncIterator[list[dict[str, Any]]]:
    """All rows of somebody, a page and a transaction at a time.

    `statement` takes `owner`, `after` and `limit`, and sorts by the `id` that it selects.
    """
    after = UUID(int=0)
    while True:
        async with db.transaction() as tx:
            cursor = await tx.execute(statement, {"owner": owner, "after": after, "limit": limit})
            rows = await cursor.fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]

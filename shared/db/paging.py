"""Keyset paging: pages stay right while rows come and go."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

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

"""Searches of somebody that still stand, in pieces for a copy to take away."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from shared.db import Database, pages_of

SEARCHES_AT_ONCE = 50
_SEARCHES = """
    SELECT id, query, found, created_at AS "createdAt", ended_at AS "endedAt" FROM place_searches
    WHERE owner_id = %(owner)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""


def searches_of(owner: UUID, *, db: Database) -> AsyncIterator[list[dict[str, Any]]]:
    """Pages of background searches: what was asked, and the ids of what was found with the way there."""
    return pages_of(_SEARCHES, owner=owner, limit=SEARCHES_AT_ONCE, db=db)

"""Cursors over a sorted list: they name the query they belong to and the last item seen."""

import base64
import binascii
import hashlib
from collections.abc import Sequence

import orjson

from shared.errors import MalformedRequest

type SortKey = tuple[float | str, ...]
"""What a list is sorted by; the last part tells items apart."""

_FIX = "This is no cursor of this query. Use `nextCursor` of the page before, or leave it out."


def digest_of(*query: object) -> str:
    """What tells one query from another."""
    return hashlib.sha256(orjson.dumps(query)).hexdigest()[:16]


def write(digest: str, last: SortKey) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([digest, *last])).decode().rstrip("=")


def read(text: str, digest: str, *, like: SortKey | None) -> SortKey:
    """The key a cursor names; `MalformedRequest` for another query's, or one that is not `like` a key of
    ours.

    Where the list is empty by now there is none to be like.
    """
    try:
        told, *key = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise MalformedRequest(_FIX) from error
    if told != digest or (like is not None and not _is_like(key, like)):
        raise MalformedRequest(_FIX)
    return tuple(key)


def page[T](
    items: Sequence[tuple[SortKey, T]], *, digest: str, limit: int, cursor: str | None
) -> tuple[list[T], str | None]:
    """Up to `limit` of the sorted items after the cursor, and the cursor of the next page."""
    like = items[0][0] if items else None
    after = read(cursor, digest, like=like) if cursor is not None else None
    left = [(key, item) for key, item in items if after is None or key > after]
    shown = left[:limit]
    more = len(left) > limit
    return [item for _, item in shown], write(digest, shown[-1][0]) if more else None


def _is_like(key: Sequence[object], ours: SortKey) -> bool:
    return len(key) == len(ours) and all(map(_alike, key, ours))


def _alike(part: object, ours: float | str) -> bool:
    if isinstance(ours, str):
        return isinstance(part, str)
    return isinstance(part, int | float) and not isinstance(part, bool)

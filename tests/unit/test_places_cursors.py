"""Cursors: pages put together are the list, and what is no cursor of the query is refused."""

import base64
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import MalformedRequest
from shared.places import cursors
from shared.places.cursors import SortKey

DIGEST = cursors.digest_of("nearby", 48.1)
ROWS: list[tuple[SortKey, str]] = [((n // 2, float(n), f"id{n}"), f"item {n}") for n in range(9)]


def made(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(parts))).decode().rstrip("=")


@given(limit=st.integers(1, 12), count=st.integers(0, 9))
def test_pages_put_together_are_the_list(limit: int, count: int) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        items, cursor = cursors.page(ROWS[:count], digest=DIGEST, limit=limit, cursor=cursor)
        seen += items
        if cursor is None:
            break
        assert len(items) == limit
    assert seen == [item for _, item in ROWS[:count]]


def test_a_row_that_vanished_meanwhile_moves_no_other() -> None:
    _, cursor = cursors.page(ROWS, digest=DIGEST, limit=3, cursor=None)
    items, _ = cursors.page([*ROWS[:2], *ROWS[3:]], digest=DIGEST, limit=3, cursor=cursor)
    assert items == ["item 3", "item 4", "item 5"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "nonsense",
        "////",
        "-" * 1_000,
        "é",
        "🏔",
        "\x00",
        made(),
        made("x"),
        made(DIGEST),
        made(DIGEST, 1, 2.0),
        made(DIGEST, 1, 2.0, "id", 4),
        made(DIGEST, "1", 2.0, "id"),
        made(DIGEST, 1, 2.0, 3),
        made(DIGEST, bool(ROWS), 2.0, "id"),
        made(DIGEST, None, 2.0, "id"),
        made(DIGEST, [1], 2.0, "id"),
        made(cursors.digest_of("nearby", 48.2), 1, 2.0, "id1"),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"[NaN, 1]").decode(),
        base64.urlsafe_b64encode(b"7").decode(),
        base64.urlsafe_b64encode(b"null").decode(),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_what_is_no_cursor_of_the_query_is_refused_with_the_fix(cursor: str) -> None:
    with pytest.raises(MalformedRequest, match="Use `nextCursor`"):
        cursors.page(ROWS, digest=DIGEST, limit=3, cursor=cursor)


def test_a_cursor_for_a_list_that_is_empty_now_is_still_refused_or_over() -> None:
    with pytest.raises(MalformedRequest):
        cursors.page([], digest=DIGEST, limit=3, cursor="nonsense")
    _, cursor = cursors.page(ROWS, digest=DIGEST, limit=3, cursor=None)
    assert cursors.page([], digest=DIGEST, limit=3, cursor=cursor) == ([], None)


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(MalformedRequest):
        cursors.page(ROWS, digest=DIGEST, limit=3, cursor=text)

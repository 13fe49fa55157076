"""Which page of a list the caller wants."""

import azure.functions as func

from shared.db import Page, read_cursor
from shared.http.body import read_number


def read_page(req: func.HttpRequest) -> Page:
    """`limit` 1 to 100, default 20, and an opaque `cursor`."""
    limit = read_number(req, "limit", default=20, lowest=1, highest=100)
    cursor = req.params.get("cursor")
    return Page(limit=limit, after=read_cursor(cursor) if cursor else None)

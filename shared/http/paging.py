"""Which page of a list the caller wants."""

import azure.functions as func
from pydantic import BaseModel, ConfigDict, Field

from shared.db import Page, read_cursor
from shared.http.query import read_query


class PageQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=256, description="`nextCursor` of the page before.")


def read_page(req: func.HttpRequest) -> Page:
    """`limit` 1 to 100, default 20, and an opaque `cursor`."""
    query = read_query(req, PageQuery)
    return Page(limit=query.limit, after=read_cursor(query.cursor) if query.cursor else None)

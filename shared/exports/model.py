"""A copy of an account to take away, as its owner sees it."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

type ExportState = Literal["queued", "ready", "failed"]

MOST_A_DAY = 2
DAY = timedelta(days=1)
KEPT = timedelta(days=2)
"""How long an export is there, from when it was asked for."""
GIVEN_UP_AFTER = timedelta(minutes=30)
"""Longer than its message is tried again; an export that ends later still counts."""


class Wire(BaseModel):
    """Frozen, camelCase on the wire."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class ExportFile(Wire):
    """A zip file: `number` from one, its size in bytes, and where to GET it."""

    number: int
    bytes: int
    url: str


class Export(Wire):
    """`files` is empty until it is ready; `reason` says why it failed. After `expires_at` it is gone."""

    id: UUID
    state: ExportState
    reason: str | None
    files: tuple[ExportFile, ...]
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime


class ExportPage(Wire):
    """Newest first."""

    items: tuple[Export, ...]
    next_cursor: str | None

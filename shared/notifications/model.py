"""An entry in a traveller's inbox."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """Frozen, camelCase on the wire."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Notification(Wire):
    id: UUID
    kind: Literal["schedule-ready", "schedule-failed"]
    trip_id: UUID
    text: str
    read: bool
    created_at: datetime


class Inbox(Wire):
    """Newest first."""

    items: tuple[Notification, ...]
    next_cursor: str | None

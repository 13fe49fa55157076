"""What operators ask about accounts, and what they are told."""

import base64
import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.db import Action
from shared.errors import FieldError, InvalidRequest
from shared.users.wire import Wire


class AccountQuery(Wire):
    """`login` is a username or an email address, whole."""

    login: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]


class AuditQuery(Wire):
    """`account_id` did it, or had it done to it; `until` is the first moment that does not count."""

    account_id: UUID | None = None
    action: Action | None = None
    operator_id: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=64, description="`nextCursor` of the page before.")


class AuditEntry(Wire):
    """Ids of what is gone stay. Exactly one of `actor_id` and `operator_id` says who, when it is known."""

    id: int
    at: datetime
    action: str
    actor_id: UUID | None
    subject_id: UUID | None
    operator_id: UUID | None
    facts: dict[str, str]


class AuditPage(Wire):
    """Newest first; `next_cursor` is None on the last page."""

    items: tuple[AuditEntry, ...]
    next_cursor: str | None


def cursor_below(entry_id: int) -> str:
    """An opaque cursor that names the last entry of a page."""
    return base64.urlsafe_b64encode(b"%d" % entry_id).decode().rstrip("=")


def read_below(cursor: str) -> int:
    """The entry a cursor names; `InvalidRequest` for one we never gave."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        fix = "This is no cursor of ours. Use `nextCursor` of the page before, or leave it out."
        raise InvalidRequest(fix, errors=[FieldError("cursor", fix)])
    return int(text)

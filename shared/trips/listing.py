"""Which trips of a list are wanted, in which order, and where the page before ended."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import orjson
from pydantic import AfterValidator, Field, StringConstraints

from shared.errors import FieldError, InvalidRequest
from shared.trips.model import MOST_AT_ONCE, Status, Wire

type SortOrder = Literal["-createdAt", "createdAt", "startDate", "name"]


def _storable(text: str) -> str:
    text.encode()  # half a character is a ValueError
    if "\0" in text:
        raise ValueError("This text has a NUL character. Remove it.")
    return text


class TripQuery(Wire):
    """`q` is any part of the name of a trip or of one of its destinations; case and accents do not count."""

    shared: bool = Field(default=False, description="Trips others share with you, instead of your own.")
    status: Status | None = None
    q: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=50), AfterValidator(_storable)]
        | None
    ) = None
    sort: SortOrder = "-createdAt"
    limit: int = Field(default=20, ge=1, le=MOST_AT_ONCE)
    cursor: str | None = Field(default=None, max_length=1000, description="`nextCursor` of the page before.")


@dataclass(frozen=True, slots=True)
class Sort:
    """What rows are sorted by, how a cursor's value of it is read back, and whether the greatest is first."""

    column: str
    read: Callable[[str], datetime | date | str]
    downward: bool = False


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


SORTS: dict[SortOrder, Sort] = {
    "-createdAt": Sort("created_at", _moment, downward=True),
    "createdAt": Sort("created_at", _moment),
    "startDate": Sort("start_date", date.fromisoformat),
    "name": Sort("left(folded_name, 64)", _storable),
}


class Position(NamedTuple):
    """The last row of a page: what it is sorted by, and its id."""

    key: datetime | date | str
    id: UUID


def cursor_of(query: TripQuery, last: Position) -> str:
    """An opaque cursor that names the last row of a page, and the order it was met in."""
    said = orjson.dumps([query.sort, last.key, last.id])
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def position(query: TripQuery) -> Position | None:
    """Where the page before ended; `InvalidRequest` for a cursor we never gave, or gave for another order."""
    if query.cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(query.cursor + "=" * (-len(query.cursor) % 4))
        sort, key, row_id = orjson.loads(raw)
        found = Position(SORTS[query.sort].read(key), UUID(row_id))
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _not_ours() from error
    if sort != query.sort:
        raise _not_ours()
    return found


def _not_ours() -> InvalidRequest:
    fix = "This is no cursor of this list. Use `nextCursor` of the page before with the same `sort`."
    return InvalidRequest(fix, errors=[FieldError("cursor", fix)])

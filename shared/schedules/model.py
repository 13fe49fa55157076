"""A schedule job: what is asked for, the states it passes through, and what the traveller sees of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from shared.schedules.planning.document import Clock, Money, Preference

type JobState = Literal[
    "queued", "gathering", "planning", "drafted", "refining", "completed", "failed", "cancelled"
]
ENDED: frozenset[str] = frozenset({"completed", "failed", "cancelled"})
STEPS: tuple[JobState, ...] = ("queued", "gathering", "planning", "drafted", "refining", "completed")


def _readable(text: str) -> str:
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", text):
        raise ValueError("This text has control characters. Remove them.")
    return text


type WishText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_readable)
]
type FreeText = Annotated[str, Field(max_length=500), AfterValidator(_readable)]


def _in_steps_of_ten(clock: str) -> str:
    if clock > "20:00" or not clock.endswith("0"):
        raise ValueError("A day starts at 20:00 at the latest, in steps of ten minutes, for example 09:30.")
    return clock


class Wire(BaseModel):
    """Frozen, camelCase on the wire; a field nobody declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class ScheduleRequest(Wire):
    """What a traveller may ask of a plan; everything has a default."""

    start_time: Annotated[Clock, AfterValidator(_in_steps_of_ten)] = "09:00"
    special_requests: FreeText | None = None
    must_see: tuple[WishText, ...] = Field(default=(), max_length=10)
    budget: Money | None = None
    excluded_categories: tuple[Preference, ...] = Field(default=(), max_length=6)
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    day: int | None = Field(default=None, ge=1, le=1_000)


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job is when it is asked for."""

    id: UUID
    trip_id: UUID
    owner_id: UUID
    request: ScheduleRequest
    seed: int
    days: int
    base_document: UUID | None


class WatchQuery(Wire):
    """Hold the answer for up to `wait` seconds, until there is something newer than event `after`."""

    wait: int = Field(default=0, ge=0, le=20)
    after: int = Field(default=0, ge=0, le=1_000_000)


@dataclass(frozen=True, slots=True)
class Job:
    """One row of `schedule_jobs`.

    `route` is what gathering resolved, None before. `day` is the day to plan again, from one, and
    `base_document` the plan it is of. `days` are those of the trip. A `waiting` job stands in line.
    """

    id: UUID
    trip_id: UUID
    owner_id: UUID
    state: JobState
    request: ScheduleRequest
    seed: int
    route: "Route | None"
    version: int | None
    percent: int
    reason: str | None
    attempts: int
    created_at: datetime
    updated_at: datetime
    day: int | None
    base_document: UUID | None
    days: int
    waiting: bool
    started_at: datetime
    state_since: datetime


class ResolvedStop(Wire):
    """A destination as the geocoder found it; `region` is the partition its places are kept in."""

    name: str
    lat: float
    lng: float
    country: str
    zone: str
    region: str


class Route(Wire):
    """The stops of a trip, resolved, in order."""

    stops: tuple[ResolvedStop, ...]


class JobEvent(Wire):
    number: int
    state: JobState
    percent: int
    message: str
    at: datetime


class JobStatus(Wire):
    """What the traveller sees: `eta_seconds` is None when there is no history to estimate from."""

    id: UUID
    trip_id: UUID
    day: int | None
    state: JobState
    percent: int
    eta_seconds: int | None
    reason: str | None
    version: int | None
    steps: tuple[str, ...]
    events: tuple[JobEvent, ...]
    created_at: datetime
    updated_at: datetime


class VersionEntry(Wire):
    """One kept version: `origin` says what made it, `based_on` from which version; `day` counts from one."""

    version: int
    status: Literal["draft", "final"]
    origin: Literal["plan", "day", "edit", "restore"]
    based_on: int | None
    day: int | None
    note: str | None
    created_at: datetime


type Number = Annotated[int, Field(ge=1, le=1_000_000)]


class Between(Wire):
    """Which two versions to compare."""

    from_: Number = Field(alias="from")
    to: Number


class VersionPage(Wire):
    """Newest first; `next_cursor` is None on the last page."""

    items: tuple[VersionEntry, ...]
    next_cursor: str | None


type PlaceId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_readable)]
MOST_CHANGES = 20


class Replacement(Wire):
    """`with` takes the stead of `place`."""

    place: PlaceId
    with_: PlaceId = Field(alias="with")


class DayChange(Wire):
    """What to do to one day, places by id, in this order; `keep` with a `reason` accepts broken rules."""

    unlock: tuple[PlaceId, ...] = Field(default=(), max_length=MOST_CHANGES)
    remove: tuple[PlaceId, ...] = Field(default=(), max_length=MOST_CHANGES)
    replace: tuple[Replacement, ...] = Field(default=(), max_length=MOST_CHANGES)
    order: tuple[PlaceId, ...] | None = Field(default=None, max_length=MOST_CHANGES)
    lock: tuple[PlaceId, ...] = Field(default=(), max_length=MOST_CHANGES)
    keep: bool = False
    reason: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
            AfterValidator(_readable),
        ]
        | None
    ) = None


class Started(Wire):
    """The answer to a request for a plan."""

    id: UUID
    trip_id: UUID
    state: JobState


def job_from_row(row: dict[str, Any]) -> Job:
    return Job(
        id=row["id"],
        trip_id=row["trip_id"],
        owner_id=row["owner_id"],
        state=row["state"],
        request=ScheduleRequest.model_validate(row["request"]),
        seed=row["seed"],
        route=Route.model_validate(row["route"]) if row["route"] else None,
        version=row["version"],
        percent=row["percent"],
        reason=row["reason"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        day=row["day"],
        base_document=row["base_document"],
        days=row["days"],
        waiting=row["waiting"],
        started_at=row["started_at"],
        state_since=row["state_since"],
    )

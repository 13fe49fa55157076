"""A trip: who travels, where to, when. Every rule is of the product's trip rules."""

from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

import regex
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from shared.db import new_id

type Transport = Literal["public", "car"]
type Health = Literal["excellent", "good", "caution", "limited"]
type Preference = Literal["sightseeing", "shopping", "culture", "nature", "sports", "rest"]
type Gender = Literal["female", "male", "other"]
type Role = Literal["owner", "editor", "viewer"]
type Status = Literal["planned", "ongoing", "past"]

MOST_MEMBERS = 10
MOST_DESTINATIONS = 20
MOST_TRIPS = 1000
"""Of one account: every list and search looks at no more rows than this."""
MOST_AT_ONCE = 100


class _Counted:
    """Between so many characters as a person counts them: grapheme clusters (Unicode UAX #29)."""

    def __init__(self, shortest: int, longest: int) -> None:
        self._shortest, self._longest = shortest, longest

    def __call__(self, text: str) -> str:
        if regex.search(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]", text):
            raise ValueError("This text has control characters or line breaks. Remove them.")
        if not regex.search(r"[^\p{C}\p{Z}]", text):
            raise ValueError("This text has nothing that can be seen. Write at least one character.")
        count = len(regex.findall(r"\X", text))
        if not self._shortest <= count <= self._longest:
            raise ValueError(f"This has {count} characters; {self._shortest} to {self._longest} are allowed.")
        return text


_stripped = StringConstraints(strip_whitespace=True, max_length=400)
type TripName = Annotated[str, _stripped, AfterValidator(_Counted(1, 16))]
type DestinationName = Annotated[str, _stripped, AfterValidator(_Counted(1, 20))]
type MemberName = Annotated[str, _stripped, AfterValidator(_Counted(1, 50))]
type LodgingName = Annotated[str, _stripped, AfterValidator(_Counted(1, 80))]
type Address = Annotated[str, _stripped, AfterValidator(_Counted(1, 200))]


_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _minute_of_day(text: object) -> object:
    if not isinstance(text, str):
        return text
    if not regex.fullmatch(_CLOCK, text):
        raise ValueError("A time is HH:MM, from 00:00 to 23:59.")
    return time.fromisoformat(text)


type StartDate = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""Far enough from the calendar's ends for the longest route."""
type TimeOfDay = Annotated[
    time,
    BeforeValidator(_minute_of_day),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _CLOCK, "examples": ["15:00"]}),
]


@cache
def _zones() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("This is no time zone of the IANA database. Write one like Europe/Berlin.")
    return name


type Zone = Annotated[str, Field(max_length=64, examples=["Europe/Berlin"]), AfterValidator(_known_zone)]


class Wire(BaseModel):
    """Frozen, camelCase on the wire; a field nobody declared is refused, and no error repeats its input."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class LatLng(Wire):
    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)


class Lodging(Wire):
    name: LodgingName
    address: Address | None = None
    point: LatLng | None = None


class MemberDraft(Wire):
    name: MemberName
    age: int = Field(ge=0, le=120, strict=True)
    gender: Gender | None = None
    health: Health = "good"
    preferences: tuple[Preference, ...] = Field(default=(), max_length=6)


class MemberChange(Wire):
    """What is left out stays as it is; null empties the gender."""

    name: MemberName | None = None
    age: int | None = Field(default=None, ge=0, le=120, strict=True)
    gender: Gender | None = None
    health: Health | None = None
    preferences: tuple[Preference, ...] | None = Field(default=None, max_length=6)


class DestinationDraft(Wire):
    """`nights` 0 is a day stop; a `zone` left out is found when the trip is planned."""

    name: DestinationName
    nights: int = Field(ge=0, le=30, strict=True)
    zone: Zone | None = None
    lodging: Lodging | None = None
    check_in: TimeOfDay | None = None
    check_out: TimeOfDay | None = None


class DestinationChange(Wire):
    """What is left out stays as it is, null empties it; `position` moves the stop, 0 is the first.

    Another name is another place: its zone is forgotten unless one is sent.
    """

    name: DestinationName | None = None
    nights: int | None = Field(default=None, ge=0, le=30, strict=True)
    position: int | None = Field(default=None, ge=0, lt=MOST_DESTINATIONS, strict=True)
    zone: Zone | None = None
    lodging: Lodging | None = None
    check_in: TimeOfDay | None = None
    check_out: TimeOfDay | None = None


class TripDraft(Wire):
    name: TripName
    transport: Transport = "public"
    start_date: StartDate
    arrival_time: TimeOfDay | None = None
    departure_time: TimeOfDay | None = None
    members: tuple[MemberDraft, ...] = Field(default=(), max_length=MOST_MEMBERS)
    destinations: tuple[DestinationDraft, ...] = Field(default=(), max_length=MOST_DESTINATIONS)


class TripChange(Wire):
    """What may be changed of a trip itself; what is left out stays as it is, null empties a time."""

    name: TripName | None = None
    transport: Transport | None = None
    start_date: StartDate | None = None
    arrival_time: TimeOfDay | None = None
    departure_time: TimeOfDay | None = None


class Member(MemberDraft):
    id: UUID = Field(default_factory=new_id)


class Destination(DestinationDraft):
    id: UUID = Field(default_factory=new_id)


class Trip(Wire):
    """A trip as it is stored; `revision` grows with every change."""

    id: UUID
    owner_id: UUID
    name: str
    transport: Transport
    start_date: date
    arrival_time: TimeOfDay | None
    departure_time: TimeOfDay | None
    members: tuple[Member, ...]
    destinations: tuple[Destination, ...]
    revision: int
    created_at: datetime
    updated_at: datetime


class MemberList(Wire):
    items: tuple[MemberDraft, ...] = Field(min_length=1, max_length=MOST_MEMBERS)


class DestinationList(Wire):
    items: tuple[DestinationDraft, ...] = Field(min_length=1, max_length=MOST_DESTINATIONS)


class BulkDelete(Wire):
    ids: tuple[UUID, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class BulkDeleted(Wire):
    """What was deleted; `missing` never existed, was deleted before or is not yours."""

    deleted: tuple[UUID, ...]
    missing: tuple[UUID, ...]

"""A place as the product knows it, with the source of what it knows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from shared.messaging import SearchCategory

type StepFree = Literal["yes", "no", "unknown"]
type Interval = tuple[int, int]
"""Minutes since local midnight; an end over 1440 is past midnight."""


class Wire(BaseModel):
    """Frozen, camelCase in documents; fields a later version added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Ticket(Wire):
    """The price for one adult."""

    amount: float
    currency: str


class Hours(Wire):
    """`weekly[0]` is Monday. `exceptions` replace a weekday on one date; an empty list is a closed day."""

    weekly: tuple[tuple[Interval, ...], ...]
    exceptions: dict[date, tuple[Interval, ...]] = {}


class Place(Wire):
    """`hours` is None when nobody knows them: then the place is never taken as open.

    `sources` names, by field, who told each fact; all were told at `fetched_at`. `source` names them
    together.
    """

    id: str
    region: str
    name: str
    lat: float
    lng: float
    category: SearchCategory
    types: tuple[str, ...]
    indoor: bool | None
    step_free: StepFree
    strenuous: bool
    visit_minutes: int
    min_visit_minutes: int
    hours: Hours | None
    rating: float | None
    ratings: int
    price_level: int | None
    ticket: Ticket | None
    source: str
    sources: Mapping[str, str] = {}
    fetched_at: datetime


class Places(Wire):
    """What one search found."""

    places: tuple[Place, ...]


class Location(Wire):
    """Where a name or an address is, and what time it is there.

    `partial` says that the geocoder knows only a part of what was asked, and `name` is that part.
    """

    name: str
    lat: float
    lng: float
    country: str
    zone: str
    partial: bool = False

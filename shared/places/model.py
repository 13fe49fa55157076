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


class Review(Wire):
    """A visitor's words; `rating` is 1 to 5, `language` BCP 47."""

    author: str
    rating: int | None
    text: str
    language: str
    published_at: datetime | None
    source: str


class Told(Wire):
    """A place with what only its details tell; the zone is an IANA name."""

    place: Place
    zone: str
    address: str
    phone: str | None
    website: str | None
    reviews: tuple[Review, ...]


class OnePlace(Wire):
    """The details of an id; None when nobody knows it."""

    told: Told | None


class Reached(Wire):
    """A place and the way to it."""

    place: Place
    minutes: int
    metres: int


class Reach(Wire):
    """What can be reached from a point; `source` told the travel times at `at`.

    `stale` when some of it is estimated or older than it should be. `zone` is the point's, None when unknown.
    """

    reached: tuple[Reached, ...]
    source: str
    at: datetime
    stale: bool
    zone: str | None


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

"""Places as travellers read them: every fact with who told it, and when."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.messaging import SearchCategory
from shared.places.model import Place, Review, StepFree, Ticket
from shared.places.opening import is_open
from shared.places.query import Mode, NearbyQuery


class View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Spot(View):
    lat: float
    lng: float


class Fact[T](View):
    """Something told about a place; a fact nobody told is null in its place."""

    value: T
    source: str
    fetched_at: datetime


class PlaceView(View):
    """`open_now` is null when nobody knows the hours; `step_free` unknown is not yes."""

    id: str
    name: str
    point: Spot
    category: SearchCategory
    open_now: bool | None
    rating: Fact[float] | None
    reviews: int
    visit_minutes: Fact[int]
    step_free: Fact[StepFree] | None
    indoor: Fact[bool] | None
    price_level: Fact[int] | None
    ticket: Fact[Ticket] | None


class Travel(View):
    """From the point asked for; estimated from the distance when the route service did not answer."""

    mode: Mode
    minutes: int
    metres: int
    source: str
    fetched_at: datetime


class NearbyPlace(PlaceView):
    travel: Travel


class Nearby(View):
    """A page; `stale` when some of it is older than a day, or estimated, because a service is away."""

    items: tuple[NearbyPlace, ...]
    next_cursor: str | None
    total: int
    stale: bool


class Highlight(View):
    """Where a word of the search stands in the name: Unicode code points from `start` up to `end`."""

    start: int
    end: int


class FoundByName(PlaceView):
    highlights: tuple[Highlight, ...]


class Found(View):
    items: tuple[FoundByName, ...]
    next_cursor: str | None
    total: int
    stale: bool


class OpenFrom(View):
    """Local times; past midnight they go on beyond 24:00."""

    from_: str = Field(alias="from")
    to: str


class Dated(View):
    date: date
    hours: tuple[OpenFrom, ...]


class Week(View):
    """`weekly[0]` is Monday; `exceptions` replace the weekday on one date, without hours it is closed."""

    weekly: tuple[tuple[OpenFrom, ...], ...]
    exceptions: tuple[Dated, ...]


class DetailsView(PlaceView):
    zone: str
    address: str
    phone: str | None
    website: str | None
    hours: Fact[Week] | None
    visitor_reviews: tuple[Review, ...]
    stale: bool


class Opening(OpenFrom):
    """The same as moments, with the UTC offset of the place at that time."""

    opens_at: datetime
    closes_at: datetime


class HoursView(View):
    """`open` is null when nobody knows; `basis` says whether the date was told or is a usual weekday."""

    place_id: str
    date: date
    zone: str
    open: tuple[Opening, ...] | None
    basis: Literal["weekday", "date", "unknown"]
    source: str | None
    fetched_at: datetime
    stale: bool


class Claim(View):
    """A reason; every one rests on facts of the party, of the place, or both."""

    text: str
    rests_on: tuple["Ground", ...]


class Ground(View):
    """A fact a claim rests on; one of the place has a source."""

    kind: Literal["party", "place"]
    fact: str
    source: str | None
    fetched_at: datetime | None


class RecommendationView(View):
    """`written_by` is the model that put the reasons into words, null when nobody had to."""

    place_id: str
    trip_id: UUID
    suits: Literal["yes", "with care", "no"]
    claims: tuple[Claim, ...]
    written_by: str | None


class SearchView(View):
    """A search in the background; `places` once it is done."""

    id: UUID
    state: Literal["queued", "done", "failed"]
    query: NearbyQuery
    reason: str | None
    places: Nearby | None
    created_at: datetime


def facts_of(place: Place, *, zone: str | None, now: datetime) -> dict[str, object]:
    """The fields of a PlaceView."""
    return {
        "id": place.id,
        "name": place.name,
        "point": Spot(lat=place.lat, lng=place.lng),
        "category": place.category,
        "open_now": is_open(place.hours, now, zone=zone) if zone else None,
        "rating": fact(place, "rating", place.rating),
        "reviews": place.ratings,
        "visit_minutes": fact(place, "visit_minutes", place.visit_minutes),
        "step_free": fact(place, "step_free", place.step_free),
        "indoor": fact(place, "indoor", place.indoor),
        "price_level": fact(place, "price_level", place.price_level),
        "ticket": fact(place, "ticket", place.ticket),
    }


def fact[T](place: Place, name: str, value: T | None) -> dict[str, object] | None:
    """A fact with its source, None when nobody told it."""
    source = place.sources.get(name)
    if value is None or source is None:
        return None
    return {"value": value, "source": source, "fetched_at": place.fetched_at}

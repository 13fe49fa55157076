"""The plan document: what the API returns, Cosmos stores, the planner writes and the checker reads.

Mirrors the published JSON Schema of a schedule. Local times are `HH:MM` strings that may run past 24:00,
distances are integer metres, durations integer minutes; JSON names are camelCase.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)
from pydantic.alias_generators import to_camel

type Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-9]):[0-5][0-9]$")]
type Health = Literal["excellent", "good", "caution", "limited"]
type Preference = Literal["sightseeing", "shopping", "culture", "nature", "sports", "rest"]
type StepFree = Literal["yes", "no", "unknown"]
type Mode = Literal["walk", "public", "car", "taxi", "intercity", "flight"]
type Transport = Literal["public", "car"]
type DayKind = Literal["full", "arrival", "departure", "transfer", "single"]
type NodeKind = Literal["lodging", "arrival", "departure", "centre"]
type ItemKind = Literal["visit", "meal", "rest", "leg", "free"]


class Part(BaseModel):
    """A piece of the document: camelCase on the wire, snake_case here, unknown fields ignored on reading."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class SparsePart(Part):
    """A part whose empty fields are absent on the wire: the schema gives them no null."""

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in handler(self).items() if value is not None}


class Point(Part):
    """WGS 84, degrees."""

    lat: float
    lng: float


class Money(Part):
    amount: float = Field(ge=0)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class Node(Part):
    """Where a day starts or ends."""

    kind: NodeKind
    name: str
    point: Point


class Member(Part):
    """What planning needs of a traveller; no name, no gender."""

    age: int
    health: Health
    preferences: list[Preference]


class Wish(Part):
    """A must-see as asked, and the place it was resolved to."""

    wish: str
    place_id: str | None


class RouteStop(Part):
    name: str
    nights: int = Field(ge=0)
    lodging: Node | None = None
    check_in: Clock | None = None
    check_out: Clock | None = None


class Route(Part):
    start_date: date
    arrival_time: Clock | None = None
    departure_time: Clock | None = None
    stops: list[RouteStop] = Field(min_length=1)


class Request(Part):
    start_time: Clock
    special_requests: str | None = None
    must_see: list[Wish] = []
    budget: Money | None = None
    excluded_categories: list[str] = []
    route: Route


class Place(Part):
    """A place as the plan knew it: `hours_today` is null when unknown, [] when closed that date."""

    id: str
    name: str
    point: Point
    category: str
    strenuous: bool = False
    indoor: bool | None
    step_free: StepFree
    min_visit_minutes: int = 0
    hours_today: list[tuple[Clock, Clock]] | None
    cost: Money | None = None
    source: str
    fetched_at: datetime


class Parking(Part):
    name: str
    point: Point
    walk_metres: int


class Item(SparsePart):
    """One line of a day: a visit, meal, rest, leg or free time. Leg fields are set on legs only."""

    kind: ItemKind
    start: Clock
    end: Clock
    meal: Literal["lunch", "dinner"] | None = None
    place: Place | None = None
    why: str | None = None
    tips: list[str] | None = None
    locked: bool | None = None
    warnings: list[str] | None = None
    mode: Mode | None = None
    metres: int | None = Field(default=None, ge=0)
    minutes: int | None = Field(default=None, ge=0)
    walk_metres: int | None = Field(default=None, ge=0)
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    parking: Parking | None = None


class BadSlot(Part):
    from_: Clock = Field(alias="from")
    to: Clock
    reason: str


class Weather(Part):
    """Temperatures in °C, rain probability in percent."""

    summary: str
    min_c: float
    max_c: float
    rain_probability: float = Field(ge=0, le=100)
    source: Literal["forecast", "climate"]
    bad_slots: list[BadSlot] = []


class DayStop(Part):
    """A stop without a night, visited on this day."""

    name: str
    point: Point
    zone: str


class Totals(Part):
    places: int
    walk_metres: int
    travel_minutes: int
    rest_count: int
    cost: Money | None = None


class Day(SparsePart):
    date: date
    zone: str
    destination: str
    kind: DayKind
    start: Node
    end: Node
    weather: Weather | None = None
    items: list[Item]
    totals: Totals | None = None
    stops: list[DayStop] = []


class Finding(Part):
    """`where` is a JSON pointer (RFC 6901) into the document."""

    where: str
    message: str


class CheckResult(Part):
    code: str
    ok: bool
    findings: list[Finding] = []
    waiver: str | None = None


class Unmet(Part):
    wish: str
    reason: str
    relaxations: list[str] = []


class Plan(Part):
    trip_id: str
    version: int = Field(ge=1)
    status: Literal["draft", "final"]
    seed: int
    generated_at: datetime
    model: str | None = None
    candidates_snapshot: str
    party: list[Member] = Field(min_length=1, max_length=10)
    transport: Transport
    request: Request
    days: list[Day] = Field(min_length=1)
    unmet: list[Unmet] = []
    report: list[CheckResult] = []

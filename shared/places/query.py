"""What a traveller may ask of the place search; fields nobody declared are refused."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from shared.maps import TravelMode
from shared.messaging import SearchCategory
from shared.places.typical import VISIT_KINDS

type Reach = Literal[10, 30, 60]
"""Minutes of travel."""
type Mode = Literal["walk", "public", "car"]
type Group = Literal["all", "attraction", "food", "laundry"]
type Sort = Literal["time", "rating", "name", "reviews"]

type Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
type Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
type Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
type Limit = Annotated[int, Field(ge=1, le=100)]

GROUPS: Mapping[Group, tuple[SearchCategory, ...]] = {
    "all": (*VISIT_KINDS, "food", "cafe", "laundry"),
    "attraction": VISIT_KINDS,
    "food": ("food", "cafe"),
    "laundry": ("laundry",),
}
MODES: Mapping[Mode, TravelMode] = {"walk": "walk", "public": "transit", "car": "drive"}


def _readable(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("Search for at least one letter or digit.")
    return text


class Asked(BaseModel):
    """Frozen, camelCase on the wire; no error repeats its input."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class NearbyQuery(Asked):
    """Everything of a group that is at most so many minutes away from a point."""

    lat: Latitude
    lng: Longitude
    minutes: Reach
    mode: Mode
    category: Group = "all"


class Paged(Asked):
    limit: Limit = 20
    cursor: str | None = None


class Sorted(Paged):
    sort: Sort = "time"


class NearbyPage(NearbyQuery, Sorted):
    """A page of the same, from a query string: there a number is text."""

    minutes: Annotated[Reach, BeforeValidator(lambda text: int(text) if text in {"10", "30", "60"} else text)]


class KeywordPage(Paged):
    """Places that words mean, within `radius` metres of a point."""

    q: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_readable)
    ]
    lat: Latitude
    lng: Longitude
    radius: Annotated[int, Field(ge=100, le=50_000)] = 20_000


class OnDate(Asked):
    """A date of the place; today there when none is named."""

    date: "Day | None" = None


class ForTrip(Asked):
    """The trip whose party is asked for."""

    trip_id: UUID

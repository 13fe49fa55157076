"""What the map services tell, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

type LatLng = tuple[float, float]
"""WGS 84 degrees: latitude, longitude."""
type TravelMode = Literal["walk", "transit", "drive"]
type Ranking = Literal["popularity", "distance"]


@dataclass(frozen=True, slots=True)
class Located:
    """A geocoder's answer; `country` is ISO 3166-1 alpha-2, empty when unknown.

    `partial`: the geocoder knew only part of the text, so the point may be of something larger or else.
    """

    name: str
    lat: float
    lng: float
    country: str
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    """Door to door; the part that is walked, and the wait at stops, where the service tells."""

    minutes: int
    metres: int
    walk_metres: int | None = None
    wait_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place in the terms of Places API (New), whoever told of it; hours stay in Google's form.

    `id` is Google's, or Kakao's behind `kakao:`; then `same_as` is the id of the same place at Google, if it
    was recognised: our place facts go by that one. `sources` names who told which fact.
    """

    id: str
    name: str
    lat: float
    lng: float
    types: tuple[str, ...]
    rating: float | None
    ratings: int
    price_level: int | None
    wheelchair_entrance: bool | None
    weekly_hours: Mapping[str, Any] | None
    current_hours: Mapping[str, Any] | None
    same_as: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """One visitor's words; `rating` is 1 to 5, `language` BCP 47."""

    author: str
    rating: int | None
    text: str
    language: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceDetails:
    """One place in full; price level, step-free entrance and hours are on `found`.

    `sources` names where each fact is from: `rating` -> `Google`.
    """

    found: FoundPlace
    address: str
    phone: str | None
    website: str | None
    summary: str | None
    reviews: tuple[Review, ...]
    sources: Mapping[str, str]

    @property
    def price_level(self) -> int | None:
        """0 (free) to 4 (very expensive), None when unknown."""
        return self.found.price_level

    @property
    def step_free(self) -> bool | None:
        """Whether a wheelchair gets in, None when unknown."""
        return self.found.wheelchair_entrance


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What Google does not tell: minutes of a usual and of the shortest sensible visit, and so on.

    `ticket` is an adult's price as (amount, currency), None when unknown.
    """

    visit_minutes: int | None
    min_visit_minutes: int | None
    indoor: bool | None
    strenuous: bool | None
    step_free: str
    category: str | None
    ticket: tuple[float, str] | None
    closed_dates: tuple[str, ...]
    source: str

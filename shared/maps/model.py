"""What the map services tell, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

type LatLng = tuple[float, float]
"""WGS 84 degrees: latitude, longitude."""


@dataclass(frozen=True, slots=True)
class Located:
    """A geocoder's answer; `country` is ISO 3166-1 alpha-2, empty when unknown."""

    name: str
    lat: float
    lng: float
    country: str


@dataclass(frozen=True, slots=True)
class Journey:
    minutes: int
    metres: int


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place as Places API (New) describes it; hours stay in Google's own form."""

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

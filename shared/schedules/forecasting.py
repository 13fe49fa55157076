"""The weather of each day of a trip, and what of its plan it affects."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared import places, trips
from shared.db import Database
from shared.errors import AppError
from shared.schedules import store
from shared.schedules.calendar import dates_of, stop_of_each_night
from shared.schedules.model import Wire
from shared.schedules.planning.document import Day, Plan
from shared.schedules.tools import Tools
from shared.trips import Trip
from shared.weather import DayForecast

logger = logging.getLogger(__name__)


class BadSlot(Wire):
    """Local times in which people would rather be indoors, and why."""

    from_: str = Field(alias="from")
    to: str
    reason: str


class Affected(Wire):
    """An outdoor item of the plan that lies in bad weather; `item` counts from 0 within its day."""

    item: int
    place_id: str
    name: str
    reason: str


class DayWeather(Wire):
    """`source` is `unknown` where no forecast could be had; temperatures in °C, probability in percent."""

    date: date
    destination: str
    source: Literal["forecast", "climate", "unknown"]
    summary: str | None = None
    min_c: float | None = None
    max_c: float | None = None
    rain_probability: int | None = None
    bad_slots: tuple[BadSlot, ...] = ()
    affects: tuple[Affected, ...] = ()


class TripWeather(Wire):
    """A day each; days beyond `forecast_until` show the usual weather of the season."""

    days: tuple[DayWeather, ...]
    forecast_until: date | None

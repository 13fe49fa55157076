"""The last good answer about each place: a service that is away costs freshness, not the weather."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import pydantic

from shared.weather.model import DayForecast

logger = logging.getLogger(__name__)


class Store(Protocol):
    """Text with a lifetime; one that is away reads as empty and forgets what it is told."""

    async def read(self, key: str) -> str | None:
        """The text, None when it is unknown or expired."""

    async def write(self, key: str, value: str, *, seconds: int) -> None:
        """Keep a text for so many seconds, if possible."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told, and when."""

    at: datetime
    days: Mapping[date, DayForecast]


_told = pydantic.TypeAdapter(Told)


class Memory:
    """Forecasts by key; without a store it remembers nothing."""

    def __init__(self, store: Store | None) -> None:
        self._store = store

    async def recall(self, key: str) -> Told | None:
        """What was last told; a text of an older release that no longer fits is as good as none."""
        text = await self._store.read(key) if self._store else None
        if text is None:
            return None
        try:
            return _told.validate_json(text)
        except pydantic.ValidationError:
            logger.warning("a remembered forecast cannot be read; it is asked for again")
            return None

    async def keep(self, key: str, told: Told, *, seconds: int) -> None:
        """Remember it for so many seconds."""
        if self._store:
            await self._store.write(key, _told.dump_json(told).decode(), seconds=seconds)

"""What a worker needs to make plans, handed down from the composition root."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.ai import Model
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.maps import Maps
from shared.places import Shelf
from shared.schedules.line import Allowance
from shared.weather import Forecasts


@dataclass(frozen=True, slots=True)
class Tools:
    """Live collaborators; `model` is None when no language model is configured.

    `clock` tells seconds that only go on: a step's own limits go by it.
    """

    db: Database
    cache: Cache
    documents: Documents
    maps: Maps
    forecasts: Forecasts
    model: Model | None
    allowance: Allowance
    clock: Callable[[], float] = time.monotonic

    @property
    def shelf(self) -> Shelf:
        """Where answers about places are kept."""
        return Shelf(db=self.db, cache=self.cache, documents=self.documents)

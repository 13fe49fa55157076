"""The vocabulary of a day in the search: what can be done, and when it was done."""

from dataclasses import dataclass
from typing import NamedTuple

from shared.schedules.planning.optimiser.travel import Leg

VISIT, LUNCH, DINNER, REST, HOP = range(5)
BENCH = -1
"""The spot of a rest taken where the party already is."""

LUNCH_WINDOW, DINNER_WINDOW = (690, 840), (1050, 1200)
MEAL_WINDOWS = {LUNCH: LUNCH_WINDOW, DINNER: DINNER_WINDOW}
MEAL_MINUTES = {LUNCH: (60, 60, 45, 45), DINNER: (75, 75, 60, 60)}


class Token(NamedTuple):
    """One thing to do: a role, and the spot it is done at (for a hop: the stop that is reached)."""

    role: int
    spot: int


class Ride(NamedTuple):
    """A leg in time, and the spot it leads to."""

    leg: Leg
    depart: int
    arrive: int
    spot: int


@dataclass(frozen=True, slots=True)
class Stay:
    """A token in time. `rides` lead to it; it lasts from `start` to `end` with the car standing at `car`."""

    token: Token
    rides: tuple[Ride, ...]
    start: int
    end: int
    car: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A day as it went: its worth to the search, its stays, and the rides home; it ends at `arrive`.

    `sound` tells whether it keeps its pace, meals and rests.
    """

    value: float
    tokens: tuple[Token, ...]
    tempo: int
    stays: tuple[Stay, ...]
    home: tuple[Ride, ...]
    arrive: int
    sound: bool

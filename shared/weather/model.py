"""A day's weather as planning needs it, and the rule that calls a slot bad."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

type BadSlot = tuple[int, int, str]
"""From and to in minutes since local midnight, and the reason in a traveller's words."""

RAIN_PROBABILITY, RAIN_MM_PER_HOUR = 0.5, 1.0
STRONG_WIND_MS = 15.0
HEAT_C, COLD_C = 33.0, -5.0
FINE_DUST = 75.0
MIDNIGHT = 1440
"""Product rules on weather: rain from 50 % and 1 mm/h, wind over 15 m/s, PM2.5 over 75 µg/m³, and so on."""


@dataclass(frozen=True, slots=True)
class DayForecast:
    """Temperatures in °C, rain probability in percent; `stale`: told earlier, and not confirmed since."""

    summary: str
    min_c: float
    max_c: float
    rain_probability: int
    source: Literal["forecast", "climate"]
    bad_slots: tuple[BadSlot, ...]
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """Weather over a stretch of a local day, minutes `start` to `end`; amounts in mm per hour."""

    start: int
    end: int
    temperature_low: float
    temperature_high: float
    wind: float
    rain_probability: float
    rain: float
    snow: float


def reasons(now: Conditions) -> Iterator[str]:
    """Why people would rather be indoors."""
    if now.rain_probability >= RAIN_PROBABILITY and now.rain >= RAIN_MM_PER_HOUR:
        yield f"rain likely ({round(now.rain_probability * 100)} %)"
    if now.snow > 0:
        yield f"snow ({round(now.rain_probability * 100)} %)"
    if now.wind > STRONG_WIND_MS:
        yield f"strong wind ({round(now.wind)} m/s)"
    if now.temperature_high > HEAT_C:
        yield f"heat ({round(now.temperature_high)} °C)"
    if now.temperature_low < COLD_C:
        yield f"severe cold ({round(now.temperature_low)} °C)"


def merged(slots: Iterable[BadSlot]) -> tuple[BadSlot, ...]:
    """Slots that touch become one that ends at midnight at the latest, with the first reason of each kind."""
    result: list[BadSlot] = []
    for start, end, reason in sorted(slots):
        if result and start <= result[-1][1]:
            first, last, why = result[-1]
            result[-1] = (first, min(max(last, end), MIDNIGHT), _joined(why, reason))
        else:
            result.append((start, min(end, MIDNIGHT), reason))
    return tuple(result)


def _joined(known: str, reason: str) -> str:
    """Of each kind the first; the kind of a reason stands before its bracket: "rain likely (60 %)"."""
    by_kind: dict[str, str] = {}
    for one in (*known.split(", "), *reason.split(", ")):
        by_kind.setdefault(one.partition(" (")[0], one)
    return ", ".join(by_kind.values())

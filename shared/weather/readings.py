"""From OpenWeather's JSON to days and slots: pure functions."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.weather.model import FINE_DUST, BadSlot, Conditions, DayForecast, merged, reasons

DAYTIME = (9 * 60, 21 * 60)
WET_HOURS = 6
"""A daily total is taken to fall within six hours when its rate per hour is judged."""


def from_one_call(answer: dict[str, Any], dust: dict[str, Any], zone: ZoneInfo) -> dict[date, DayForecast]:
    """Every day of a One Call 3.0 answer; its 48 hours judge slots, the day what they leave of it."""
    slots: dict[date, list[BadSlot]] = {}
    judged_until: dict[date, int] = {}
    for hour in answer.get("hourly", ()):
        at = datetime.fromtimestamp(hour["dt"], zone)
        now = _of_hour(hour, at)
        judged_until[at.date()] = now.end
        slots.setdefault(at.date(), []).extend(_slots(now))
    for day, slot in _dusty(dust, zone):
        slots.setdefault(day, []).append(slot)
    return {
        day: _of_day(row, tuple(slots.get(day, ())), start=max(DAYTIME[0], judged_until.get(day, 0)))
        for row in answer["daily"]
        for day in [datetime.fromtimestamp(row["dt"], zone).date()]
    }


def from_day_summary(answer: dict[str, Any]) -> DayForecast:
    """A day beyond the forecast: statistics of the season, marked as such, and no slot is called bad."""
    rain = answer["precipitation"]["total"]
    low, high = answer["temperature"]["min"], answer["temperature"]["max"]
    sky = "often wet" if rain >= 1 else "mostly dry"
    return DayForecast(
        summary=f"Typical for the season: {round(low)} to {round(high)} °C, {sky}",
        min_c=low,
        max_c=high,
        rain_probability=60 if rain >= 1 else 20,
        source="climate",
        bad_slots=(),
    )


def _of_day(row: dict[str, Any], slots: tuple[BadSlot, ...], *, start: int) -> DayForecast:
    if start < DAYTIME[1]:
        rest = Conditions(
            start=start,
            end=DAYTIME[1],
            temperature_low=row["temp"]["day"],  # the night's cold does not matter by day
            temperature_high=row["temp"]["max"],
            wind=row["wind_speed"],
            rain_probability=row["pop"],
            rain=row.get("rain", 0) / WET_HOURS,
            snow=row.get("snow", 0),
        )
        slots = (*slots, *_slots(rest))
    return DayForecast(
        summary=row.get("summary") or row["weather"][0]["description"].capitalize(),
        min_c=row["temp"]["min"],
        max_c=row["temp"]["max"],
        rain_probability=round(row["pop"] * 100),
        source="forecast",
        bad_slots=merged(slots),
    )


def _of_hour(row: dict[str, Any], at: datetime) -> Conditions:
    start = at.hour * 60 + at.minute
    return Conditions(
        start=start,
        end=start + 60,
        temperature_low=row["temp"],
        temperature_high=row["temp"],
        wind=row["wind_speed"],
        rain_probability=row.get("pop", 0),
        rain=row.get("rain", {}).get("1h", 0),
        snow=row.get("snow", {}).get("1h", 0),
    )


def _slots(conditions: Conditions) -> list[BadSlot]:
    return [(conditions.start, conditions.end, reason) for reason in reasons(conditions)]


def _dusty(answer: dict[str, Any], zone: ZoneInfo) -> Iterable[tuple[date, BadSlot]]:
    for row in answer.get("list", ()):
        if row["components"]["pm2_5"] > FINE_DUST:
            at = datetime.fromtimestamp(row["dt"], zone)
            start = at.hour * 60 + at.minute
            yield at.date(), (start, start + 60, f"fine dust ({round(row['components']['pm2_5'])} µg/m³)")

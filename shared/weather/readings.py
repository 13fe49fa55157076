"""From OpenWeather's JSON to days and slots: pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.weather.model import COLD_C, FINE_DUST, HEAT_C, BadSlot, Conditions, DayForecast, merged, reasons

DAYTIME = (9 * 60, 21 * 60)
PARTS_OF_DAY = {"morning": (9 * 60, 12 * 60), "afternoon": (12 * 60, 18 * 60), "evening": (18 * 60, 21 * 60)}
"""By the names of One Call's day summary, from local minute to local minute."""
WET_HOURS = 6
"""A daily total is taken to fall within six hours when its rate per hour is judged."""


type SlotsByDay = dict[date, list[BadSlot]]


def from_one_call(answer: dict[str, Any], zone: ZoneInfo) -> dict[date, DayForecast]:
    """Every day of a One Call 3.0 answer; its 48 hours judge slots, the day what they leave of it."""
    slots: SlotsByDay = {}
    judged_until: dict[date, int] = {}
    for hour in answer.get("hourly", ()):
        at = datetime.fromtimestamp(hour["dt"], zone)
        now = _of_hour(hour, at)
        judged_until[at.date()] = now.end
        slots.setdefault(at.date(), []).extend(_slots(now))
    return {
        day: _of_day(row, tuple(slots.get(day, ())), start=max(DAYTIME[0], judged_until.get(day, 0)))
        for row in answer["daily"]
        for day in [datetime.fromtimestamp(row["dt"], zone).date()]
    }


def from_day_summary(answer: dict[str, Any]) -> DayForecast:
    """A day beyond the forecast: statistics of the season, marked as such.

    Heat and cold that are usual at a time of day make it bad; rain and wind of a season make no day bad.
    """
    rain = answer["precipitation"]["total"]
    told = answer["temperature"]
    sky = "often wet" if rain >= 1 else "mostly dry"
    return DayForecast(
        summary=f"Typical for the season: {round(told['min'])} to {round(told['max'])} °C, {sky}",
        min_c=told["min"],
        max_c=told["max"],
        rain_probability=60 if rain >= 1 else 20,
        source="climate",
        bad_slots=merged(_usual(told)),
    )


def _usual(told: dict[str, float]) -> Iterable[BadSlot]:
    """The afternoon is judged by the day's highest; a part of the day nobody tells of is not judged."""
    for part, (start, end) in PARTS_OF_DAY.items():
        degrees = told.get(part)
        highest = told["max"] if part == "afternoon" else degrees
        if highest is not None and highest > HEAT_C:
            yield start, end, f"heat usual for the season ({round(highest)} °C)"
        if degrees is not None and degrees < COLD_C:
            yield start, end, f"severe cold usual for the season ({round(degrees)} °C)"


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


def from_pollution(answer: dict[str, Any], zone: ZoneInfo) -> SlotsByDay:
    """The hours of an air pollution forecast that fine dust makes bad."""
    slots: SlotsByDay = {}
    for row in answer["list"]:
        dust = row["components"]["pm2_5"]
        if dust > FINE_DUST:
            at = datetime.fromtimestamp(row["dt"], zone)
            start = at.hour * 60 + at.minute
            slot = (start, start + 60, f"fine dust ({round(dust)} µg/m³)")
            slots.setdefault(at.date(), []).append(slot)
    return slots


def with_air(days: Mapping[date, DayForecast], dust: SlotsByDay) -> dict[date, DayForecast]:
    """The days with the slots that the air makes bad."""
    return {
        day: replace(told, bad_slots=merged((*told.bad_slots, *dust.get(day, ()))))
        for day, told in days.items()
    }

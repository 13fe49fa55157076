"""From OpenWeather's JSON to days and slots; the rule at each of its edges."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.weather.model import Conditions, DayForecast, merged, reasons
from shared.weather.readings import from_day_summary, from_one_call, from_pollution, with_air

MUNICH = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 7, 1)
NICE: dict[str, float] = {
    "temperature_low": 20.0,
    "temperature_high": 20.0,
    "wind": 3.0,
    "rain_probability": 0.0,
    "rain": 0.0,
    "snow": 0.0,
}


@pytest.mark.parametrize(
    ("weather", "expected"),
    [
        ({}, []),
        ({"rain_probability": 0.5, "rain": 1.0}, ["rain likely (50 %)"]),
        ({"rain_probability": 0.49, "rain": 9.0}, []),
        ({"rain_probability": 1.0, "rain": 0.99}, []),
        ({"rain_probability": 0.1, "snow": 0.1}, ["snow (10 %)"]),
        ({"rain_probability": 1.0, "snow": 0.0}, []),
        ({"wind": 15.0}, []),
        ({"wind": 15.1}, ["strong wind (15 m/s)"]),
        ({"temperature_high": 33.0}, []),
        ({"temperature_high": 33.1}, ["heat (33 °C)"]),
        ({"temperature_low": -5.0}, []),
        ({"temperature_low": -5.1}, ["severe cold (-5 °C)"]),
        (
            {"rain_probability": 0.9, "rain": 4.0, "wind": 20.0},
            ["rain likely (90 %)", "strong wind (20 m/s)"],
        ),
    ],
)
def test_slot_is_bad_from_exactly_the_limits_of_the_rule(
    weather: dict[str, float], expected: list[str]
) -> None:
    assert list(reasons(Conditions(start=540, end=600, **(NICE | weather)))) == expected


@pytest.mark.parametrize(("dust", "bad"), [(75.0, False), (75.1, True)])
def test_fine_dust_is_bad_above_its_limit(*, dust: float, bad: bool) -> None:
    row = {"dt": stamp(TODAY, 10), "components": {"pm2_5": dust}}
    weather = from_one_call({"daily": [daily(TODAY)], "hourly": whole(TODAY)}, MUNICH)
    [day] = with_air(weather, from_pollution({"list": [row]}, MUNICH)).values()
    assert bool(day.bad_slots) is bad
    if bad:
        assert day.bad_slots == ((600, 660, "fine dust (75 µg/m³)"),)


def test_slots_that_touch_are_merged_and_tell_each_kind_of_reason_once() -> None:
    slots = [
        (660, 720, "rain likely (80 %)"),
        (540, 600, "rain likely (60 %)"),
        (600, 660, "rain likely (70 %)"),
        (600, 660, "strong wind (16 m/s)"),
        (900, 960, "heat (35 °C)"),
    ]
    assert merged(slots) == (
        (540, 720, "rain likely (60 %), strong wind (16 m/s)"),
        (900, 960, "heat (35 °C)"),
    )


def test_slot_ends_at_midnight_even_where_hours_begin_at_a_quarter() -> None:
    """Nepal is 5:45 hours ahead, so its last hour of a day runs into the next."""
    assert merged([(1425, 1485, "snow (90 %)")]) == ((1425, 1440, "snow (90 %)"),)
    nepal = ZoneInfo("Asia/Kathmandu")
    late = datetime(2026, 7, 1, 23, 45, tzinfo=nepal)
    hours = [hourly(late - timedelta(hours=n), wind_speed=20.0) for n in range(24)]
    [day] = from_one_call({"daily": [daily(TODAY, nepal)], "hourly": hours}, nepal).values()
    assert day.bad_slots == ((45, 1440, "strong wind (20 m/s)"),)


def test_hours_judge_their_day_and_a_rainy_daily_total_does_not_overrule_them() -> None:
    hours = [hourly(at(TODAY, n), pop=0.8, rain={"1h": 2.0} if n == 15 else {}) for n in range(24)]
    wet = daily(TODAY, pop=0.8, rain=30.0)
    [day] = from_one_call({"daily": [wet], "hourly": hours}, MUNICH).values()
    assert day.bad_slots == ((900, 960, "rain likely (80 %)"),)
    assert (day.rain_probability, day.source) == (80, "forecast")


def test_day_judges_what_the_hours_leave_of_it() -> None:
    """The 48 hours end at two in the afternoon: what comes after is taken from the day."""
    hours = [hourly(at(TODAY, n)) for n in range(14)]
    wet = daily(TODAY, pop=0.9, rain=12.0)
    [day] = from_one_call({"daily": [wet], "hourly": hours}, MUNICH).values()
    assert day.bad_slots == ((14 * 60, 21 * 60, "rain likely (90 %)"),)


@pytest.mark.parametrize(
    ("row", "bad"),
    [
        ({"pop": 0.5, "rain": 6.0}, True),
        ({"pop": 0.5, "rain": 5.9}, False),
        ({"pop": 0.49, "rain": 60.0}, False),
        ({"wind_speed": 16.0}, True),
        ({"temp": {"min": -9.0, "max": 1.0, "day": 0.0}}, False),
        ({"temp": {"min": -15.0, "max": -6.0, "day": -7.0}}, True),
        ({"temp": {"min": 22.0, "max": 36.0, "day": 33.0}}, True),
    ],
)
def test_day_without_hours_is_judged_whole_from_nine_to_nine(*, row: dict[str, Any], bad: bool) -> None:
    [day] = from_one_call({"daily": [daily(TODAY, **row)]}, MUNICH).values()
    assert [slot[:2] for slot in day.bad_slots] == ([(540, 1260)] if bad else [])


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_of_clock_changes_keep_their_local_hours(day: date, hours: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=MUNICH).astimezone(UTC)
    rows = [hourly(midnight + timedelta(hours=n)) for n in range(hours)]
    for row in rows:
        if datetime.fromtimestamp(row["dt"], MUNICH).hour == 15:
            row["wind_speed"] = 20.0
    found = from_one_call({"daily": [daily(day)], "hourly": rows}, MUNICH)
    assert found[day].bad_slots == ((900, 960, "strong wind (20 m/s)"),)


def test_hours_belong_to_the_local_day_not_to_utc() -> None:
    seoul = ZoneInfo("Asia/Seoul")
    first = datetime(2026, 7, 1, 0, tzinfo=seoul)
    rows = [hourly(first + timedelta(hours=n), wind_speed=20.0 if n == 3 else 1.0) for n in range(24)]
    [day] = from_one_call({"daily": [daily(TODAY, seoul)], "hourly": rows}, seoul).values()
    assert day.bad_slots == ((180, 240, "strong wind (20 m/s)"),)


def test_summary_is_the_services_own_or_the_days_weather() -> None:
    rows = [daily(TODAY, summary="Expect a day of sun"), daily(TODAY + timedelta(days=1))]
    told = [day.summary for day in from_one_call({"daily": rows}, MUNICH).values()]
    assert told == ["Expect a day of sun", "Light rain"]


def test_dust_joins_the_slots_it_touches_and_keeps_all_their_reasons() -> None:
    hours = [hourly(at(TODAY, n), wind_speed=20.0 if n == 10 else 3.0, temp=35.0) for n in range(24)]
    row = {"dt": stamp(TODAY, 10), "components": {"pm2_5": 80.0}}
    weather = from_one_call({"daily": [daily(TODAY)], "hourly": hours}, MUNICH)
    [day] = with_air(weather, from_pollution({"list": [row]}, MUNICH)).values()
    assert day.bad_slots == ((0, 1440, "heat (35 °C), strong wind (20 m/s), fine dust (80 µg/m³)"),)


@pytest.mark.parametrize(("rain", "sky"), [(0.9, "mostly dry"), (1.0, "often wet")])
def test_day_beyond_the_forecast_is_marked_as_climate(rain: float, sky: str) -> None:
    day = from_day_summary({"precipitation": {"total": rain}, "temperature": {"min": 8.4, "max": 26.5}})
    assert isinstance(day, DayForecast)
    assert (day.source, day.bad_slots, day.min_c, day.max_c) == ("climate", (), 8.4, 26.5)
    assert day.summary.endswith(sky)


@pytest.mark.parametrize(
    ("told", "bad"),
    [
        ({"max": 33.0}, []),
        ({"max": 33.1}, [(720, 1080, "heat usual for the season (33 °C)")]),
        ({"max": 36.0, "evening": 34.0}, [(720, 1260, "heat usual for the season (36 °C)")]),
        ({"morning": -5.0, "afternoon": -4.0}, []),
        ({"morning": -5.1, "afternoon": -4.0}, [(540, 720, "severe cold usual for the season (-5 °C)")]),
        (
            {"max": -7.0, "morning": -12.0, "afternoon": -8.0, "evening": -9.0},
            [(540, 1260, "severe cold usual for the season (-12 °C)")],
        ),
        ({"min": -20.0}, []),
    ],
)
def test_usual_heat_and_cold_make_parts_of_a_climate_day_bad(
    told: dict[str, float], bad: list[tuple[int, int, str]]
) -> None:
    temperature = {"min": 10.0, "max": 20.0, **told}
    day = from_day_summary({"precipitation": {"total": 50.0}, "temperature": temperature})
    assert list(day.bad_slots) == bad


def at(day: date, hour: int, zone: ZoneInfo = MUNICH) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone)


def stamp(day: date, hour: int, zone: ZoneInfo = MUNICH) -> int:
    return int(at(day, hour, zone).timestamp())


def hourly(when: datetime, **row: Any) -> dict[str, Any]:
    return {"dt": int(when.timestamp()), "temp": 20.0, "wind_speed": 3.0, "pop": 0.0} | row


def whole(day: date) -> Sequence[dict[str, Any]]:
    return [hourly(at(day, n)) for n in range(24)]


def daily(day: date, zone: ZoneInfo = MUNICH, **row: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "dt": stamp(day, 12, zone),
        "temp": {"min": 15.0, "max": 24.0, "day": 22.0},
        "wind_speed": 3.0,
        "pop": 0.0,
        "weather": [{"description": "light rain"}],
    }
    return usual | row

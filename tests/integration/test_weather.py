"""Forecasts from the simulated OpenWeather, well and in trouble."""

import logging
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from devstack import native
from shared.errors import AppError, Transient
from shared.weather import Forecasts
from tests.integration.services import WEATHER_KEY, broken, calls, everything_said

MUNICH = (48.1372, 11.5755)
BERLIN = ZoneInfo("Europe/Berlin")
WRONG_KEY = "nobodys-key-0123456789"


@pytest.fixture
def forecasts(weather_url: str) -> Forecasts:
    return Forecasts(url=weather_url, key=WEATHER_KEY)


def today(zone: ZoneInfo = BERLIN) -> date:
    return datetime.now(zone).date()


async def asked(forecasts: Forecasts, *offsets: int) -> dict[date, str]:
    """The source of each day, `offsets` counted from today."""
    dates = [today() + timedelta(days=n) for n in offsets]
    found = await forecasts.days(*MUNICH, zone="Europe/Berlin", dates=dates)
    return {day: forecast.source for day, forecast in found.items()}


async def test_eight_days_are_forecast_and_what_follows_is_climate(forecasts: Forecasts) -> None:
    sources = await asked(forecasts, *range(12))
    assert list(sources.values()) == ["forecast"] * 8 + ["climate"] * 4


async def test_days_that_are_over_are_left_out(forecasts: Forecasts, weather_url: str) -> None:
    assert list(await asked(forecasts, -2, -1, 0)) == [today()]
    before = calls(weather_url)
    assert await asked(forecasts, -3, -1) == {}
    assert calls(weather_url) == before


async def test_today_is_the_places_today() -> None:
    """At noon UTC on the day before, it is already tomorrow in Kiritimati."""
    clock = datetime(2026, 7, 1, 12, tzinfo=UTC)
    absent = Forecasts(url="http://127.0.0.1:9", key=WEATHER_KEY, now=lambda: clock)
    dates = [date(2026, 7, 1)]
    assert await absent.days(1.87, -157.43, zone="Pacific/Kiritimati", dates=dates) == {}


async def test_same_day_is_the_same_weather_in_plausible_numbers(forecasts: Forecasts) -> None:
    dates = [today() + timedelta(days=n) for n in range(10)]
    found = await forecasts.days(*MUNICH, zone="Europe/Berlin", dates=dates)
    again = await forecasts.days(*MUNICH, zone="Europe/Berlin", dates=dates)
    assert found.keys() == again.keys() == set(dates)
    for day in found.values():
        assert -30 < day.min_c <= day.max_c < 45, "degrees Celsius"
        assert 0 <= day.rain_probability <= 100
        assert all(0 <= start < end <= 1440 and reason for start, end, reason in day.bad_slots)
        assert all(one[1] < two[0] for one, two in zip(day.bad_slots, day.bad_slots[1:], strict=False))
        assert day.summary


async def test_date_beyond_a_year_and_a_half_has_the_climate_of_its_season(forecasts: Forecasts) -> None:
    far = today() + timedelta(days=900)
    found = await forecasts.days(*MUNICH, zone="Europe/Berlin", dates=[far])
    assert found[far].source == "climate"


@pytest.mark.parametrize("mode", ["down", "drop", "garbage"])
async def test_service_in_trouble_is_transient_and_nobody_sees_the_key(
    mode: str, forecasts: Forecasts, weather_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with broken(weather_url, mode), pytest.raises(Transient) as caught:
        await asked(forecasts, 0)
    assert WEATHER_KEY not in everything_said(caught.value)
    assert WEATHER_KEY not in caplog.text


@pytest.mark.parametrize("status", [429, 500, 502])
async def test_busy_service_is_transient(status: int, forecasts: Forecasts, weather_url: str) -> None:
    with broken(weather_url, "error", status=status), pytest.raises(Transient):
        await asked(forecasts, 0)


async def test_absent_service_is_transient_and_nobody_sees_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    absent = Forecasts(url=f"http://127.0.0.1:{native.free_port()}", key=WEATHER_KEY)
    with pytest.raises(Transient) as caught:
        await asked(absent, 0)
    assert WEATHER_KEY not in everything_said(caught.value)
    assert WEATHER_KEY not in caplog.text


async def test_service_is_used_again_once_it_is_back(forecasts: Forecasts, weather_url: str) -> None:
    with broken(weather_url, "down"), pytest.raises(Transient):
        await asked(forecasts, 0)
    assert await asked(forecasts, 0)


async def test_wrong_key_is_no_passing_failure_and_nobody_sees_it(
    weather_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(AppError) as caught:
        await asked(Forecasts(url=weather_url, key=WRONG_KEY), 0)
    assert not isinstance(caught.value, Transient)
    assert WRONG_KEY not in everything_said(caught.value)
    assert WRONG_KEY not in caplog.text

"""Forecasts and the last good answer: fresh, stale and marked, or gone; no key where it could be read."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis.asyncio as redis

from devstack import native
from shared.cache import Cache
from shared.errors import AppError, Transient
from shared.weather import DayForecast, Forecasts
from shared.weather.client import PATIENCE
from tests.integration.scripted import Answer, scripted
from tests.integration.services import WEATHER_KEY, broken, calls, forget_calls

QUICK = replace(PATIENCE, first_wait=0.001)
ZONE = "Asia/Seoul"


class Clock:
    """The time of day, which passes when told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def forecasts(weather_url: str, cache: Cache, redis_url: str, clock: Clock) -> Forecasts:
    """With a store that has nothing of weather yet."""
    async with redis.from_url(redis_url) as client:
        await client.flushdb()
    forget_calls(weather_url)
    return Forecasts(url=weather_url, key=WEATHER_KEY, store=cache, patience=QUICK, now=clock)


async def asked(forecasts: Forecasts, clock: Clock, *offsets: int) -> Mapping[date, DayForecast]:
    today = clock.now.astimezone(ZoneInfo(ZONE)).date()
    dates = [today + timedelta(days=offset) for offset in offsets]
    return await forecasts.days(37.5665, 126.978, zone=ZONE, dates=dates)


async def test_fresh_forecast_is_not_asked_for_again(
    forecasts: Forecasts, clock: Clock, weather_url: str
) -> None:
    first = await asked(forecasts, clock, 0, 3, 7)
    clock.now += timedelta(minutes=9)
    assert await asked(forecasts, clock, 0, 3, 7) == first
    assert calls(weather_url) == {"airPollution.forecast": 1, "onecall.onecall": 1}
    clock.now += timedelta(minutes=2)
    await asked(forecasts, clock, 0)
    assert calls(weather_url) == {"airPollution.forecast": 2, "onecall.onecall": 2}


async def test_climate_is_asked_for_once_a_date(forecasts: Forecasts, clock: Clock, weather_url: str) -> None:
    first = await asked(forecasts, clock, 30, 31)
    assert {day.source for day in first.values()} == {"climate"}
    assert await asked(forecasts, clock, 30, 31) == first
    assert calls(weather_url) == {"onecall.daySummary": 2}


@pytest.mark.parametrize(
    "fault",
    [{"mode": "down"}, {"mode": "drop"}, {"mode": "garbage"}, {"mode": "error", "status": 429}],
    ids=["down", "drop", "garbage", "429"],
)
async def test_service_away_means_the_last_good_forecast_marked_stale(
    forecasts: Forecasts, clock: Clock, weather_url: str, fault: Mapping[str, Any]
) -> None:
    before = await asked(forecasts, clock, 0, 1)
    told = clock.now.astimezone(ZoneInfo(ZONE))
    clock.now += timedelta(minutes=30)
    with broken(weather_url, **fault):
        stale = await asked(forecasts, clock, 0, 1)
    for day, one in before.items():
        assert stale[day] == replace(
            one, stale=True, summary=f"{one.summary} (forecast of {told:%-d %B, %H:%M})"
        )
    clock.now += timedelta(minutes=1)
    assert not any(day.stale for day in (await asked(forecasts, clock, 0, 1)).values())


async def test_slow_service_is_given_up_for_the_last_good_forecast(
    weather_url: str, cache: Cache, forecasts: Forecasts, clock: Clock
) -> None:
    await asked(forecasts, clock, 0)
    clock.now += timedelta(minutes=30)
    hasty = replace(QUICK, read_seconds=0.1)
    other = Forecasts(url=weather_url, key=WEATHER_KEY, store=cache, patience=hasty, now=clock)
    with broken(weather_url, "slow", latencyMs=2_000):
        assert all(day.stale for day in (await asked(other, clock, 0)).values())


async def test_climate_that_is_known_outlives_the_service(
    forecasts: Forecasts, clock: Clock, weather_url: str
) -> None:
    known = await asked(forecasts, clock, 40)
    with broken(weather_url, "down"):
        assert await asked(forecasts, clock, 40, 41) == known, "the date nobody can tell of is left out"
        with pytest.raises(Transient):
            await asked(forecasts, clock, 41)


async def test_without_a_last_good_forecast_the_failure_is_told(
    forecasts: Forecasts, clock: Clock, weather_url: str
) -> None:
    with broken(weather_url, "down"), pytest.raises(Transient):
        await asked(forecasts, clock, 0, 1)
    assert "onecall.daySummary" not in calls(weather_url), "climate is no forecast of tomorrow"


async def test_air_away_costs_the_air_alone(forecasts: Forecasts, clock: Clock, weather_url: str) -> None:
    with broken(weather_url, "down", path="/data/2.5/"):
        found = await asked(forecasts, clock, 0)
    assert [(day.source, day.stale) for day in found.values()] == [("forecast", False)]


async def test_service_that_keeps_failing_is_left_alone(
    forecasts: Forecasts, clock: Clock, weather_url: str
) -> None:
    with broken(weather_url, "down"):
        for _ in range(9):
            with pytest.raises(Transient):
                await asked(forecasts, clock, 0)
    assert calls(weather_url) == {"airPollution.forecast": 10, "onecall.onecall": 10}, "five calls of two"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"daily": [{}], "list": []}',
        b'{"daily": 3, "list": 3}',
        b'{"daily": [{"dt": "x"}]}',
    ],
)
async def test_answer_of_another_shape_is_an_error_of_ours(body: bytes, clock: Clock) -> None:
    with scripted(Answer(body=body)) as script, pytest.raises(AppError):
        await asked(Forecasts(url=script.url, key=WEATHER_KEY, patience=QUICK, now=clock), clock, 0, 20)


async def test_remembered_text_of_another_release_is_asked_for_again(
    forecasts: Forecasts, clock: Clock, cache: Cache, redis_url: str
) -> None:
    first = await asked(forecasts, clock, 0)
    async with redis.from_url(redis_url, decode_responses=True) as client:
        for key in await client.keys("weather:*"):
            await client.set(key, '{"at": "yesterday", "days": []}')
    assert await asked(forecasts, clock, 0) == first


async def test_redis_away_costs_nothing_but_memory(weather_url: str, clock: Clock) -> None:
    lost = Cache(f"redis://127.0.0.1:{native.free_port()}/0")
    forecasts = Forecasts(url=weather_url, key=WEATHER_KEY, store=lost, patience=QUICK, now=clock)
    assert await asked(forecasts, clock, 0)
    await lost.close()


async def test_key_is_in_no_log_and_in_nothing_that_is_remembered(
    *,
    forecasts: Forecasts,
    clock: Clock,
    redis_url: str,
    weather_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    await asked(forecasts, clock, 0, 30)
    clock.now += timedelta(minutes=30)
    for mode in ("down", "drop", "garbage"):
        with broken(weather_url, mode):
            await asked(forecasts, clock, 0, 30)
    async with redis.from_url(redis_url, decode_responses=True) as client:
        keys = await client.keys("*")
        remembered = [str(await client.get(key)) for key in keys]
    assert keys
    assert WEATHER_KEY not in f"{caplog.text} {keys} {remembered}"

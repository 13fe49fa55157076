"""The simulated OpenWeather: shapes, units, errors, and weather that is plausible and repeatable."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from devstack.googlemaps.geo import Point
from devstack.googlemaps.places import load
from devstack.openweather.app import Weather, make_app
from devstack.openweather.weather import day_at
from tests.launch import server

NOW = datetime(2026, 7, 6, 10, 20, tzinfo=UTC)  # a Monday, 12:20 in Munich
MUNICH, SEOUL = Point(48.137, 11.575), Point(37.5665, 126.978)
ONE_CALL, SUMMARY, AIR = (
    "/data/3.0/onecall",
    "/data/3.0/onecall/day_summary",
    "/data/2.5/air_pollution/forecast",
)
MOMENT_FIELDS = {
    *("dt", "temp", "feels_like", "pressure", "humidity", "dew_point", "uvi", "clouds", "visibility"),
    *("wind_speed", "wind_deg", "wind_gust", "weather"),
}
DAILY_FIELDS = {
    *("dt", "sunrise", "sunset", "moonrise", "moonset", "moon_phase", "summary", "temp", "feels_like"),
    *("pressure", "humidity", "dew_point", "wind_speed", "wind_deg", "wind_gust", "weather", "clouds", "pop"),
    "uvi",
}


@pytest.fixture(scope="module")
async def weather() -> AsyncIterator[httpx2.AsyncClient]:
    app = make_app(Weather(load(), "secret", clock=lambda: NOW))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://weather") as client:
        yield client


async def asked(weather: httpx2.AsyncClient, path: str, point: Point = MUNICH, **more: str) -> dict[str, Any]:
    where = {"lat": str(point.lat), "lon": str(point.lng), "appid": "secret"}
    answer = await weather.get(path, params=where | more)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_one_call_has_the_lengths_and_the_zone_of_the_real_one(weather: httpx2.AsyncClient) -> None:
    body = await asked(weather, ONE_CALL, units="metric")
    assert (len(body["minutely"]), len(body["hourly"]), len(body["daily"])) == (60, 48, 8)
    assert (body["timezone"], body["timezone_offset"]) == ("Europe/Berlin", 7200)
    assert (body["lat"], body["lon"]) == (48.137, 11.575)


async def test_each_part_has_the_real_fields(weather: httpx2.AsyncClient) -> None:
    body = await asked(weather, ONE_CALL)
    assert set(body["current"]) - {"rain", "snow"} == MOMENT_FIELDS | {"sunrise", "sunset"}
    for hour in body["hourly"]:
        assert set(hour) - {"rain", "snow"} == MOMENT_FIELDS | {"pop"}
        assert 0 <= hour["pop"] <= 1
    for day in body["daily"]:
        assert set(day) - {"rain", "snow"} == DAILY_FIELDS
        assert set(day["temp"]) == {"min", "max", "day", "night", "eve", "morn"}
        assert set(day["weather"][0]) == {"id", "main", "description", "icon"}


async def test_hours_and_days_follow_each_other_from_now_on(weather: httpx2.AsyncClient) -> None:
    body = await asked(weather, ONE_CALL)
    hours = [hour["dt"] for hour in body["hourly"]]
    assert hours[0] == int(NOW.replace(minute=0).timestamp())
    assert {later - earlier for earlier, later in pairwise(hours)} == {3600}
    noons = [datetime.fromtimestamp(day["dt"], ZoneInfo("Europe/Berlin")) for day in body["daily"]]
    assert [noon.date() for noon in noons] == [date(2026, 7, 6) + timedelta(days=n) for n in range(8)]
    assert {noon.hour for noon in noons} == {12}


async def test_a_rainy_hour_carries_millimetres_and_a_high_probability(weather: httpx2.AsyncClient) -> None:
    body = await asked(weather, ONE_CALL)
    wet = [hour for hour in body["hourly"] if "rain" in hour]
    dry = [hour for hour in body["hourly"] if "rain" not in hour]
    assert all(hour["rain"]["1h"] > 0 and hour["pop"] > 0.5 for hour in wet)
    assert all(hour["weather"][0]["main"] == "Rain" for hour in wet)
    assert all(hour["pop"] <= 0.3 and hour["weather"][0]["main"] in {"Clear", "Clouds"} for hour in dry)


async def test_parts_can_be_excluded(weather: httpx2.AsyncClient) -> None:
    body = await asked(weather, ONE_CALL, exclude="minutely,hourly,alerts")
    assert set(body) == {"lat", "lon", "timezone", "timezone_offset", "current", "daily"}


async def test_units_change_degrees_and_wind_but_not_millimetres(weather: httpx2.AsyncClient) -> None:
    units = ("standard", "metric", "imperial")
    kelvin, celsius, fahrenheit = [(await asked(weather, ONE_CALL, units=name))["daily"][0] for name in units]
    assert kelvin["temp"]["max"] == pytest.approx(celsius["temp"]["max"] + 273.15, abs=0.01)
    assert fahrenheit["temp"]["max"] == pytest.approx(celsius["temp"]["max"] * 1.8 + 32, abs=0.02)
    assert fahrenheit["wind_speed"] == pytest.approx(celsius["wind_speed"] * 2.237, abs=0.02)
    assert kelvin.get("rain") == celsius.get("rain") == fahrenheit.get("rain")


async def test_descriptions_speak_the_asked_language(weather: httpx2.AsyncClient) -> None:
    english, german = [await asked(weather, ONE_CALL, lang=name) for name in ("en", "de")]
    pairs = zip(english["hourly"], german["hourly"], strict=True)
    assert all(one["weather"][0]["id"] == two["weather"][0]["id"] for one, two in pairs)
    assert (
        english["hourly"][0]["weather"][0]["description"] != german["hourly"][0]["weather"][0]["description"]
    )


async def test_the_summary_of_a_day_agrees_with_its_forecast(weather: httpx2.AsyncClient) -> None:
    daily = (await asked(weather, ONE_CALL, units="metric"))["daily"][3]
    summary = await asked(weather, SUMMARY, date="2026-07-09", units="metric")
    assert summary["temperature"]["min"] == daily["temp"]["min"]
    assert summary["temperature"]["max"] == daily["temp"]["max"]
    assert summary["precipitation"]["total"] == daily.get("rain", 0.0) + daily.get("snow", 0.0)


async def test_a_day_summary_has_the_real_fields(weather: httpx2.AsyncClient) -> None:
    summary = await asked(weather, SUMMARY, date="2027-05-01", tz="+02:00")
    assert set(summary) == {
        *("lat", "lon", "tz", "date", "units", "cloud_cover", "humidity", "precipitation", "temperature"),
        *("pressure", "wind"),
    }
    parts = {"min", "max", "afternoon", "night", "evening", "morning"}
    assert set(summary["temperature"]) == parts
    assert set(summary["wind"]["max"]) == {"speed", "direction"}
    assert (summary["date"], summary["tz"], summary["units"]) == ("2027-05-01", "+02:00", "standard")


async def test_air_pollution_comes_for_four_days_of_hours(weather: httpx2.AsyncClient) -> None:
    body = await asked(weather, AIR, SEOUL)
    assert len(body["list"]) == 96
    assert body["coord"] == {"lon": 126.978, "lat": 37.5665}
    for item in body["list"]:
        assert set(item) == {"main", "components", "dt"}
        assert set(item["components"]) == {"co", "no", "no2", "o3", "so2", "pm2_5", "pm10", "nh3"}
        assert 1 <= item["main"]["aqi"] <= 5


@pytest.mark.parametrize("key", [{}, {"appid": ""}, {"appid": "wrong"}])
@pytest.mark.parametrize("path", [ONE_CALL, SUMMARY, AIR])
async def test_a_wrong_key_is_401(weather: httpx2.AsyncClient, path: str, key: dict[str, str]) -> None:
    answer = await weather.get(path, params={"lat": "1", "lon": "1", **key})
    assert answer.status_code == 401
    assert answer.json()["cod"] == 401
    assert answer.json()["message"].startswith("Invalid API key.")


@pytest.mark.parametrize(
    ("path", "parameters", "message"),
    [
        (ONE_CALL, {}, "Nothing to geocode"),
        (ONE_CALL, {"lat": "91", "lon": "1"}, "wrong latitude"),
        (ONE_CALL, {"lat": "1", "lon": "west"}, "wrong longitude"),
        (ONE_CALL, {"lat": "nan", "lon": "1"}, "wrong latitude"),
        (SUMMARY, {"lat": "1", "lon": "1"}, "Missing date"),
        (SUMMARY, {"lat": "1", "lon": "1", "date": "1.5.2026"}, "Invalid date format"),
        (SUMMARY, {"lat": "1", "lon": "1", "date": "1970-01-01"}, "out of the allowed range"),
        (SUMMARY, {"lat": "1", "lon": "1", "date": "2029-01-01"}, "out of the allowed range"),
        (SUMMARY, {"lat": "1", "lon": "1", "date": "2026-07-07", "tz": "CET"}, "Invalid tz format"),
    ],
)
async def test_a_bad_request_is_400_and_says_what_is_wrong(
    weather: httpx2.AsyncClient, path: str, parameters: dict[str, str], message: str
) -> None:
    answer = await weather.get(path, params=parameters | {"appid": "secret"})
    assert (answer.status_code, answer.json()["cod"]) == (400, "400" if path == ONE_CALL else 400)
    assert message in answer.json()["message"]


def test_the_same_day_has_the_same_weather_everywhere_in_town() -> None:
    zone = ZoneInfo("Europe/Berlin")
    one, other = (day_at(point, date(2026, 7, 1), zone) for point in (MUNICH, Point(48.2, 11.6)))
    assert [hour.temp for hour in one.hours] == [hour.temp for hour in other.hours]


@pytest.mark.parametrize(
    ("point", "zone", "month", "low_high"),
    [
        (MUNICH, "Europe/Berlin", 7, (14, 25)),
        (MUNICH, "Europe/Berlin", 1, (-2, 4)),
        (SEOUL, "Asia/Seoul", 1, (-6, 2)),
        (SEOUL, "Asia/Seoul", 8, (23, 30)),
        (Point(-33.9, 151.2), "Australia/Sydney", 1, (20, 30)),
    ],
)
def test_years_of_a_month_average_to_its_climate(
    point: Point, zone: str, month: int, low_high: tuple[float, float]
) -> None:
    dates = [date(year, month, day) for year in range(2020, 2030) for day in (5, 15, 25)]
    days = [[hour.temp for hour in day_at(point, day, ZoneInfo(zone)).hours] for day in dates]
    means = (fmean(map(min, days)), fmean(map(max, days)))
    assert means == pytest.approx(low_high, abs=2.5)


def test_some_days_are_wet_and_most_are_not() -> None:
    days = [
        day_at(MUNICH, date(2026, 1, 1) + timedelta(days=n), ZoneInfo("Europe/Berlin")) for n in range(365)
    ]
    wet = sum(any(hour.rain or hour.snow for hour in day.hours) for day in days)
    assert 90 <= wet <= 170


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_as_many_hours_as_its_clock(day: date, hours: int) -> None:
    weather = day_at(MUNICH, day, ZoneInfo("Europe/Berlin"))
    assert len(weather.hours) == hours
    assert weather.at(12).start.hour == 12


def test_a_quota_ends_in_429_and_calls_are_counted() -> None:
    with server("devstack.openweather", "--quota-per-minute", "2") as url:
        where = {"lat": "48.1", "lon": "11.6", "appid": "any"}
        answers = [httpx2.get(url + ONE_CALL, params=where) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].json()["cod"] == 429
        counts = httpx2.get(f"{url}/_devstack/calls").json()
        assert counts == {"total": 3, "calls": {"onecall.onecall": 3}, "billed": {"onecall.onecall": 2}}

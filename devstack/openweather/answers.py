"""One Call 3.0 answers: current weather, 48 hours, 8 days, and the summary of any day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any, Literal
from zoneinfo import ZoneInfo

from devstack.googlemaps.geo import Point
from devstack.openweather.conditions import code_of, weather_item
from devstack.openweather.sky import dew_point, feels_like, moon_phase
from devstack.openweather.weather import Day, Hour, day_at

type Units = Literal["standard", "metric", "imperial"]

UNITS: tuple[Units, ...] = ("standard", "metric", "imperial")
HOURS, DAYS, MINUTES = 48, 8, 60
CLEAR_VIEW_M, RAIN_VIEW_M = 10_000, 6_000
DAY_SECONDS = 86_400
PARTS_OF_DAY = {"day": 12, "night": 23, "eve": 18, "morn": 6}


@dataclass(frozen=True)
class Asked:
    """A read request: where, in which zone, units and language."""

    point: Point
    zone: ZoneInfo
    units: Units = "standard"
    language: str = "en"

    def degrees(self, celsius: float) -> float:
        """Kelvin, Celsius or Fahrenheit."""
        if self.units == "standard":
            return round(celsius + 273.15, 2)
        return round(celsius if self.units == "metric" else celsius * 9 / 5 + 32, 2)

    def speed(self, metres_per_second: float) -> float:
        """Metres per second, or miles per hour in imperial units."""
        return round(metres_per_second * (2.236936 if self.units == "imperial" else 1.0), 2)


def one_call(asked: Asked, now: datetime, exclude: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The body of `/data/3.0/onecall`; no weather alert is ever in force here."""
    local = now.astimezone(asked.zone)
    days = [day_at(asked.point, local.date() + timedelta(days=n), asked.zone) for n in range(DAYS)]
    hours = [hour for day in days for hour in day.hours if hour.start > local - timedelta(hours=1)]
    parts: dict[str, Callable[[], Any]] = {
        "current": lambda: _current(asked, hours[0], days[0], local),
        "minutely": lambda: _minutely(hours, local),
        "hourly": lambda: [_hourly(asked, hour) for hour in hours[:HOURS]],
        "daily": lambda: [_daily(asked, day) for day in days],
    }
    return {
        "lat": round(asked.point.lat, 4),
        "lon": round(asked.point.lng, 4),
        "timezone": asked.zone.key,
        "timezone_offset": _offset(local),
        **{name: make() for name, make in parts.items() if name not in exclude},
    }


def day_summary(asked: Asked, day: date, offset: str | None = None) -> dict[str, Any]:
    """The body of `/data/3.0/onecall/day_summary`; `offset` is the `±HH:MM` the caller asked for."""
    weather = day_at(asked.point, day, asked.zone)
    noon = weather.at(14)
    windiest = max(weather.hours, key=lambda hour: hour.wind)
    parts = {"afternoon": 12, "night": 0, "evening": 18, "morning": 6}
    temperatures = [hour.temp for hour in weather.hours]
    return {
        "lat": asked.point.lat,
        "lon": asked.point.lng,
        "tz": offset or _shown_offset(noon.start),
        "date": day.isoformat(),
        "units": asked.units,
        "cloud_cover": {"afternoon": noon.clouds},
        "humidity": {"afternoon": noon.humidity},
        "precipitation": {"total": round(sum(hour.rain + hour.snow for hour in weather.hours), 2)},
        "temperature": {
            "min": asked.degrees(min(temperatures)),
            "max": asked.degrees(max(temperatures)),
            **{name: asked.degrees(weather.at(hour).temp) for name, hour in parts.items()},
        },
        "pressure": {"afternoon": noon.pressure},
        "wind": {"max": {"speed": asked.speed(windiest.wind), "direction": windiest.wind_from}},
    }


def _current(asked: Asked, hour: Hour, day: Day, local: datetime) -> dict[str, Any]:
    sun = {"dt": int(local.timestamp()), "sunrise": day.sunrise, "sunset": day.sunset}
    fields = {name: value for name, value in _hourly(asked, hour).items() if name not in {"dt", "pop"}}
    return sun | fields


def _minutely(hours: Sequence[Hour], local: datetime) -> list[dict[str, Any]]:
    first = int(local.timestamp()) // 60 * 60 + 60
    minutes = range(first, first + MINUTES * 60, 60)
    starts = [hour.start.timestamp() for hour in hours]
    now, later = hours[0], hours[1]
    return [
        {"dt": minute, "precipitation": (later if minute >= starts[1] else now).rain} for minute in minutes
    ]


def _hourly(asked: Asked, hour: Hour) -> dict[str, Any]:
    code = code_of(hour.rain, hour.snow, hour.clouds)
    fields: dict[str, Any] = {
        "dt": int(hour.start.timestamp()),
        "temp": asked.degrees(hour.temp),
        "feels_like": asked.degrees(feels_like(hour.temp, hour.humidity, hour.wind)),
        "pressure": hour.pressure,
        "humidity": hour.humidity,
        "dew_point": asked.degrees(dew_point(hour.temp, hour.humidity)),
        "uvi": hour.uvi,
        "clouds": hour.clouds,
        "visibility": RAIN_VIEW_M if hour.rain or hour.snow else CLEAR_VIEW_M,
        "wind_speed": asked.speed(hour.wind),
        "wind_deg": hour.wind_from,
        "wind_gust": asked.speed(hour.gust),
        "weather": [weather_item(code, asked.language, daylight=hour.daylight)],
        "pop": hour.pop,
    }
    return fields | {name: {"1h": mm} for name, mm in (("rain", hour.rain), ("snow", hour.snow)) if mm}


def _daily(asked: Asked, day: Day) -> dict[str, Any]:
    hours = day.hours
    noon = day.at(12)
    phase = moon_phase(day.date)
    rain, snow = (round(sum(values), 2) for values in zip(*((h.rain, h.snow) for h in hours), strict=True))
    clouds = round(fmean(hour.clouds for hour in hours))
    heaviest = max(hours, key=lambda hour: hour.rain + hour.snow)
    code = code_of(heaviest.rain, heaviest.snow, clouds)
    windiest = max(hours, key=lambda hour: hour.wind)
    fields = {
        "dt": int(noon.start.timestamp()),
        "sunrise": day.sunrise,
        "sunset": day.sunset,
        "moonrise": day.sunrise + round(phase * DAY_SECONDS),
        "moonset": day.sunset + round(phase * DAY_SECONDS),
        "moon_phase": phase,
        "summary": _summary(clouds, rain, snow),
        "temp": _day_temperatures(asked, day),
        "feels_like": {
            name: asked.degrees(feels_like(item.temp, item.humidity, item.wind))
            for name, item in ((name, day.at(hour)) for name, hour in PARTS_OF_DAY.items())
        },
        "pressure": noon.pressure,
        "humidity": noon.humidity,
        "dew_point": asked.degrees(dew_point(noon.temp, noon.humidity)),
        "wind_speed": asked.speed(windiest.wind),
        "wind_deg": windiest.wind_from,
        "wind_gust": asked.speed(max(hour.gust for hour in hours)),
        "weather": [weather_item(code, asked.language, daylight=True)],
        "clouds": clouds,
        "pop": max(hour.pop for hour in hours),
        "uvi": max(hour.uvi for hour in hours),
    }
    return fields | {name: mm for name, mm in (("rain", rain), ("snow", snow)) if mm}


def _day_temperatures(asked: Asked, day: Day) -> dict[str, float]:
    all_day = [hour.temp for hour in day.hours]
    parts = {name: asked.degrees(day.at(hour).temp) for name, hour in PARTS_OF_DAY.items()}
    return {"min": asked.degrees(min(all_day)), "max": asked.degrees(max(all_day)), **parts}


def _summary(clouds: float, rain: float, snow: float) -> str:
    words = ("clear sky", "partly cloudy", "partly cloudy", "partly cloudy", "overcast clouds")
    cover = words[code_of(0, 0, clouds) - 800]
    if rain or snow:
        return f"Expect a day of {cover} with {'snow' if snow > rain else 'rain'}"
    return f"There will be {cover} today"


def _offset(local: datetime) -> int:
    return int((local.utcoffset() or timedelta()).total_seconds())


def _shown_offset(local: datetime) -> str:
    minutes = _offset(local) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

"""Air pollution forecast: four days of hours, dustier on calm winter days."""

import math
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from devstack.googlemaps.geo import Point
from devstack.openweather.climate import climate_at
from devstack.openweather.weather import day_at, random_for

HOURS = 96
LIMITS = {  # µg/m³ from which the index is 2, 3, 4 and 5
    "so2": (20, 80, 250, 350),
    "no2": (40, 70, 150, 200),
    "pm10": (20, 50, 100, 200),
    "pm2_5": (10, 25, 50, 75),
    "o3": (60, 100, 140, 180),
    "co": (4400, 9400, 12400, 15400),
}
CALM_MPS = 2.0


def forecast(point: Point, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """The body of `/data/2.5/air_pollution/forecast`; concentrations in µg/m³, index 1 (good) to 5."""
    first = now.replace(minute=0, second=0, microsecond=0)
    hours = [first + timedelta(hours=number) for number in range(HOURS)]
    dust = {day: _dust(point, zone, day) for day in {hour.astimezone(zone).date() for hour in hours}}
    items = [_item(hour, dust[hour.astimezone(zone).date()]) for hour in hours]
    return {"coord": {"lon": point.lng, "lat": point.lat}, "list": items}


def _dust(point: Point, zone: ZoneInfo, day: Any) -> float:
    """PM2.5 of a day around the yearly mean: more in winter and calm air, less in rain."""
    climate = climate_at(point)
    weather = day_at(point, day, zone)
    season = 1 + 0.4 * math.cos((day.month - 1) / 6 * math.pi) * (1 if point.lat >= 0 else -1)
    calm = 1.3 if weather.at(12).wind < CALM_MPS else 1.0
    washed = 0.6 if any(hour.rain for hour in weather.hours) else 1.0
    return (
        climate.pm25 * season * calm * washed * random_for(climate.cell, day, "dust").lognormvariate(0, 0.35)
    )


def _item(hour: datetime, dust: float) -> dict[str, Any]:
    traffic = 1 + 0.25 * math.cos((hour.hour - 18) / 6 * math.pi)
    components = {
        "co": round(200 + 6 * dust * traffic, 2),
        "no": round(0.05 * dust * traffic, 2),
        "no2": round(4 + 0.8 * dust * traffic, 2),
        "o3": round(max(5.0, 75 - 1.1 * dust * traffic), 2),
        "so2": round(1 + 0.12 * dust, 2),
        "pm2_5": round(dust * traffic, 2),
        "pm10": round(1.5 * dust * traffic + 2, 2),
        "nh3": round(0.6 + 0.05 * dust, 2),
    }
    index = max(1 + sum(components[name] >= limit for limit in row) for name, row in LIMITS.items())
    return {"main": {"aqi": index}, "components": components, "dt": int(hour.timestamp())}

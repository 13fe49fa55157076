"""The weather of any area on any date, drawn from its climate: always the same for the same area and date."""

import hashlib
import math
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from devstack.googlemaps.geo import Point
from devstack.openweather.climate import Climate, Month, climate_at
from devstack.openweather.sky import sun_times

DAYS_IN_MONTH = 30.4
DAILY_SPREAD = 2.6  # °C, standard deviation of a day's mean around the normal
WARMEST_HOUR = 15
LEAST_RAIN = 0.1  # mm in an hour that counts as rain
SNOW_BELOW = 1.0  # °C


@dataclass(frozen=True)
class Hour:
    """One hour: °C, mm, m/s, degrees, percent, hPa; `pop` is the probability of precipitation, 0 to 1."""

    start: datetime
    temp: float
    pop: float
    rain: float
    snow: float
    clouds: int
    wind: float
    gust: float
    wind_from: int
    humidity: int
    pressure: int
    uvi: float
    daylight: bool


@dataclass(frozen=True)
class Day:
    """A local calendar day, its hours from midnight to midnight (23 to 25 of them)."""

    date: date
    hours: tuple[Hour, ...]
    sunrise: int
    sunset: int

    def at(self, hour: int) -> Hour:
        """The hour that starts at a clock time, or the next one where the clock skips it."""
        return next((item for item in self.hours if item.start.hour >= hour), self.hours[-1])


@dataclass(frozen=True)
class _Draw:
    """What is drawn once per day."""

    low: float
    high: float
    shower: range  # hours of the day with precipitation
    rain_mm: float
    clouds: int
    wind: float
    wind_from: int
    pressure: int


def random_for(*parts: object) -> random.Random:
    """A generator seeded by the parts alone, the same in every process."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
    return random.Random(digest)  # noqa: S311 - weather, not secrets


def day_at(point: Point, day: date, zone: ZoneInfo) -> Day:
    """The weather of one local day."""
    climate = climate_at(point)
    draw = _draw(climate, day)
    dice = random_for(climate.cell, day, "hours")
    sunrise, sunset = sun_times(point, day)
    starts = _hour_starts(day, zone)
    weights = {hour: dice.uniform(0.4, 1.6) for hour in draw.shower}
    per_weight = draw.rain_mm / sum(weights.values()) if weights else 0.0
    hours = tuple(
        _hour(start, draw, weights.get(start.hour, 0.0) * per_weight, sun=(sunrise, sunset), dice=dice)
        for start in starts
    )
    return Day(day, hours, sunrise, sunset)


def _hour_starts(day: date, zone: ZoneInfo) -> list[datetime]:
    """Real hours, so days of clock changes have 23 or 25."""
    first = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    after = day + timedelta(days=1)
    last = datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)
    count = round((last - first) / timedelta(hours=1))
    return [(first + timedelta(hours=number)).astimezone(zone) for number in range(count)]


def _draw(climate: Climate, day: date) -> _Draw:
    dice = random_for(climate.cell, day)
    month = _month(climate, day)
    wet = dice.random() < month.rain_days / DAYS_IN_MONTH
    shift = dice.gauss(-1.0 if wet else 0.5, DAILY_SPREAD)
    narrow = 0.7 if wet else 1.05
    middle, half = (month.low + month.high) / 2 + shift, (month.high - month.low) / 2 * narrow
    length = dice.randint(2, 10)
    first = dice.randint(0, 24 - length)
    mean_rain = month.rain_mm / max(1.0, month.rain_days)
    return _Draw(
        low=middle - half,
        high=middle + half,
        shower=range(first, first + length) if wet else range(0),
        rain_mm=max(1.0, dice.expovariate(1 / mean_rain)) if wet else 0.0,
        clouds=dice.randint(60, 100) if wet else dice.randint(0, 85),
        wind=min(18.0, dice.weibullvariate(3.2, 2.0) + 0.6),
        wind_from=dice.randrange(360),
        pressure=round(dice.gauss(1008 if wet else 1019, 5)),
    )


def _month(climate: Climate, day: date) -> Month:
    """Normals between the middles of two months."""
    position = day.month - 1 + (day.day - 15) / DAYS_IN_MONTH
    before, share = math.floor(position), position % 1
    one, two = climate.months[before % 12], climate.months[(before + 1) % 12]
    low, high = (_between(a, b, share) for a, b in ((one.low, two.low), (one.high, two.high)))
    exact = climate.months[day.month - 1]
    return Month(low, high, exact.rain_mm, exact.rain_days)


def _between(one: float, two: float, share: float) -> float:
    return one + (two - one) * share


def _hour(start: datetime, draw: _Draw, wet_mm: float, *, sun: tuple[int, int], dice: random.Random) -> Hour:
    wave = math.cos((start.hour - WARMEST_HOUR) / 12 * math.pi)
    temp = (draw.low + draw.high) / 2 + (draw.high - draw.low) / 2 * wave
    falls = wet_mm >= LEAST_RAIN
    daylight = sun[0] <= start.timestamp() < sun[1]
    wind = max(0.2, draw.wind * (0.8 + 0.3 * max(0.0, wave)) + dice.uniform(-0.4, 0.4))
    clouds = min(100, max(0, draw.clouds + dice.randint(-12, 12) + (15 if falls else 0)))
    return Hour(
        start=start,
        temp=temp,
        pop=round(dice.uniform(0.55, 1.0) if falls else dice.uniform(0.0, 0.3) * draw.clouds / 100, 2),
        rain=round(wet_mm, 2) if falls and temp >= SNOW_BELOW else 0.0,
        snow=round(wet_mm, 2) if falls and temp < SNOW_BELOW else 0.0,
        clouds=clouds,
        wind=wind,
        gust=wind * dice.uniform(1.3, 1.9),
        wind_from=(draw.wind_from + dice.randint(-15, 15)) % 360,
        humidity=min(100, max(25, round(68 - 18 * wave + (18 if falls else 0) + dice.uniform(-4, 4)))),
        pressure=draw.pressure + dice.randint(-1, 1),
        uvi=round(max(0.0, wave) * (9 - 0.05 * clouds) * 0.7, 2) if daylight else 0.0,
        daylight=daylight,
    )

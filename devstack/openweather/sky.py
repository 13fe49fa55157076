"""Sun, moon and how warm it feels: small formulas of astronomy and meteorology."""

import math
from datetime import UTC, date, datetime, timedelta

from devstack.googlemaps.geo import Point

SYNODIC_DAYS = 29.530588853
NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)
SUN_EDGE = math.radians(-0.833)  # refraction and the radius of the disc


def sun_times(point: Point, day: date) -> tuple[int, int]:
    """Sunrise and sunset as Unix seconds (NOAA's short formula); equal at noon in the polar night."""
    angle = 2 * math.pi / 365 * (day.timetuple().tm_yday - 1)
    equation = 229.18 * (
        0.000075
        + 0.001868 * math.cos(angle)
        - 0.032077 * math.sin(angle)
        - 0.014615 * math.cos(2 * angle)
        - 0.040849 * math.sin(2 * angle)
    )
    declination = 0.006918 - 0.399912 * math.cos(angle) + 0.070257 * math.sin(angle)
    latitude = math.radians(point.lat)
    cosine = math.sin(SUN_EDGE) / (math.cos(latitude) * math.cos(declination))
    cosine -= math.tan(latitude) * math.tan(declination)
    half_day = math.degrees(math.acos(max(-1.0, min(1.0, cosine)))) * 4
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    noon = midnight + timedelta(minutes=720 - 4 * point.lng - equation)
    half = timedelta(minutes=half_day)
    return int((noon - half).timestamp()), int((noon + half).timestamp())


def moon_phase(day: date) -> float:
    """0 and 1 are new moon, 0.5 is full moon."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return round((noon - NEW_MOON) / timedelta(days=SYNODIC_DAYS) % 1, 2)


def dew_point(celsius: float, humidity: float) -> float:
    """Degrees Celsius, by the Magnus formula; humidity in percent."""
    gamma = math.log(max(1.0, humidity) / 100) + 17.62 * celsius / (243.12 + celsius)
    return 243.12 * gamma / (17.62 - gamma)


def feels_like(celsius: float, humidity: float, wind: float) -> float:
    """Steadman's apparent temperature in the shade, °C; wind in m/s."""
    vapour = humidity / 100 * 6.105 * math.exp(17.27 * celsius / (237.7 + celsius))
    return celsius + 0.33 * vapour - 0.7 * wind - 4.0

"""The Time Zone API: the zone of a point and its offsets at a moment, from the IANA database."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from devstack.googlemaps.errors import LegacyError
from devstack.googlemaps.geo import Point
from devstack.googlemaps.geocoding import read_latlng
from devstack.googlemaps.places import Catalogue

CITY_REACH_M = 100_000.0
OCEAN_M = 2_000_000.0
ISO_6709 = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")
LONG_NAMES = {
    "CET": "Central European Standard Time",
    "CEST": "Central European Summer Time",
    "KST": "Korean Standard Time",
    "JST": "Japan Standard Time",
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "EET": "Eastern European Standard Time",
    "EEST": "Eastern European Summer Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "PST": "Pacific Standard Time",
    "PDT": "Pacific Daylight Time",
}


def time_zone(catalogue: Catalogue, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The JSON answer: offsets in seconds, daylight saving apart from the zone's own. Raises LegacyError."""
    point, moment = _read(parameters)
    zone = zone_at(catalogue, point)
    if zone is None:
        return {"status": "ZERO_RESULTS"}
    local = moment.astimezone(ZoneInfo(zone))
    saving = local.dst() or timedelta()
    offset = local.utcoffset() or timedelta()
    short = local.tzname() or zone
    return {
        "dstOffset": int(saving.total_seconds()),
        "rawOffset": int((offset - saving).total_seconds()),
        "status": "OK",
        "timeZoneId": zone,
        "timeZoneName": LONG_NAMES.get(short, short),
    }


def zone_at(catalogue: Catalogue, point: Point) -> str | None:
    """The catalogue's zone near its cities, else that of the closest principal city of any zone, None at sea.

    The latter is right inside most countries but not at borders: the database has no boundaries.
    """
    city = catalogue.city_near(point, CITY_REACH_M)
    if city is not None:
        return city.zone
    metres, zone = min((where.metres_to(point), name) for where, name in _principal_cities())
    return zone if metres <= OCEAN_M else None


@cache
def _principal_cities() -> tuple[tuple[Point, str], ...]:
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple((_point(row[1]), row[2]) for row in rows)


def _point(text: str) -> Point:
    match = ISO_6709.fullmatch(text)
    if match is None:
        raise ValueError(f"zone.tab: {text!r} is not an ISO 6709 position")
    sign1, deg1, min1, sec1, sign2, deg2, min2, sec2 = match.groups()
    return Point(_degrees(sign1, deg1, min1, sec1), _degrees(sign2, deg2, min2, sec2))


def _degrees(sign: str, degrees: str, minutes: str, seconds: str | None) -> float:
    value = int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600
    return -value if sign == "-" else value


def _read(parameters: Mapping[str, str]) -> tuple[Point, datetime]:
    try:
        moment = datetime.fromtimestamp(float(parameters["timestamp"]), UTC)
        return read_latlng(parameters["location"]), moment
    except KeyError as error:
        name = error.args[0]
        raise LegacyError("INVALID_REQUEST", f"Invalid request. Missing the '{name}' parameter.") from error
    except (ValueError, OverflowError, OSError) as error:
        raise LegacyError("INVALID_REQUEST", "Invalid request. Invalid 'timestamp' parameter.") from error

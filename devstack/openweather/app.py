"""Routes of the simulated OpenWeather: check the key, read the parameters, answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from devstack.faults import Clock, Quota, Service, Simulated, bill, handlers, utc_now
from devstack.googlemaps.geo import Point
from devstack.googlemaps.places import Catalogue
from devstack.googlemaps.timezones import zone_at
from devstack.latency import Latency
from devstack.openweather import air
from devstack.openweather.answers import UNITS, Asked, Units, day_summary, one_call

FIRST_DAY = date(1979, 1, 2)
LAST_DAY_AHEAD = timedelta(days=548)  # a year and a half
OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
PARTS = frozenset({"current", "minutely", "hourly", "daily", "alerts"})
MESSAGES = {
    401: "Invalid API key. Please see https://openweathermap.org/faq#error401 for more info.",
    404: "Internal error",
    429: "Your account is temporary blocked due to exceeding of requests limitation of your subscription"
    " type. Please choose the proper subscription https://openweathermap.org/price",
    500: "Internal error",
}
CALLS = {
    "/data/3.0/onecall": "onecall.onecall",
    "/data/3.0/onecall/day_summary": "onecall.daySummary",
    "/data/2.5/air_pollution/forecast": "airPollution.forecast",
}


class Refused(Exception):
    """A request OpenWeather answers with 400; `parameters` names what is wrong with it."""

    def __init__(self, message: str, *parameters: str) -> None:
        super().__init__(message)
        self.parameters = list(parameters)


def refuse(code: int, _: str) -> Response:
    """OpenWeather's error body for an HTTP status."""
    return JSONResponse({"cod": code, "message": MESSAGES.get(code, "Internal error")}, code)


@dataclass(frozen=True)
class Weather:
    """The handlers; `key` None accepts any key that is not empty."""

    catalogue: Catalogue
    key: str | None = None
    clock: Clock = utc_now

    async def one_call(self, request: Request) -> Response:
        if not self._known(request):
            return refuse(401, "")
        asked = self._asked(request.query_params)
        exclude = frozenset(filter(None, request.query_params.get("exclude", "").split(",")))
        return _billed(request, one_call(asked, self.clock(), exclude & PARTS))

    async def day_summary(self, request: Request) -> Response:
        if not self._known(request):
            return refuse(401, "")
        asked = self._asked(request.query_params)
        offset = request.query_params.get("tz")
        return _billed(request, day_summary(asked, self._date(request.query_params), _checked(offset)))

    async def air_pollution(self, request: Request) -> Response:
        if not self._known(request):
            return refuse(401, "")
        asked = self._asked(request.query_params)
        return _billed(request, air.forecast(asked.point, asked.zone, self.clock().astimezone(UTC)))

    def _known(self, request: Request) -> bool:
        key = request.query_params.get("appid")
        return bool(key) and self.key in {None, key}

    def _asked(self, parameters: Mapping[str, str]) -> Asked:
        point = _point(parameters)
        zone = zone_at(self.catalogue, point) or "Etc/UTC"
        wanted = parameters.get("units", "standard")
        units: Units = next((name for name in UNITS if name == wanted), "standard")
        return Asked(point, ZoneInfo(zone), units, parameters.get("lang", "en"))

    def _date(self, parameters: Mapping[str, str]) -> date:
        if "date" not in parameters:
            raise Refused("Missing date", "date")
        try:
            day = datetime.strptime(parameters["date"], "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError as error:
            raise Refused("Invalid date format", "date") from error
        if not FIRST_DAY <= day <= self.clock().date() + LAST_DAY_AHEAD:
            raise Refused("The requested date is out of the allowed range", "date")
        return day


def _billed(request: Request, body: dict[str, Any]) -> Response:
    bill(request.scope, CALLS[request.url.path])
    return JSONResponse(body)


def _point(parameters: Mapping[str, str]) -> Point:
    if not parameters.get("lat") and not parameters.get("lon"):
        raise Refused("Nothing to geocode")
    degrees: list[float] = []
    for name, word, limit in (("lat", "latitude", 90.0), ("lon", "longitude", 180.0)):
        try:
            value = float(parameters.get(name, ""))
        except ValueError as error:
            raise Refused(f"wrong {word}") from error
        if not abs(value) <= limit:
            raise Refused(f"wrong {word}")
        degrees.append(value)
    return Point(*degrees)


def _checked(offset: str | None) -> str | None:
    """`±HH:MM`; the date is read as local either way, the offset is only given back."""
    if offset is None:
        return None
    match = OFFSET.fullmatch(offset)
    if match is None:
        raise Refused("Invalid tz format", "tz")
    try:
        timezone(timedelta(hours=int(match[2]), minutes=int(match[3])))
    except ValueError as error:
        raise Refused("Invalid tz format", "tz") from error
    return offset


def make_app(
    weather: Weather,
    *,
    quota_per_minute: int | None = None,
    latency: Latency | None = None,
    latency_ms: int = 0,
) -> ASGIApp:
    """The three endpoints, under the control of `devstack.faults`."""
    app = Starlette(
        routes=[
            Route("/data/3.0/onecall", weather.one_call),
            Route("/data/3.0/onecall/day_summary", weather.day_summary),
            Route("/data/2.5/air_pollution/forecast", weather.air_pollution),
        ],
        exception_handlers={Refused: _refused, **handlers(refuse)},
    )
    service = Service("openweather", call_of=CALLS.get, refuse=refuse, latency_ms=latency_ms)
    return Simulated(app, service, Quota(quota_per_minute), latency=latency)


async def _refused(_: Request, error: Exception) -> Response:
    """Wrong coordinates get `cod` as text and no parameters, all else a number, as in the real service."""
    if parameters := getattr(error, "parameters", []):
        return JSONResponse({"cod": 400, "message": str(error), "parameters": parameters}, 400)
    return JSONResponse({"cod": "400", "message": str(error)}, 400)

"""OpenWeather as a blocking client: One Call 3.0, its day summaries, and air quality."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shared.weather.model import DayForecast
from shared.weather.readings import SlotsByDay, from_day_summary, from_one_call, from_pollution
from shared.web import Call, Patience, Reading, Service

_PRICE = Decimal("0.0015")
"""US dollars a call of One Call 3.0 beyond the 1,000 free ones a day (openweathermap.org/price, 2025)."""
_ONE_CALL = Call("onecall.onecall", _PRICE)
_SUMMARY = Call("onecall.daySummary", _PRICE)
_POLLUTION = Call("airPollution.forecast")
_PATHS = {
    _ONE_CALL.operation: "data/3.0/onecall",
    _SUMMARY.operation: "data/3.0/onecall/day_summary",
    _POLLUTION.operation: "data/2.5/air_pollution/forecast",
}


class OpenWeather:
    """Weather and air have breakers of their own; degrees are WGS 84."""

    def __init__(self, *, url: str, key: str, patience: Patience) -> None:
        self._url, self._key = url, key
        self._weather = Service("weather", group="openweather one call", patience=patience)
        self._air = Service("weather", group="openweather air", patience=patience)

    def forecast(self, lat: float, lng: float, zone: ZoneInfo) -> dict[date, DayForecast]:
        """Eight days."""
        asked = {"lat": lat, "lon": lng, "exclude": "current,minutely,alerts", "units": "metric"}

        def read(answer: dict[str, Any]) -> dict[date, DayForecast]:
            return from_one_call(answer, zone)

        return self._ask(self._weather, _ONE_CALL, asked, Reading(read))

    def dust(self, lat: float, lng: float, zone: ZoneInfo) -> SlotsByDay:
        """The hours of four days in which the air is bad."""

        def read(answer: dict[str, Any]) -> SlotsByDay:
            return from_pollution(answer, zone)

        return self._ask(self._air, _POLLUTION, {"lat": lat, "lon": lng}, Reading(read))

    def season(self, lat: float, lng: float, day: date) -> DayForecast:
        """What is usual for a date, at most a year and a half ahead."""
        asked = {"lat": lat, "lon": lng, "date": day.isoformat(), "units": "metric"}
        return self._ask(self._weather, _SUMMARY, asked, Reading(from_day_summary))

    def _ask[T](self, service: Service, call: Call, asked: dict[str, Any], reading: Reading[T]) -> T:
        url = f"{self._url}/{_PATHS[call.operation]}"
        return service.call(call, "GET", url, reading=reading, params={**asked, "appid": self._key})

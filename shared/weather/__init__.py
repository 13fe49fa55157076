"""OpenWeather: a forecast per place and day, and which slots of a day are bad."""

from shared.weather.client import Forecasts
from shared.weather.model import BadSlot, DayForecast

__all__ = ["BadSlot", "DayForecast", "Forecasts"]

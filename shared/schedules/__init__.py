"""Schedules: the public face of the domain."""

from shared.schedules.advance import advance, sweep
from shared.schedules.forecasting import trip_weather
from shared.schedules.gather import search
from shared.schedules.model import JobStatus, ScheduleRequest, Started
from shared.schedules.recommending import recommend
from shared.schedules.service import cancel, current, forget, request, status
from shared.schedules.tools import Tools

__all__ = [
    "JobStatus",
    "ScheduleRequest",
    "Started",
    "Tools",
    "advance",
    "cancel",
    "current",
    "forget",
    "recommend",
    "request",
    "search",
    "status",
    "sweep",
    "trip_weather",
]

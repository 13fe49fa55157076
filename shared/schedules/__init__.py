"""Schedules: the public face of the domain."""

from shared.schedules.advance import advance, sweep
from shared.schedules.edits import edit_day
from shared.schedules.forecasting import TripWeather, trip_weather
from shared.schedules.gather import search
from shared.schedules.line import Allowance
from shared.schedules.model import (
    Between,
    DayChange,
    JobStatus,
    ScheduleRequest,
    Started,
    VersionEntry,
    VersionPage,
    WatchQuery,
)
from shared.schedules.planning.diff import PlanDiff
from shared.schedules.planning.document import Plan
from shared.schedules.planning.timetable import Timetable
from shared.schedules.recommending import recommend
from shared.schedules.service import cancel, forget, forget_all, request, status
from shared.schedules.tools import Tools
from shared.schedules.versions import compare, current, list_versions, read, restore, timetable

__all__ = [
    "Allowance",
    "Between",
    "DayChange",
    "JobStatus",
    "Plan",
    "PlanDiff",
    "ScheduleRequest",
    "Started",
    "Timetable",
    "Tools",
    "TripWeather",
    "VersionEntry",
    "VersionPage",
    "WatchQuery",
    "advance",
    "cancel",
    "compare",
    "current",
    "edit_day",
    "forget",
    "forget_all",
    "list_versions",
    "read",
    "recommend",
    "request",
    "restore",
    "search",
    "status",
    "sweep",
    "timetable",
    "trip_weather",
]

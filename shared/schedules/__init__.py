"""Schedules: the public face of the domain."""

from shared.schedules.advance import advance, sweep
from shared.schedules.gather import search
from shared.schedules.model import JobStatus, ScheduleRequest, Started, WatchQuery
from shared.schedules.planning.document import Plan
from shared.schedules.service import cancel, current, forget, forget_all, request, status
from shared.schedules.tools import Tools

__all__ = [
    "JobStatus",
    "Plan",
    "ScheduleRequest",
    "Started",
    "Tools",
    "WatchQuery",
    "advance",
    "cancel",
    "current",
    "forget",
    "forget_all",
    "request",
    "search",
    "status",
    "sweep",
]

"""Jobs, plans, their versions, and the news of them."""

from shared.errors import Conflict, Forbidden, RateLimited
from shared.http.openapi.operation import Operation
from shared.http.paging import PageQuery
from shared.notifications import Inbox, Notification
from shared.schedules import (
    Between,
    DayChange,
    JobStatus,
    Plan,
    PlanDiff,
    ScheduleRequest,
    Started,
    Timetable,
    TripWeather,
    VersionEntry,
    VersionPage,
    WatchQuery,
)

PLANS = {
    "request_schedule": Operation(
        does="Have a plan made",
        status=202,
        body=ScheduleRequest,
        example={"startTime": "09:30", "mustSee": ["Nymphenburg Palace"]},
        answer=Started,
        location=True,
        once=True,
        refusals=(Conflict, Forbidden, RateLimited),
    ),
    "watch_schedule_job": Operation(
        does="Watch a plan being made", query=WatchQuery, answer=JobStatus, refusals=(Forbidden,)
    ),
    "cancel_schedule_job": Operation(does="Cancel a job", answer=JobStatus, refusals=(Conflict, Forbidden)),
    "read_schedule": Operation(does="Read the newest plan", answer=Plan, etag=True, refusals=(Forbidden,)),
    "read_timetable": Operation(
        does="Read when and where things happen in the newest plan", answer=Timetable, etag=True
    ),
    "read_trip_weather": Operation(
        does="Read the weather on the days of a trip", answer=TripWeather, refusals=(RateLimited,)
    ),
    "edit_schedule_day": Operation(
        does="Change one day of the plan by hand",
        body=DayChange,
        example={"lock": ["munich-nymphenburg"]},
        answer=Plan,
        etag=True,
        conditional=True,
        refusals=(Conflict, Forbidden),
    ),
    "list_schedule_versions": Operation(
        does="List the kept versions of the plan", query=PageQuery, answer=VersionPage, refusals=(Forbidden,)
    ),
    "compare_schedule_versions": Operation(
        does="Compare two versions, in words and as data",
        query=Between,
        answer=PlanDiff,
        refusals=(Forbidden,),
    ),
    "read_schedule_version": Operation(
        does="Read one version of the plan", answer=Plan, etag=True, refusals=(Forbidden,)
    ),
    "restore_schedule_version": Operation(
        does="Make an old version the newest again",
        status=201,
        answer=VersionEntry,
        etag=True,
        location=True,
        conditional=True,
        once=True,
        refusals=(Conflict, Forbidden),
    ),
    "list_notifications": Operation(does="Read the inbox", query=PageQuery, answer=Inbox),
    "mark_notification_read": Operation(does="Mark a notification as read", answer=Notification),
}

"""HTTP endpoints for schedule jobs: have a plan made, watch it being made, cancel it."""

import azure.functions as func

from shared import schedules
from shared.http import accepted, edge, ok, read_body, read_id, read_query, read_replay, require_user
from shared.runtime import runtime
from shared.schedules import ScheduleRequest, WatchQuery

bp = func.Blueprint()


@bp.function_name("request_schedule")
@bp.route("v1/trips/{trip_id}/schedule-jobs", methods=["POST"])
@edge
async def request_schedule(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id = read_id(req, "trip_id")
    wishes = read_body(req, ScheduleRequest)
    replay = read_replay(req, owner=caller)
    job = await schedules.request(
        trip_id, wishes, caller=caller, replay=replay, allowance=room.tools.allowance, db=room.db
    )
    return accepted(job, location=f"/api/v1/schedule-jobs/{job.id}")


@bp.function_name("watch_schedule_job")
@bp.route("v1/schedule-jobs/{job_id}", methods=["GET"])
@edge
async def watch_schedule_job(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    job_id = read_id(req, "job_id")
    asked = read_query(req, WatchQuery)
    status = await schedules.status(
        job_id, caller=caller, after=asked.after, wait=asked.wait, db=room.db, cache=room.cache
    )
    return ok(status)


@bp.function_name("cancel_schedule_job")
@bp.route("v1/schedule-jobs/{job_id}", methods=["DELETE"])
@edge
async def cancel_schedule_job(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    job_id = read_id(req, "job_id")
    status = await schedules.cancel(
        job_id,
        caller=caller,
        allowance=room.tools.allowance,
        db=room.db,
        cache=room.cache,
        documents=room.documents,
    )
    return ok(status)

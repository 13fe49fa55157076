"""HTTP endpoints for plans: read, compare, restore, edit a day, and the weather they meet."""

import azure.functions as func

from shared import schedules
from shared.http import (
    created,
    edge,
    ok,
    read_body,
    read_id,
    read_ordinal,
    read_page,
    read_query,
    read_replay,
    read_tag,
    require_user,
)
from shared.runtime import runtime
from shared.schedules import Between, DayChange

bp = func.Blueprint()


@bp.function_name("read_schedule")
@bp.route("v1/trips/{trip_id}/schedule", methods=["GET"])
@edge
async def read_schedule(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id = read_id(req, "trip_id")
    plan = await schedules.current(trip_id, caller=caller, db=room.db, documents=room.documents)
    return ok(plan, etag=f"{plan.version}-{plan.status}")


@bp.function_name("read_timetable")
@bp.route("v1/trips/{trip_id}/timetable", methods=["GET"])
@edge
async def read_timetable(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id = read_id(req, "trip_id")
    shown = await schedules.timetable(trip_id, caller=caller, db=room.db, documents=room.documents)
    return ok(shown, etag=f"{shown.version}-{shown.status}")


@bp.function_name("read_trip_weather")
@bp.route("v1/trips/{trip_id}/weather", methods=["GET"])
@edge
async def read_trip_weather(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    return ok(await schedules.trip_weather(read_id(req, "trip_id"), caller=caller, tools=room.tools))


@bp.function_name("edit_schedule_day")
@bp.route("v1/trips/{trip_id}/schedule/days/{day}", methods=["PATCH"])
@edge
async def edit_schedule_day(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, day, seen = read_id(req, "trip_id"), read_ordinal(req, "day"), read_tag(req)
    change = read_body(req, DayChange)
    plan = await schedules.edit_day(
        trip_id, day, change, caller=caller, seen=seen, db=room.db, documents=room.documents
    )
    return ok(plan, etag=f"{plan.version}-{plan.status}")


@bp.function_name("list_schedule_versions")
@bp.route("v1/trips/{trip_id}/schedules", methods=["GET"])
@edge
async def list_schedule_versions(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id = read_id(req, "trip_id")
    return ok(await schedules.list_versions(trip_id, read_page(req), caller=caller, db=room.db))


@bp.function_name("compare_schedule_versions")
@bp.route("v1/trips/{trip_id}/schedules/diff", methods=["GET"])
@edge
async def compare_schedule_versions(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, asked = read_id(req, "trip_id"), read_query(req, Between)
    diff = await schedules.compare(
        trip_id, asked.from_, asked.to, caller=caller, db=room.db, documents=room.documents
    )
    return ok(diff)


@bp.function_name("read_schedule_version")
@bp.route("v1/trips/{trip_id}/schedules/{version}", methods=["GET"])
@edge
async def read_schedule_version(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, number = read_id(req, "trip_id"), read_ordinal(req, "version")
    plan = await schedules.read(trip_id, number, caller=caller, db=room.db, documents=room.documents)
    return ok(plan, etag=f"{plan.version}-{plan.status}")


@bp.function_name("restore_schedule_version")
@bp.route("v1/trips/{trip_id}/schedules/{version}/restore", methods=["POST"])
@edge
async def restore_schedule_version(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, number, seen = read_id(req, "trip_id"), read_ordinal(req, "version"), read_tag(req)
    replay = read_replay(req, owner=caller)
    entry = await schedules.restore(
        trip_id, number, caller=caller, seen=seen, replay=replay, db=room.db, documents=room.documents
    )
    location = f"/api/v1/trips/{trip_id}/schedules/{entry.version}"
    return created(entry, location=location, etag=f"{entry.version}-{entry.status}")

"""HTTP endpoints for plans and the weather they meet."""

import azure.functions as func

from shared import schedules
from shared.http import edge, ok, read_id, require_user
from shared.runtime import runtime

bp = func.Blueprint()


@bp.function_name("read_schedule")
@bp.route("v1/trips/{trip_id}/schedule", methods=["GET"])
@edge
async def read_schedule(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id = read_id(req, "trip_id")
    plan = await schedules.current(trip_id, owner=owner, db=room.db, documents=room.documents)
    return ok(plan, etag=f"{plan.version}-{plan.status}")


@bp.function_name("read_trip_weather")
@bp.route("v1/trips/{trip_id}/weather", methods=["GET"])
@edge
async def read_trip_weather(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    return ok(await schedules.trip_weather(read_id(req, "trip_id"), owner=owner, tools=room.tools))

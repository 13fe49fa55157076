"""Probes: is this process alive, and can it reach its stores?"""

import asyncio

import azure.functions as func
import orjson

from shared.http import edge, ok_json
from shared.runtime import runtime

bp = func.Blueprint()


@bp.function_name("health_live")
@bp.route("v1/health/live", methods=["GET"])
@edge
async def health_live(req: func.HttpRequest) -> func.HttpResponse:
    return ok_json('{"status":"alive"}')


@bp.function_name("health_ready")
@bp.route("v1/health/ready", methods=["GET"])
@edge
async def health_ready(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    names = ("postgres", "cosmos", "redis")
    answers = await asyncio.gather(room.db.answers(), room.documents.answers(), room.cache.answers())
    stores = dict(zip(names, ("up" if up else "down" for up in answers), strict=True))
    # Without Redis the app works, only slower: it stays in rotation.
    ready = stores["postgres"] == stores["cosmos"] == "up"
    body = orjson.dumps({"status": "ready" if ready else "not ready", "stores": stores})
    return func.HttpResponse(body, status_code=200 if ready else 503, mimetype="application/json")

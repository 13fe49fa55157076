"""HTTP endpoints for the inbox."""

import azure.functions as func

from shared import notifications
from shared.http import edge, ok, read_id, read_page, require_user
from shared.runtime import runtime

bp = func.Blueprint()


@bp.function_name("list_notifications")
@bp.route("v1/notifications", methods=["GET"])
@edge
async def list_notifications(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    return ok(await notifications.inbox(read_page(req), owner=owner, documents=room.documents))


@bp.function_name("mark_notification_read")
@bp.route("v1/notifications/{notification_id}/read", methods=["POST"])
@edge
async def mark_notification_read(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    entry = read_id(req, "notification_id")
    return ok(await notifications.mark_read(entry, owner=owner, documents=room.documents))

"""HTTP endpoints for a copy of the own account: ask for one, see how far it is, take it away."""

import azure.functions as func

from shared import exports
from shared.http import (
    accepted,
    edge,
    ok,
    ok_archive,
    read_id,
    read_ordinal,
    read_page,
    read_replay,
    require_user,
)
from shared.runtime import runtime

DOWNLOADS_PER_MINUTE = 30

bp = func.Blueprint()


@bp.function_name("request_export")
@bp.route("v1/users/me/exports", methods=["POST"])
@edge
async def request_export(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    export = await exports.request(owner=owner, replay=read_replay(req, owner=owner), db=room.db)
    return accepted(export, location=f"/api/v1/users/me/exports/{export.id}")


@bp.function_name("list_exports")
@bp.route("v1/users/me/exports", methods=["GET"])
@edge
async def list_exports(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    return ok(await exports.list_page(read_page(req), owner=owner, db=room.db))


@bp.function_name("read_export")
@bp.route("v1/users/me/exports/{export_id}", methods=["GET"])
@edge
async def read_export(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    return ok(await exports.read(read_id(req, "export_id"), owner=owner, db=room.db))


@bp.function_name("download_export")
@bp.route("v1/users/me/exports/{export_id}/files/{number}", methods=["GET"])
@edge
async def download_export(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    await room.cache.limit(f"export-download:{owner}", most=DOWNLOADS_PER_MINUTE, seconds=60)
    export_id, number = read_id(req, "export_id"), read_ordinal(req, "number")
    content = await exports.file(export_id, number, owner=owner, db=room.db)
    return ok_archive(content, name=f"tripgen-{export_id}-{number}.zip")

"""HTTP endpoints for signing in, staying signed in, and signing out."""

import azure.functions as func

from shared import users
from shared.http import (
    caller_address,
    created,
    edge,
    no_content,
    ok,
    read_body,
    require_bearer,
    require_user,
    throttle,
)
from shared.runtime import runtime
from shared.users import RefreshRequest, SignIn

REFRESHES_PER_MINUTE = 300

bp = func.Blueprint()


@bp.function_name("sign_in")
@bp.route("v1/sessions", methods=["POST"])
@edge
async def sign_in(req: func.HttpRequest) -> func.HttpResponse:
    attempt = read_body(req, SignIn)
    room = runtime()
    session = await users.sign_in(
        attempt,
        address=caller_address(req),
        passwords=room.passwords,
        tokens=room.tokens,
        db=room.db,
        cache=room.cache,
    )
    return created(session, location="/api/v1/sessions/current")


@bp.function_name("refresh_session")
@bp.route("v1/sessions/refresh", methods=["POST"])
@edge
async def refresh_session(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    await throttle(req, most=REFRESHES_PER_MINUTE, cache=room.cache)
    request = read_body(req, RefreshRequest)
    return ok(await users.sessions.refresh(request, tokens=room.tokens, ended=room.ended, db=room.db))


@bp.function_name("sign_out")
@bp.route("v1/sessions/current", methods=["DELETE"])
@edge
async def sign_out(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    bearer = require_bearer(req, room.tokens)
    await users.sessions.end(bearer, ended=room.ended, db=room.db)
    return no_content()


@bp.function_name("sign_out_everywhere")
@bp.route("v1/sessions", methods=["DELETE"])
@edge
async def sign_out_everywhere(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    await users.sign_out_everywhere(owner, ended=room.ended, db=room.db)
    return no_content()

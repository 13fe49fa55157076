"""HTTP endpoints for accounts."""

import azure.functions as func

from shared import users
from shared.http import caller_address, created, edge, ok, read_body, read_choice, require_user
from shared.runtime import runtime
from shared.users import SignIn, SignUp

bp = func.Blueprint()


@bp.function_name("sign_up")
@bp.route("v1/users", methods=["POST"])
@edge
async def sign_up(req: func.HttpRequest) -> func.HttpResponse:
    wanted = read_body(req, SignUp)
    room = runtime()
    profile = await users.sign_up(wanted, passwords=room.passwords, db=room.db)
    return created(profile, location="/api/v1/users/me")


@bp.function_name("check_availability")
@bp.route("v1/users/availability", methods=["GET"])
@edge
async def check_availability(req: func.HttpRequest) -> func.HttpResponse:
    field, value = read_choice(req, users.UNIQUE)
    return ok(await users.availability(field, value, db=runtime().db))


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


@bp.function_name("read_profile")
@bp.route("v1/users/me", methods=["GET"])
@edge
async def read_profile(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    return ok(await users.profile(owner, db=room.db))

"""HTTP endpoints for accounts."""

import azure.functions as func

from shared import users
from shared.http import (
    created,
    edge,
    no_content,
    ok,
    ok_picture,
    read_body,
    read_choice,
    read_if_match,
    read_picture,
    require_bearer,
    require_user,
    throttle,
)
from shared.runtime import runtime
from shared.users import PasswordChange, Profile, ProfileChange, SignUp

SIGN_UPS_PER_MINUTE = 100
QUESTIONS_PER_MINUTE = 100
"""From one address: enough for a school behind one router, too few to list who has an account."""

bp = func.Blueprint()


@bp.function_name("sign_up")
@bp.route("v1/users", methods=["POST"])
@edge
async def sign_up(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    await throttle(req, most=SIGN_UPS_PER_MINUTE, cache=room.cache)
    wanted = read_body(req, SignUp)
    profile = await users.sign_up(wanted, passwords=room.passwords, db=room.db)
    return created(profile, location="/api/v1/users/me", etag=str(profile.revision))


@bp.function_name("check_availability")
@bp.route("v1/users/availability", methods=["GET"])
@edge
async def check_availability(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    await throttle(req, most=QUESTIONS_PER_MINUTE, cache=room.cache)
    field, value = read_choice(req, users.UNIQUE)
    return ok(await users.availability(field, value, db=room.db))


@bp.function_name("read_profile")
@bp.route("v1/users/me", methods=["GET"])
@edge
async def read_profile(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    return _shown(await users.profile(owner, db=room.db))


@bp.function_name("change_profile")
@bp.route("v1/users/me", methods=["PATCH"])
@edge
async def change_profile(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    wanted = read_body(req, ProfileChange)
    return _shown(await users.change_profile(owner, wanted, seen=read_if_match(req), db=room.db))


@bp.function_name("delete_account")
@bp.route("v1/users/me", methods=["DELETE"])
@edge
async def delete_account(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    await users.delete_account(owner, seen=read_if_match(req), ended=room.ended, db=room.db)
    return no_content()


@bp.function_name("change_password")
@bp.route("v1/users/me/password", methods=["PUT"])
@edge
async def change_password(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    bearer = require_bearer(req, room.tokens)
    wanted = read_body(req, PasswordChange)
    await users.change_password(bearer, wanted, passwords=room.passwords, ended=room.ended, db=room.db)
    return no_content()


@bp.function_name("put_avatar")
@bp.route("v1/users/me/avatar", methods=["PUT"])
@edge
async def put_avatar(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    upload = read_picture(req, most_bytes=users.avatars.MOST_BYTES)
    avatar = await users.avatars.put(owner, upload, db=room.db)
    return no_content(etag=avatar.digest)


@bp.function_name("read_avatar")
@bp.route("v1/users/me/avatar", methods=["GET"])
@edge
async def read_avatar(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    avatar = await users.avatars.read(owner, db=room.db)
    return ok_picture(req, avatar.image, etag=avatar.digest)


@bp.function_name("delete_avatar")
@bp.route("v1/users/me/avatar", methods=["DELETE"])
@edge
async def delete_avatar(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    await users.avatars.drop(require_user(req, room.tokens), db=room.db)
    return no_content()


def _shown(profile: Profile) -> func.HttpResponse:
    return ok(profile, etag=str(profile.revision))

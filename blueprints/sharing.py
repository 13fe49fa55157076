"""HTTP endpoints for sharing a trip: invitations, and the people who followed one."""

import azure.functions as func

from shared.http import created, edge, no_content, ok, read_body, read_id, require_user
from shared.runtime import runtime
from shared.trips import sharing
from shared.trips.invitation import Acceptance, InvitationDraft

bp = func.Blueprint()


@bp.function_name("invite_to_trip")
@bp.route("v1/trips/{trip_id}/invitations", methods=["POST"])
@edge
async def invite_to_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller, trip_id = require_user(req, room.tokens), read_id(req, "trip_id")
    made = await sharing.invite(trip_id, read_body(req, InvitationDraft), caller=caller, db=room.db)
    return created(made, location=f"/api/v1/trips/{trip_id}/invitations/{made.id}")


@bp.function_name("list_invitations")
@bp.route("v1/trips/{trip_id}/invitations", methods=["GET"])
@edge
async def list_invitations(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    return ok(await sharing.invitations(read_id(req, "trip_id"), caller=caller, db=room.db))


@bp.function_name("revoke_invitation")
@bp.route("v1/trips/{trip_id}/invitations/{invitation_id}", methods=["DELETE"])
@edge
async def revoke_invitation(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, invitation_id = read_id(req, "trip_id"), read_id(req, "invitation_id")
    await sharing.revoke(trip_id, invitation_id, caller=caller, db=room.db)
    return no_content()


@bp.function_name("accept_invitation")
@bp.route("v1/invitations/accept", methods=["POST"])
@edge
async def accept_invitation(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    return ok(await sharing.accept(read_body(req, Acceptance), caller=caller, db=room.db))


@bp.function_name("list_people")
@bp.route("v1/trips/{trip_id}/people", methods=["GET"])
@edge
async def list_people(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    return ok(await sharing.who(read_id(req, "trip_id"), caller=caller, db=room.db))


@bp.function_name("remove_person")
@bp.route("v1/trips/{trip_id}/people/{user_id}", methods=["DELETE"])
@edge
async def remove_person(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, user_id = read_id(req, "trip_id"), read_id(req, "user_id")
    await sharing.remove(trip_id, user_id, caller=caller, db=room.db)
    return no_content()

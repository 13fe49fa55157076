"""HTTP endpoints for trips, their party and their route."""

from datetime import UTC, date, datetime

import azure.functions as func

from shared import schedules, trips
from shared.http import (
    created,
    edge,
    no_content,
    ok,
    ok_json,
    read_body,
    read_id,
    read_if_match,
    read_page,
    read_replay,
    require_user,
)
from shared.runtime import runtime
from shared.trips import (
    DestinationDraft,
    DestinationList,
    MemberDraft,
    MemberList,
    Trip,
    TripChange,
    TripDraft,
    view,
)

bp = func.Blueprint()


@bp.function_name("create_trip")
@bp.route("v1/trips", methods=["POST"])
@edge
async def create_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    draft = read_body(req, TripDraft)
    trip = await trips.create(draft, owner=owner, replay=read_replay(req, owner=owner), db=room.db)
    location = f"/api/v1/trips/{trip.id}"
    return created(view(trip, today=_today()), location=location, etag=str(trip.revision))


@bp.function_name("list_trips")
@bp.route("v1/trips", methods=["GET"])
@edge
async def list_trips(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    return ok_json(await trips.list_page(read_page(req), owner=owner, db=room.db))


@bp.function_name("read_trip")
@bp.route("v1/trips/{trip_id}", methods=["GET"])
@edge
async def read_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    found = await trips.show(read_id(req, "trip_id"), owner=owner, db=room.db)
    return ok_json(found.json, etag=str(found.revision))


@bp.function_name("change_trip")
@bp.route("v1/trips/{trip_id}", methods=["PATCH"])
@edge
async def change_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    wanted = read_body(req, TripChange)
    return _shown(await trips.change(trip_id, wanted, owner=owner, seen=seen, db=room.db))


@bp.function_name("delete_trip")
@bp.route("v1/trips/{trip_id}", methods=["DELETE"])
@edge
async def delete_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    await schedules.forget(trip_id, owner=owner, seen=seen, db=room.db, documents=room.documents)
    return no_content()


@bp.function_name("replace_members")
@bp.route("v1/trips/{trip_id}/members", methods=["PUT"])
@edge
async def replace_members(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    party = read_body(req, MemberList).items
    return _shown(await trips.put_members(trip_id, party, owner=owner, seen=seen, db=room.db))


@bp.function_name("add_member")
@bp.route("v1/trips/{trip_id}/members", methods=["POST"])
@edge
async def add_member(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    member = read_body(req, MemberDraft)
    replay = read_replay(req, owner=owner)
    return _shown(await trips.add_member(trip_id, member, owner=owner, seen=seen, replay=replay, db=room.db))


@bp.function_name("replace_destinations")
@bp.route("v1/trips/{trip_id}/destinations", methods=["PUT"])
@edge
async def replace_destinations(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    route = read_body(req, DestinationList).items
    return _shown(await trips.put_destinations(trip_id, route, owner=owner, seen=seen, db=room.db))


@bp.function_name("add_destination")
@bp.route("v1/trips/{trip_id}/destinations", methods=["POST"])
@edge
async def add_destination(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    stop = read_body(req, DestinationDraft)
    replay = read_replay(req, owner=owner)
    return _shown(
        await trips.add_destination(trip_id, stop, owner=owner, seen=seen, replay=replay, db=room.db)
    )


def _shown(trip: Trip) -> func.HttpResponse:
    return ok(view(trip, today=_today()), etag=str(trip.revision))


def _today() -> date:
    return datetime.now(UTC).date()

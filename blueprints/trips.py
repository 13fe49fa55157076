"""HTTP endpoints for trips, their party and their route."""

from datetime import UTC, datetime
from uuid import UUID

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
    read_query,
    read_replay,
    require_user,
)
from shared.runtime import runtime
from shared.trips import (
    PARTY,
    ROUTE,
    BulkDelete,
    DatedRoute,
    DestinationChange,
    DestinationDraft,
    DestinationList,
    MemberChange,
    MemberDraft,
    MemberList,
    Party,
    Role,
    Trip,
    TripChange,
    TripDraft,
    TripQuery,
    chained,
    party_view,
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
    return created(view(trip, now=datetime.now(UTC)), location=location, etag=str(trip.revision))


@bp.function_name("list_trips")
@bp.route("v1/trips", methods=["GET"])
@edge
async def list_trips(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    return ok_json(await trips.list_page(read_query(req, TripQuery), caller=caller, db=room.db))


@bp.function_name("read_trip")
@bp.route("v1/trips/{trip_id}", methods=["GET"])
@edge
async def read_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    found = await trips.show(read_id(req, "trip_id"), caller=caller, db=room.db)
    return ok_json(found.json, etag=str(found.revision))


@bp.function_name("change_trip")
@bp.route("v1/trips/{trip_id}", methods=["PATCH"])
@edge
async def change_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    wanted = read_body(req, TripChange)
    return _shown(caller, await trips.change(trip_id, wanted, caller=caller, seen=seen, db=room.db))


@bp.function_name("delete_trip")
@bp.route("v1/trips/{trip_id}", methods=["DELETE"])
@edge
async def delete_trip(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    await schedules.forget(trip_id, owner=owner, seen=seen, db=room.db, documents=room.documents)
    return no_content()


@bp.function_name("delete_trips")
@bp.route("v1/trips/bulk-delete", methods=["POST"])
@edge
async def delete_trips(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    ids = read_body(req, BulkDelete).ids
    return ok(await schedules.forget_all(ids, owner=owner, db=room.db, documents=room.documents))


@bp.function_name("list_members")
@bp.route("v1/trips/{trip_id}/members", methods=["GET"])
@edge
async def list_members(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip, role = await trips.read(read_id(req, "trip_id"), caller=caller, db=room.db)
    return ok(Party(items=party_view(trip, role=role)), etag=str(trip.revision))


@bp.function_name("replace_members")
@bp.route("v1/trips/{trip_id}/members", methods=["PUT"])
@edge
async def replace_members(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    items = read_body(req, MemberList).items
    return _shown(caller, await trips.replace(PARTY, trip_id, items, caller=caller, seen=seen, db=room.db))


@bp.function_name("add_member")
@bp.route("v1/trips/{trip_id}/members", methods=["POST"])
@edge
async def add_member(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    draft, replay = read_body(req, MemberDraft), read_replay(req, owner=caller)
    trip = await trips.add(PARTY, trip_id, draft, caller=caller, seen=seen, replay=replay, db=room.db)
    return _shown(caller, trip)


@bp.function_name("change_member")
@bp.route("v1/trips/{trip_id}/members/{member_id}", methods=["PATCH"])
@edge
async def change_member(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, member_id, seen = read_id(req, "trip_id"), read_id(req, "member_id"), read_if_match(req)
    wanted = read_body(req, MemberChange)
    trip = await trips.edit(PARTY, trip_id, member_id, wanted, caller=caller, seen=seen, db=room.db)
    return _shown(caller, trip)


@bp.function_name("delete_member")
@bp.route("v1/trips/{trip_id}/members/{member_id}", methods=["DELETE"])
@edge
async def delete_member(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, member_id, seen = read_id(req, "trip_id"), read_id(req, "member_id"), read_if_match(req)
    revision = await trips.remove(PARTY, trip_id, member_id, caller=caller, seen=seen, db=room.db)
    return no_content(etag=str(revision))


@bp.function_name("list_destinations")
@bp.route("v1/trips/{trip_id}/destinations", methods=["GET"])
@edge
async def list_destinations(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip, _ = await trips.read(read_id(req, "trip_id"), caller=caller, db=room.db)
    return ok(DatedRoute(items=chained(trip.start_date, trip.destinations)), etag=str(trip.revision))


@bp.function_name("replace_destinations")
@bp.route("v1/trips/{trip_id}/destinations", methods=["PUT"])
@edge
async def replace_destinations(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    items = read_body(req, DestinationList).items
    return _shown(caller, await trips.replace(ROUTE, trip_id, items, caller=caller, seen=seen, db=room.db))


@bp.function_name("add_destination")
@bp.route("v1/trips/{trip_id}/destinations", methods=["POST"])
@edge
async def add_destination(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, seen = read_id(req, "trip_id"), read_if_match(req)
    draft, replay = read_body(req, DestinationDraft), read_replay(req, owner=caller)
    trip = await trips.add(ROUTE, trip_id, draft, caller=caller, seen=seen, replay=replay, db=room.db)
    return _shown(caller, trip)


@bp.function_name("change_destination")
@bp.route("v1/trips/{trip_id}/destinations/{destination_id}", methods=["PATCH"])
@edge
async def change_destination(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, destination_id, seen = (
        read_id(req, "trip_id"),
        read_id(req, "destination_id"),
        read_if_match(req),
    )
    wanted = read_body(req, DestinationChange)
    trip = await trips.edit(ROUTE, trip_id, destination_id, wanted, caller=caller, seen=seen, db=room.db)
    return _shown(caller, trip)


@bp.function_name("delete_destination")
@bp.route("v1/trips/{trip_id}/destinations/{destination_id}", methods=["DELETE"])
@edge
async def delete_destination(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    trip_id, destination_id, seen = (
        read_id(req, "trip_id"),
        read_id(req, "destination_id"),
        read_if_match(req),
    )
    revision = await trips.remove(ROUTE, trip_id, destination_id, caller=caller, seen=seen, db=room.db)
    return no_content(etag=str(revision))


def _shown(caller: UUID, trip: Trip) -> func.HttpResponse:
    """What an edit left behind; only the owner and editors get this far."""
    role: Role = "owner" if trip.owner_id == caller else "editor"
    return ok(view(trip, now=datetime.now(UTC), role=role), etag=str(trip.revision))

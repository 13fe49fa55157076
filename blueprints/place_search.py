"""HTTP endpoints for places: what is near, what words mean, one place in full, searches in the background."""

import azure.functions as func

from shared import places, schedules
from shared.http import accepted, edge, ok, read_body, read_id, read_query, read_replay, require_user
from shared.places import ForTrip, KeywordPage, NearbyPage, NearbyQuery, OnDate, Sorted
from shared.runtime import Runtime, runtime

bp = func.Blueprint()


@bp.function_name("find_nearby_places")
@bp.route("v1/places/nearby", methods=["GET"])
@edge
async def find_nearby_places(req: func.HttpRequest) -> func.HttpResponse:
    room = await _welcome(req)
    return ok(await places.nearby(read_query(req, NearbyPage), shelf=room.tools.shelf, maps=room.tools.maps))


@bp.function_name("search_places_by_name")
@bp.route("v1/places/search", methods=["GET"])
@edge
async def search_places_by_name(req: func.HttpRequest) -> func.HttpResponse:
    room = await _welcome(req)
    return ok(await places.find(read_query(req, KeywordPage), shelf=room.tools.shelf, maps=room.tools.maps))


@bp.function_name("read_place")
@bp.route("v1/places/{place_id}", methods=["GET"])
@edge
async def read_place(req: func.HttpRequest) -> func.HttpResponse:
    room = await _welcome(req)
    place_id = req.route_params["place_id"]
    return ok(await places.details(place_id, shelf=room.tools.shelf, maps=room.tools.maps))


@bp.function_name("read_place_hours")
@bp.route("v1/places/{place_id}/hours", methods=["GET"])
@edge
async def read_place_hours(req: func.HttpRequest) -> func.HttpResponse:
    room = await _welcome(req)
    place_id, asked = req.route_params["place_id"], read_query(req, OnDate)
    return ok(await places.hours_on(place_id, asked.date, shelf=room.tools.shelf, maps=room.tools.maps))


@bp.function_name("recommend_place")
@bp.route("v1/places/{place_id}/recommendation", methods=["GET"])
@edge
async def recommend_place(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    caller = require_user(req, room.tokens)
    place_id, asked = req.route_params["place_id"], read_query(req, ForTrip)
    return ok(await schedules.recommend(place_id, asked.trip_id, caller=caller, tools=room.tools))


@bp.function_name("start_place_search")
@bp.route("v1/place-searches", methods=["POST"])
@edge
async def start_place_search(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    query, replay = read_body(req, NearbyQuery), read_replay(req, owner=owner)
    search = await places.start(query, owner=owner, replay=replay, db=room.db, cache=room.cache)
    return accepted(search, location=f"/api/v1/place-searches/{search.id}")


@bp.function_name("read_place_search")
@bp.route("v1/place-searches/{search_id}", methods=["GET"])
@edge
async def read_place_search(req: func.HttpRequest) -> func.HttpResponse:
    room = runtime()
    owner = require_user(req, room.tokens)
    search_id, asked = read_id(req, "search_id"), read_query(req, Sorted)
    search = await places.read(search_id, asked, owner=owner, shelf=room.tools.shelf)
    return ok(search, etag=search.state)


async def _welcome(req: func.HttpRequest) -> Runtime:
    """The collaborators, for somebody signed in who has not asked too often."""
    room = runtime()
    await places.limit_reads(require_user(req, room.tokens), cache=room.cache)
    return room

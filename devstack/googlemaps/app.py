"""Routes of the simulated Google Maps Platform: check the key, read, answer with the asked fields."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from devstack.faults import Clock, Quota, Service, Simulated, bill, handlers, utc_now
from devstack.googlemaps import nearby, routes, textsearch
from devstack.googlemaps.billing import place_tier, route_tier, search_tier
from devstack.googlemaps.errors import (
    LEGACY_BAD_KEY,
    LEGACY_NO_KEY,
    NO_KEY,
    ApiError,
    LegacyError,
    bad_key,
    refuse,
)
from devstack.googlemaps.facts import MAX_IDS, facts_of
from devstack.googlemaps.geocoding import geocode
from devstack.googlemaps.masks import Tree, parse_mask, pick
from devstack.googlemaps.payload import read_body
from devstack.googlemaps.places import Catalogue, Place
from devstack.googlemaps.resource import place_resource
from devstack.googlemaps.timezones import time_zone
from devstack.googlemaps.vocabulary import PLACE_FIELDS
from devstack.latency import Latency

type Handler = Callable[[Request], Awaitable[Response]]

SEARCH_MASK = {"places": PLACE_FIELDS, "nextPageToken": (), "routingSummaries": None, "searchUri": ()}
DETAIL_MASK = dict.fromkeys(PLACE_FIELDS)
PLACES_EXAMPLE = "places.displayName,places.formattedAddress,places.location"
CALLS = {
    "/maps/api/geocode/json": "geocoding.geocode",
    "/maps/api/timezone/json": "timezone.timezone",
    "/v1/places:searchNearby": "places.searchNearby",
    "/v1/places:searchText": "places.searchText",
    "/directions/v2:computeRoutes": "routes.computeRoutes",
    "/distanceMatrix/v2:computeRouteMatrix": "routes.computeRouteMatrix",
    "/facts/v1/places": "facts.places",
}


def call_of(path: str) -> str | None:
    """The name a request is metered under."""
    return "places.get" if path.startswith("/v1/places/") else CALLS.get(path)


@dataclass(frozen=True)
class Maps:
    """The handlers, over one catalogue; `key` None accepts any key that is not empty."""

    catalogue: Catalogue
    key: str | None = None
    clock: Clock = utc_now

    async def geocode(self, request: Request) -> Response:
        return self._legacy(request, lambda: geocode(self.catalogue, request.query_params))

    async def time_zone(self, request: Request) -> Response:
        return self._legacy(request, lambda: time_zone(self.catalogue, request.query_params))

    async def search_nearby(self, request: Request) -> Response:
        mask = self._mask(request, "places.googleapis.com", SEARCH_MASK, PLACES_EXAMPLE)
        body = read_body(await request.body(), nearby.FIELDS)
        found = nearby.search_nearby(self.catalogue, body)
        bill(request.scope, f"places.searchNearby.{search_tier(mask, nearby=True)}")
        return JSONResponse(pick(self._places(found, body), mask))

    async def search_text(self, request: Request) -> Response:
        mask = self._mask(request, "places.googleapis.com", SEARCH_MASK, PLACES_EXAMPLE)
        body = read_body(await request.body(), textsearch.FIELDS)
        page = textsearch.search_text(self.catalogue, body, self.clock())
        bill(request.scope, f"places.searchText.{search_tier(mask, nearby=False)}")
        token = {"nextPageToken": page.next_token} if page.next_token else {}
        return JSONResponse(pick(self._places(page.places, body) | token, mask))

    async def get_place(self, request: Request) -> Response:
        mask = self._mask(request, "places.googleapis.com", DETAIL_MASK, "id,displayName")
        place_id = request.path_params["place_id"]
        place = self.catalogue.by_id.get(place_id)
        if place is None:
            raise ApiError(404, "The Place ID is no longer valid. Please refresh cached Place IDs.")
        bill(request.scope, f"places.get.{place_tier(mask)}")
        language = request.query_params.get("languageCode", "en")
        return JSONResponse(pick(place_resource(place, language=language, now=self.clock()), mask))

    async def compute_routes(self, request: Request) -> Response:
        example = "routes.duration,routes.distanceMeters"
        mask = self._mask(request, "routes.googleapis.com", routes.ROUTE_ANSWER, example)
        body = read_body(await request.body(), routes.ROUTE_FIELDS)
        found = routes.compute_routes(self.catalogue, body, self.clock())
        bill(request.scope, f"routes.computeRoutes.{route_tier(body)}")
        return JSONResponse(pick(found, mask))

    async def compute_matrix(self, request: Request) -> Response:
        """A streaming method: over HTTP its elements, and its errors, come in one array."""
        example = "originIndex,destinationIndex,duration,distanceMeters,status,condition"
        try:
            mask = self._mask(request, "routes.googleapis.com", routes.MATRIX_ANSWER, example)
            body = read_body(await request.body(), routes.MATRIX_FIELDS)
            elements = routes.compute_matrix(self.catalogue, body, self.clock())
            bill(request.scope, f"routes.computeRouteMatrix.{route_tier(body)}", len(elements))
            return JSONResponse(pick(elements, mask))
        except ApiError as error:
            return JSONResponse([error.body()], error.code)

    async def facts(self, request: Request) -> Response:
        if not self._known(request.headers.get("X-Api-Key")):
            return JSONResponse({"error": "X-Api-Key is missing or not valid."}, 401)
        ids = [part for part in request.query_params.get("ids", "").split(",") if part]
        if not 1 <= len(ids) <= MAX_IDS:
            return JSONResponse({"error": f"ids: give 1 to {MAX_IDS} place ids, comma separated."}, 400)
        return JSONResponse(facts_of(self.catalogue, ids))

    def _places(self, found: list[Place], body: dict[str, Any]) -> dict[str, Any]:
        """`{}` when nothing was found, as the real service answers."""
        language = str(body.get("languageCode", "en"))
        now = self.clock()
        shown = [place_resource(place, language=language, now=now) for place in found]
        return {"places": shown} if shown else {}

    def _known(self, key: str | None) -> bool:
        return bool(key) and self.key in {None, key}

    def _mask(self, request: Request, service: str, known: Any, example: str) -> Tree:
        """Check the key, then read the field mask from its header or parameter."""
        query = request.query_params
        key = request.headers.get("X-Goog-Api-Key") or query.get("key")
        if not key:
            raise ApiError(403, NO_KEY)
        if not self._known(key):
            raise bad_key(service)
        mask = request.headers.get("X-Goog-FieldMask") or query.get("$fields") or query.get("fields")
        return parse_mask(mask, known, example)

    def _legacy(self, request: Request, answer: Callable[[], dict[str, Any]]) -> Response:
        key = request.query_params.get("key")
        if not self._known(key):
            raise LegacyError("REQUEST_DENIED", LEGACY_BAD_KEY if key else LEGACY_NO_KEY)
        found = answer()
        bill(request.scope, f"{call_of(request.url.path)}.essentials")
        return JSONResponse(found)


def make_app(
    maps: Maps, *, quota_per_minute: int | None = None, latency: Latency | None = None, latency_ms: int = 0
) -> ASGIApp:
    """The whole platform on one address, under the control of `devstack.faults`."""
    app = Starlette(
        routes=[
            Route("/maps/api/geocode/json", maps.geocode),
            Route("/maps/api/timezone/json", maps.time_zone),
            Route("/v1/places:searchNearby", maps.search_nearby, methods=["POST"]),
            Route("/v1/places:searchText", maps.search_text, methods=["POST"]),
            Route("/v1/places/{place_id}", maps.get_place),
            Route("/directions/v2:computeRoutes", maps.compute_routes, methods=["POST"]),
            Route("/distanceMatrix/v2:computeRouteMatrix", maps.compute_matrix, methods=["POST"]),
            Route("/facts/v1/places", maps.facts),
        ],
        exception_handlers={ApiError: _api_error, LegacyError: _legacy_error, **handlers(refuse)},
    )
    service = Service("googlemaps", call_of=call_of, refuse=refuse, latency_ms=latency_ms)
    return Simulated(app, service, Quota(quota_per_minute), latency=latency)


async def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class alone
    return JSONResponse(error.body(), error.code)


async def _legacy_error(request: Request, error: Exception) -> Response:
    """Geocoding says `error_message`, Time Zone `errorMessage`."""
    assert isinstance(error, LegacyError)  # noqa: S101 - registered for this class alone
    if request.url.path.startswith("/maps/api/timezone/"):
        return JSONResponse({"errorMessage": str(error), "status": error.status}, error.http)
    body = {"error_message": str(error), "results": [], "status": error.status}
    return JSONResponse(body, error.http)

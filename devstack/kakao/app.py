"""Routes of the simulated Kakao: check the key, read, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from devstack.faults import Clock, Quota, Service, Simulated, utc_now
from devstack.kakao.addresses import addresses, region
from devstack.kakao.directions import directions, future_directions, to_destinations
from devstack.kakao.errors import LocalError, MobilityError, is_mobility, refuse
from devstack.kakao.korea import Korea
from devstack.kakao.search import by_category, by_keyword

SCHEME = "KakaoAK "
CALLS = {
    "/v2/local/search/keyword.json": "local.keyword",
    "/v2/local/search/category.json": "local.category",
    "/v2/local/search/address.json": "local.address",
    "/v2/local/geo/coord2regioncode.json": "local.coord2regioncode",
    "/v1/directions": "navi.directions",
    "/v1/future/directions": "navi.futureDirections",
    "/v1/destinations/directions": "navi.destinations",
}


@dataclass(frozen=True)
class Kakao:
    """The handlers; `key` None accepts any key that is not empty."""

    korea: Korea
    key: str | None = None
    clock: Clock = utc_now

    async def keyword(self, request: Request) -> Response:
        return self._answer(request, lambda: by_keyword(self.korea, request.query_params))

    async def category(self, request: Request) -> Response:
        return self._answer(request, lambda: by_category(self.korea, request.query_params))

    async def address(self, request: Request) -> Response:
        return self._answer(request, lambda: addresses(self.korea, request.query_params))

    async def region(self, request: Request) -> Response:
        return self._answer(request, lambda: region(self.korea, request.query_params))

    async def directions(self, request: Request) -> Response:
        return self._answer(request, lambda: directions(self.korea, request.query_params))

    async def future_directions(self, request: Request) -> Response:
        now = self.clock()
        return self._answer(request, lambda: future_directions(self.korea, request.query_params, now))

    async def destinations(self, request: Request) -> Response:
        body = await request.body()
        return self._answer(request, lambda: to_destinations(self.korea, body))

    def _answer(self, request: Request, answer: Callable[[], dict[str, Any]]) -> Response:
        header = request.headers.get("Authorization", "")
        key = header.removeprefix(SCHEME) if header.startswith(SCHEME) else ""
        if not key or self.key not in {None, key}:
            raise _unknown(key, request.url.path)
        return JSONResponse(answer())


def _unknown(key: str, path: str) -> LocalError | MobilityError:
    """A wrong key is repeated in the answer, as the real service does."""
    if is_mobility(path):
        return MobilityError(f"wrong appKey({key}) format", status=401, code=-401)
    told = f"appKey({key}) does not exist" if key else "cannot find Authorization : KakaoAK header"
    return LocalError(401, "AccessDeniedError", told)


def make_app(kakao: Kakao, *, latency_ms: int = 0, quota_per_minute: int | None = None) -> ASGIApp:
    """Both APIs on one address, under the control of `devstack.faults`."""
    app = Starlette(
        routes=[
            Route("/v2/local/search/keyword.json", kakao.keyword),
            Route("/v2/local/search/category.json", kakao.category),
            Route("/v2/local/search/address.json", kakao.address),
            Route("/v2/local/geo/coord2regioncode.json", kakao.region),
            Route("/v1/directions", kakao.directions),
            Route("/v1/future/directions", kakao.future_directions),
            Route("/v1/destinations/directions", kakao.destinations, methods=["POST"]),
        ],
        exception_handlers={LocalError: _local_error, MobilityError: _mobility_error},
    )
    service = Service("kakao", call_of=CALLS.get, refuse=refuse, latency_ms=latency_ms)
    return Simulated(app, service, Quota(quota_per_minute))


async def _local_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, LocalError)  # noqa: S101 - registered for this class alone
    return JSONResponse({"errorType": error.kind, "message": str(error)}, error.status)


async def _mobility_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, MobilityError)  # noqa: S101 - registered for this class alone
    return JSONResponse({"code": error.code, "msg": str(error)}, error.status)

"""The emulator's own requests, unsigned: health, reset and faults."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.cosmos.http.emulator import emulator_of, json_of


async def health(request: Request) -> Response:
    """Which databases and containers there are."""
    catalogue = emulator_of(request).catalogue
    names = [str(database["id"]) for database in catalogue.databases()]
    content = {name: [container.id for container in catalogue.containers(name)] for name in names}
    return JSONResponse({"status": "ok", "databases": content})


async def reset(request: Request) -> Response:
    """Drop all items and all faults; databases and containers stay."""
    emulator = emulator_of(request)
    emulator.items.drop_all()
    emulator.faults.clear()
    return Response(status_code=204)


async def faults(request: Request) -> Response:
    """Order faults for the next requests; the body is described at `Faults.order`."""
    emulator_of(request).faults.order(await json_of(request))
    return Response(status_code=204)

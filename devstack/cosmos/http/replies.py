"""Answers with the headers that Cosmos clients read: charge, activity, session token, ETag, continuation."""

from collections.abc import Mapping
from math import ceil
from typing import cast
from uuid import uuid4

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from devstack.cosmos.errors import Refused, bad_request
from devstack.cosmos.http.emulator import emulator_of
from devstack.cosmos.store import Container, Item
from devstack.cosmos.store.feed import Page

READ_CHARGE, WRITE_CHARGE, QUERY_CHARGE = 1.0, 5.0, 2.5  # request units per started KiB, roughly


def reply(
    body: object, *, status: int = 200, charge: float = READ_CHARGE, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer; `body` may hold `orjson.Fragment`, None means no body. `charge` is in request units."""
    content = b"" if body is None else orjson.dumps(body)
    return raw_reply(content, status=status, charge=charge, headers=headers)


def raw_reply(
    content: bytes,
    *,
    status: int = 200,
    charge: float = READ_CHARGE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The same for content that is JSON already."""
    common = {
        "x-ms-request-charge": f"{charge * max(1, ceil(len(content) / 1024)):.2f}",
        "x-ms-activity-id": str(uuid4()),
        "x-ms-serviceversion": "version=devstack",
        "x-ms-gatewayversion": "version=devstack",
    }
    return Response(content, status, {**common, **(headers or {})}, media_type="application/json")


def feed_reply(name: str, resources: list[object], *, headers: Mapping[str, str] | None = None) -> Response:
    """A list of resources under the name that the service gives to it, such as `Documents`."""
    return reply({"_rid": "", name: resources, "_count": len(resources)}, headers=headers)


def page_reply(request: Request, container: Container, page: Page) -> Response:
    """A page of results with its continuation token."""
    headers = {**session_headers(request, container), "x-ms-item-count": str(len(page.results))}
    if page.continuation:
        headers["x-ms-continuation"] = page.continuation
    body = {"_rid": container.definition["_rid"], "Documents": page.results, "_count": len(page.results)}
    return reply(body, charge=QUERY_CHARGE, headers=headers)


def item_reply(
    request: Request, container: Container, item: Item, *, status: int = 200, charge: float = READ_CHARGE
) -> Response:
    """An item with its ETag; without its content if the client prefers so."""
    headers = {**session_headers(request, container), "etag": item.etag}
    minimal = request.method != "GET" and "return=minimal" in request.headers.get("prefer", "")
    return raw_reply(b"" if minimal else item.body, status=status, charge=charge, headers=headers)


def session_headers(request: Request, container: Container) -> dict[str, str]:
    """The session token: the last write of the one partition range that every container has."""
    names = request.path_params
    return {
        "x-ms-session-token": f"0:-1#{emulator_of(request).items.lsn(container)}",
        "x-ms-documentdb-partitionkeyrangeid": "0",
        "x-ms-alt-content-path": f"dbs/{names['database']}/colls/{names['container']}",
    }


async def routing_reply(request: Request, error: Exception) -> Response:
    """A verb that the resource does not know."""
    status = cast("HTTPException", error).status_code
    return await refusal_reply(request, Refused(status, f"{request.method} is not offered at this address."))


async def nesting_reply(request: Request, error: Exception) -> Response:
    """A query whose brackets, paths or operators go too deep to be evaluated."""
    return await refusal_reply(request, bad_request("The query is nested too deeply: simplify it."))


async def failure_reply(request: Request, error: Exception) -> Response:
    """A defect of the emulator: its log has the traceback."""
    return await refusal_reply(request, Refused(500, f"The emulator failed: {type(error).__name__}."))


async def refusal_reply(request: Request, error: Exception) -> Response:
    """A refusal as the service words it."""
    refusal = cast("Refused", error)
    headers = {"x-ms-substatus": str(refusal.substatus)}
    if refusal.retry_after_ms is not None:
        headers["x-ms-retry-after-ms"] = str(refusal.retry_after_ms)
    body = {"code": refusal.code, "message": refusal.message}
    return reply(body, status=refusal.status, headers=headers)

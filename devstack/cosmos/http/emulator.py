"""The one running account, as the request handlers see it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import orjson
from starlette.requests import Request

from devstack.cosmos.errors import bad_request
from devstack.cosmos.http.faults import Faults
from devstack.cosmos.store import Catalogue, Container, Items
from devstack.cosmos.store.feed import DEFAULT_PAGE, LARGEST_PAGE, Window
from devstack.cosmos.store.rules import partition_from_header
from devstack.cosmos.values import Document, Json


@dataclass(frozen=True, slots=True)
class Emulator:
    """The stores, the key that signs requests, and the faults that are due."""

    catalogue: Catalogue
    items: Items
    key: bytes
    faults: Faults
    clock: Callable[[], float]

    @classmethod
    def over(cls, connection: sqlite3.Connection, *, key: bytes, clock: Callable[[], float]) -> "Emulator":
        """An account whose content is in the database behind the connection."""
        return cls(Catalogue(connection, clock), Items(connection, clock), key, Faults(clock), clock)


def emulator_of(request: Request) -> Emulator:
    """The account that the request is for."""
    return cast("Emulator", request.app.state.emulator)


def container_of(request: Request) -> Container:
    """The container that the path names, or 404."""
    names = request.path_params
    return emulator_of(request).catalogue.container(names["database"], names["container"])


def partition_of(request: Request, container: Container) -> str:
    """The logical partition that the request is for, or 400 without the header."""
    partition = partition_or_all(request, container)
    if partition is None:
        raise bad_request("PartitionKey value must be supplied for this operation: pass partition_key.")
    return partition


def partition_or_all(request: Request, container: Container) -> str | None:
    """The logical partition that the request is for; None if it names none."""
    header = request.headers.get("x-ms-documentdb-partitionkey")
    return None if header is None else partition_from_header(header, container.key_paths)


def window_of(request: Request) -> Window:
    """The page that the request asks for; -1 items let the service choose the size."""
    header = request.headers.get("x-ms-max-item-count", str(DEFAULT_PAGE))
    size = int(header) if header.removeprefix("-").isdecimal() else 0
    if size < -1 or size == 0:
        raise bad_request("x-ms-max-item-count must be a positive number, or -1.")
    token = request.headers.get("x-ms-continuation")
    return Window(LARGEST_PAGE if size == -1 else min(size, LARGEST_PAGE), token or None)


def flag(request: Request, header: str) -> bool:
    """Whether the header is there and says true."""
    return request.headers.get(header, "").lower() == "true"


async def json_of(request: Request) -> Json:
    """The request body as JSON, or 400."""
    try:
        body: Json = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise bad_request(f"The request body is not JSON: {error}.") from error
    return body


async def document_of(request: Request) -> Document:
    """The request body as a JSON object, or 400."""
    body = await json_of(request)
    if not isinstance(body, dict):
        raise bad_request("The request body must be a JSON object.")
    return body

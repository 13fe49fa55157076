"""The one running account, as the request handlers see it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import orjson
from starlette.requests import Request

from devstack.cosmos.errors import Refused, bad_request
from devstack.cosmos.http.faults import Faults
from devstack.cosmos.store import Catalogue, Container, Items
from devstack.cosmos.store.feed import DEFAULT_PAGE, LARGEST_PAGE, Window
from devstack.cosmos.store.rules import check_nesting, partition_from_header
from devstack.cosmos.values import Document, Json, whole_number
from devstack.entra import Issuer
from devstack.request_body import BodyRefused, bounded_body

MAX_BODY = 4 * 1024 * 1024  # bytes; an item of 2 MB whose text is escaped takes twice as many
MAX_BODY_NESTING = 200  # a batch or patch wraps the documents it carries
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Emulator:
    """The stores, the key that signs requests, who issues tokens, and the faults that are due."""

    catalogue: Catalogue
    items: Items
    key: bytes
    faults: Faults
    clock: Callable[[], float]
    issuer: Issuer | None = None

    @classmethod
    def over(
        cls,
        connection: sqlite3.Connection,
        *,
        key: bytes,
        clock: Callable[[], float],
        issuer: Issuer | None = None,
    ) -> "Emulator":
        """An account whose content is in the database behind the connection."""
        return cls(Catalogue(connection, clock), Items(connection, clock), key, Faults(clock), clock, issuer)


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
    size = LARGEST_PAGE if header == "-1" else whole_number(header)
    if not size:
        raise bad_request("x-ms-max-item-count must be a positive number below 2^63, or -1.")
    return Window(min(size, LARGEST_PAGE), request.headers.get("x-ms-continuation") or None)


def flag(request: Request, header: str) -> bool:
    """Whether the header is there and says true."""
    return request.headers.get(header, "").lower() == "true"


def date_of(text: str) -> datetime:
    """The moment that a date as in RFC 1123 names; ValueError for any other text."""
    try:
        found = parsedate_to_datetime(text)
    except OverflowError as error:
        raise ValueError(f"{text!r} is no date") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)  # -0000 is UTC too, of unknown place


async def body_of(request: Request) -> bytes:
    """The request body; 413 if it is larger than any request may be, 408 or 400 if it does not arrive."""
    try:
        return await bounded_body(request, limit=MAX_BODY, patience=PATIENCE_S)
    except BodyRefused as refused:
        raise Refused(refused.status, str(refused)) from refused


async def json_of(request: Request) -> Json:
    """The request body as JSON, or 400."""
    return json_from(await body_of(request))


def json_from(content: bytes) -> Json:
    """The JSON value, or 400 for a wrong or too deeply nested one."""
    try:
        body: Json = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"The request body is not JSON: {error}.") from error
    check_nesting(body, MAX_BODY_NESTING)
    return body


async def document_of(request: Request) -> Document:
    """The request body as a JSON object, or 400."""
    body = await json_of(request)
    if not isinstance(body, dict):
        raise bad_request("The request body must be a JSON object.")
    return body

"""Requests about items: point operations, patch, batch, queries, the read feed and the change feed."""

from starlette.requests import Request
from starlette.responses import Response

from devstack.cosmos.errors import bad_request
from devstack.cosmos.http.emulator import (
    body_of,
    container_of,
    date_of,
    document_of,
    emulator_of,
    flag,
    json_from,
    json_of,
    partition_of,
    partition_or_all,
    window_of,
)
from devstack.cosmos.http.replies import (
    WRITE_CHARGE,
    feed_reply,
    item_reply,
    page_reply,
    raw_reply,
    reply,
    session_headers,
)
from devstack.cosmos.store import Container
from devstack.cosmos.store.batch import as_json, execute, execute_each
from devstack.cosmos.store.effective_key import key_range
from devstack.cosmos.store.feed import Feed
from devstack.cosmos.store.patch import patch_item
from devstack.cosmos.values import whole_number

MAX_BATCH_BYTES = 2 * 1024 * 1024
MULTI_STATUS = 207


async def read_items(request: Request) -> Response:
    """The read feed, or with `A-IM` the change feed."""
    container = container_of(request)
    if "a-im" in request.headers:
        return _changes(request, container)
    return page_reply(request, container, _feed(request, container).page(window_of(request)))


async def post_items(request: Request) -> Response:
    """A query, a batch, an upsert or a new item: the headers tell which."""
    container = container_of(request)
    if flag(request, "x-ms-cosmos-is-query-plan-request"):
        raise bad_request("Query plans are not offered: pass partition_key, so that none is needed.")
    if flag(request, "x-ms-documentdb-isquery"):
        return await _query(request, container)
    if flag(request, "x-ms-cosmos-is-batch-request"):
        return await _batch(request, container)
    items, partition = emulator_of(request).items, partition_of(request, container)
    document = await document_of(request)
    if not flag(request, "x-ms-documentdb-is-upsert"):
        item = items.create(container, partition, document)
        return item_reply(request, container, item, status=201, charge=WRITE_CHARGE)
    item, created = items.upsert(container, partition, document, if_match=request.headers.get("if-match"))
    return item_reply(request, container, item, status=201 if created else 200, charge=WRITE_CHARGE)


async def read_item(request: Request) -> Response:
    """A point read; 304 if the client has this ETag already."""
    container = container_of(request)
    partition = partition_of(request, container)
    item = emulator_of(request).items.read(container, partition, request.path_params["item"])
    if request.headers.get("if-none-match") in {item.etag, "*"}:
        return reply(None, status=304, headers={**session_headers(request, container), "etag": item.etag})
    return item_reply(request, container, item)


async def replace_item(request: Request) -> Response:
    """New content for an item that exists."""
    container, items = container_of(request), emulator_of(request).items
    document = await document_of(request)
    old = items.read(container, partition_of(request, container), request.path_params["item"])
    item = items.replace(container, old, document, if_match=request.headers.get("if-match"))
    return item_reply(request, container, item, charge=WRITE_CHARGE)


async def change_item(request: Request) -> Response:
    """A partial update."""
    container, items = container_of(request), emulator_of(request).items
    body = await json_of(request)
    old = items.read(container, partition_of(request, container), request.path_params["item"])
    item = patch_item(items, container, old, body, if_match=request.headers.get("if-match"))
    return item_reply(request, container, item, charge=WRITE_CHARGE)


async def delete_item(request: Request) -> Response:
    """Remove an item."""
    container, items = container_of(request), emulator_of(request).items
    partition = partition_of(request, container)
    if_match = request.headers.get("if-match")
    items.delete(container, partition, request.path_params["item"], if_match=if_match)
    return reply(None, status=204, charge=WRITE_CHARGE, headers=session_headers(request, container))


async def delete_partition(request: Request) -> Response:
    """Remove all items of one logical partition."""
    container = container_of(request)
    emulator_of(request).items.delete_partition(container, partition_of(request, container))
    return reply(None, headers=session_headers(request, container))


async def _query(request: Request, container: Container) -> Response:
    feed = _feed(request, container)
    is_wide = flag(request, "x-ms-documentdb-query-enablecrosspartition") or feed.keys is not None
    if (
        feed.partition is None
        and not is_wide
        and "x-ms-documentdb-partitionkeyrangeid" not in request.headers
    ):
        raise bad_request(
            "Cross partition query is required but disabled: pass partition_key, or True for "
            "enable_cross_partition_query."
        )
    return page_reply(request, container, feed.query(await json_of(request), window_of(request)))


async def _batch(request: Request, container: Container) -> Response:
    body = await body_of(request)
    if len(body) > MAX_BATCH_BYTES:
        raise bad_request("Batch request is larger than 2 MB: split it.")
    items, operations = emulator_of(request).items, json_from(body)
    if request.headers.get("x-ms-cosmos-batch-atomic", "true").lower() == "true":
        outcomes = execute(items, container, partition_of(request, container), operations)
    else:
        outcomes = execute_each(items, container, operations)
    failed = any(outcome.status >= 400 for outcome in outcomes)  # noqa: PLR2004 - where HTTP errors begin
    headers = session_headers(request, container)
    status = MULTI_STATUS if failed else 200
    return raw_reply(as_json(outcomes), status=status, charge=WRITE_CHARGE, headers=headers)


def _changes(request: Request, container: Container) -> Response:
    """The latest version of each changed item; 304 when there is nothing new, or clients ask for ever."""
    if request.headers["a-im"].lower() != "incremental feed":
        raise bad_request("Only the latest-version change feed is offered: leave the mode out.")
    items, window = emulator_of(request).items, window_of(request)
    given = request.headers.get("if-none-match", "0").strip('"')
    after = items.lsn(container) if given == "*" else whole_number(given)
    if after is None:
        raise bad_request("If-None-Match of a change feed must be an ETag that it gave, or *.")
    documents, end = _feed(request, container).changes(after=after, since=_since(request), size=window.size)
    headers = {**session_headers(request, container), "etag": f'"{end}"'}
    if not documents:
        return reply(None, status=304, headers=headers)
    return feed_reply("Documents", list(documents), headers=headers)


def _since(request: Request) -> float:
    header = request.headers.get("if-modified-since")
    if header is None:
        return 0.0
    try:
        return date_of(header).timestamp()
    except ValueError as error:
        raise bad_request("If-Modified-Since must be a date as in RFC 1123.") from error


def _feed(request: Request, container: Container) -> Feed:
    """The items that the request is for: of one partition, of a range of keys, or all."""
    start, end = request.headers.get("x-ms-start-epk", ""), request.headers.get("x-ms-end-epk", "FF")
    partition = partition_or_all(request, container)
    return Feed(emulator_of(request).items, container, partition, key_range(start, end, container))

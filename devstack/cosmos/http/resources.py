"""Requests about the account, its databases and its containers."""

from starlette.requests import Request
from starlette.responses import Response

from devstack.cosmos.errors import bad_request, not_found
from devstack.cosmos.http.emulator import container_of, document_of, emulator_of, flag, json_of
from devstack.cosmos.http.replies import feed_reply, reply
from devstack.cosmos.sql import evaluate
from devstack.cosmos.store.feed import parse_body
from devstack.cosmos.values import Document

_THROUGHPUT = 400


async def account(request: Request) -> Response:
    """The account: one region, this server."""
    location = [{"name": "local", "databaseAccountEndpoint": str(request.base_url)}]
    return reply(
        {
            "id": "devstack",
            "_rid": "devstack",
            "writableLocations": location,
            "readableLocations": location,
            "enableMultipleWriteLocations": False,
            "userConsistencyPolicy": {"defaultConsistencyLevel": "Session"},
            "queryEngineConfiguration": "{}",
        }
    )


async def databases(request: Request) -> Response:
    """List, query or create databases."""
    catalogue = emulator_of(request).catalogue
    if request.method == "POST" and not flag(request, "x-ms-documentdb-isquery"):
        body = await document_of(request)
        return reply(catalogue.create_database(body.get("id")), status=201)
    return await _listed(request, "Databases", catalogue.databases())


async def database(request: Request) -> Response:
    """Read or drop a database."""
    catalogue, name = emulator_of(request).catalogue, request.path_params["database"]
    if request.method == "DELETE":
        catalogue.drop_database(name)
        return reply(None, status=204)
    return reply(catalogue.database(name))


async def containers(request: Request) -> Response:
    """List, query or create the containers of a database."""
    catalogue, owner = emulator_of(request).catalogue, request.path_params["database"]
    if request.method == "POST" and not flag(request, "x-ms-documentdb-isquery"):
        created = catalogue.create_container(owner, await document_of(request))
        return reply(created.definition, status=201)
    found = [container.definition for container in catalogue.containers(owner)]
    return await _listed(request, "DocumentCollections", found)


async def container(request: Request) -> Response:
    """Read, change or drop a container."""
    catalogue, names = emulator_of(request).catalogue, request.path_params
    if request.method == "DELETE":
        catalogue.drop_container(names["database"], names["container"])
        return reply(None, status=204)
    if request.method == "PUT":
        body = await document_of(request)
        return reply(catalogue.replace_container(names["database"], names["container"], body).definition)
    return reply(container_of(request).definition)


async def partition_key_ranges(request: Request) -> Response:
    """The one range that every container has.

    Clients read this as an incremental feed and ask again until they get 304.
    """
    found = container_of(request)
    etag = {"etag": '"1"'}
    if request.headers.get("if-none-match"):
        return reply(None, status=304, headers=etag)
    whole = {
        "id": "0",
        "minInclusive": "",
        "maxExclusive": "FF",
        "ridPrefix": 0,
        "_rid": found.definition["_rid"],
        "_etag": '"1"',
        "throughputFraction": 1,
        "status": "online",
        "parents": [],
    }
    return feed_reply("PartitionKeyRanges", [whole], headers=etag)


async def offers(request: Request) -> Response:
    """The throughput of whatever is asked for: a fixed number, nothing is metered."""
    await json_of(request)
    offer = {
        "id": "devstack",
        "_rid": "devstack",
        "_self": "offers/devstack/",
        "offerVersion": "V2",
        "content": {"offerThroughput": _THROUGHPUT},
    }
    return feed_reply("Offers", [offer])


async def unknown(request: Request) -> Response:
    """Whatever the emulator does not offer: stored procedures, triggers, users, conflicts."""
    raise not_found(f"The resource {request.method} {request.url.path}")


async def _listed(request: Request, name: str, resources: list[Document]) -> Response:
    if request.method == "GET":
        return feed_reply(name, list(resources))
    query = parse_body(await json_of(request))
    if query.columns is not None:
        raise bad_request(f"A query of {name} takes SELECT * only.")
    return feed_reply(name, list(evaluate(query, resources)))

"""The account: keys, databases, containers, the sync SDK, many connections, control and faults."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Iterator
from email.utils import formatdate

import httpx2
import pytest
import pytest_asyncio
from azure.cosmos import CosmosClient as SyncClient
from azure.cosmos import PartitionKey
from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError, CosmosResourceNotFoundError

from tests.devstack.cosmos_client import KEY, refused
from tests.launch import server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server("devstack.cosmos") as url:
        yield url


@pytest_asyncio.fixture(scope="module")
async def client(url: str) -> AsyncIterator[CosmosClient]:
    async with CosmosClient(url, KEY) as client:
        yield client


def signed(date: str) -> dict[str, str]:
    """The headers of a GET of the account, signed as the REST reference says."""
    digest = hmac.new(base64.b64decode(KEY), f"get\n\n\n{date.lower()}\n\n".encode(), hashlib.sha256).digest()
    token = f"type=master&ver=1.0&sig={base64.b64encode(digest).decode()}"
    return {"x-ms-date": date, "authorization": str(httpx2.QueryParams({"t": token}))[2:]}


async def test_wrong_key_is_unauthorized(url: str) -> None:
    client = CosmosClient(url, "d3Jvbmc=")
    async with refused(401, "signature"):
        await client.__aenter__()
    await client.close()


async def test_unsigned_request_is_unauthorized(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url) as http:
        assert (await http.get("/dbs")).status_code == 401


async def test_signature_is_good_for_fifteen_minutes(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url) as http:
        for age, status in ((0, 200), (14 * 60, 200), (16 * 60, 403), (-16 * 60, 403)):
            response = await http.get("/", headers=signed(formatdate(time.time() - age, usegmt=True)))
            assert response.status_code == status, response.text


async def test_declared_containers_exist_from_the_start(client: CosmosClient) -> None:
    database = client.get_database_client("tripgen")
    found = {c["id"]: c["partitionKey"]["paths"] async for c in database.list_containers()}
    assert found == {"schedules": ["/tripId"], "places": ["/region"], "notifications": ["/userId"]}
    assert (await database.get_container_client("schedules").read())["defaultTtl"] == -1


async def test_database_and_container_live_and_die(client: CosmosClient) -> None:
    database = await client.create_database_if_not_exists("brief")
    assert await client.create_database_if_not_exists("brief")
    async with refused(409):
        await client.create_database("brief")
    container = await database.create_container_if_not_exists("c", PartitionKey("/p"))
    assert await database.create_container_if_not_exists("c", PartitionKey("/p"))
    await container.create_item({"id": "a", "p": "x"})
    await database.delete_container("c")
    async with refused(404):
        await container.read_item("a", "x")
    await client.delete_database("brief")
    async with refused(404):
        await database.read()


async def test_ttl_of_a_container_can_change_but_its_key_cannot(client: CosmosClient) -> None:
    database = await client.create_database("changing")
    container = await database.create_container("c", PartitionKey("/p"))
    await database.replace_container(container, PartitionKey("/p"), default_ttl=60)
    assert (await container.read())["defaultTtl"] == 60
    async with refused(400, "partitionKey"):
        await database.replace_container(container, PartitionKey("/other"))


async def test_hierarchical_key_addresses_one_item(client: CosmosClient) -> None:
    database = await client.create_database("hierarchy")
    container = await database.create_container("h", PartitionKey(["/a", "/b"], kind="MultiHash"))
    await container.create_item({"id": "1", "a": "x", "b": "y"})
    assert (await container.read_item("1", ["x", "y"]))["b"] == "y"
    async with refused(404):
        await container.read_item("1", ["x", "z"])


async def test_hundred_writes_at_once_all_arrive(client: CosmosClient) -> None:
    container = client.get_database_client("tripgen").get_container_client("places")
    await asyncio.gather(*(container.upsert_item({"id": str(n), "region": "seoul"}) for n in range(100)))
    counted = container.query_items("SELECT VALUE COUNT(1) FROM c", partition_key="seoul")
    assert [str(n) async for n in counted] == ["100"]


async def test_only_one_of_many_rivals_wins_an_etag(client: CosmosClient) -> None:
    container = client.get_database_client("tripgen").get_container_client("schedules")
    await container.create_item({"id": "s", "tripId": "t", "by": None})
    operations = [{"op": "set", "path": "/by", "value": 1}]
    condition = "FROM c WHERE IS_NULL(c.by)"
    tries = [container.patch_item("s", "t", operations, filter_predicate=condition) for _ in range(10)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1


def test_item_over_two_megabytes_is_refused(url: str) -> None:
    with SyncClient(url, KEY) as client:
        container = client.get_database_client("tripgen").get_container_client("schedules")
        container.create_item({"id": "large", "tripId": "t", "text": "x" * 2_000_000})
        with pytest.raises(CosmosHttpResponseError, match="too large") as caught:
            container.create_item({"id": "larger", "tripId": "t", "text": "x" * 2_097_152})
    assert caught.value.status_code == 413


def test_sync_sdk_writes_reads_and_queries(url: str) -> None:
    with SyncClient(url, KEY) as client:
        container = client.get_database_client("tripgen").get_container_client("notifications")
        for n in range(3):
            container.upsert_item({"id": str(n), "userId": "u", "n": n})
        assert container.read_item("1", "u")["n"] == 1
        query = "SELECT VALUE c.n FROM c WHERE c.n > 0 ORDER BY c.n DESC"
        assert list(container.query_items(query, partition_key="u")) == [2, 1]
        container.delete_item("1", "u")
        with pytest.raises(CosmosResourceNotFoundError):
            container.read_item("1", "u")
        assert [row["id"] for row in container.query_items_change_feed(start_time="Beginning")]


async def test_health_lists_what_there_is(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url) as http:
        health = (await http.get("/_devstack/health")).json()
    assert health["status"] == "ok"
    assert set(health["databases"]["tripgen"]) == {"schedules", "places", "notifications"}


async def test_throttled_requests_are_retried_by_the_sdk(url: str, client: CosmosClient) -> None:
    container = client.get_database_client("tripgen").get_container_client("places")
    async with httpx2.AsyncClient(base_url=url) as http:
        await http.post("/_devstack/faults", json={"status": 429, "count": 2})
        await container.upsert_item({"id": "x", "region": "munich"})
        await http.post("/_devstack/faults", json={"status": 429, "count": 10})  # the SDK tries ten times
        async with refused(429, "too large"):
            await container.read_item("x", "munich")
    assert await container.read_item("x", "munich")


async def test_unavailable_service_is_reported_after_the_retry(url: str, client: CosmosClient) -> None:
    container = client.get_database_client("tripgen").get_container_client("places")
    async with httpx2.AsyncClient(base_url=url) as http:
        await http.post("/_devstack/faults", json={"status": 503, "count": 9})
        async with refused(503):
            await container.read_item("x", "munich")
        await http.post("/_devstack/reset")
        await container.upsert_item({"id": "x", "region": "munich"})


async def test_account_that_is_down_comes_back(url: str, client: CosmosClient) -> None:
    async with httpx2.AsyncClient(base_url=url) as http:
        assert (await http.post("/_devstack/faults", json={"downSeconds": 60})).status_code == 204
        headers = signed(formatdate(usegmt=True))
        assert (await http.get("/", headers=headers)).status_code == 503
        assert (await http.get("/_devstack/health")).status_code == 200
        await http.post("/_devstack/faults", json={"downSeconds": 0})
        assert (await http.get("/", headers=headers)).status_code == 200


async def test_unknown_fault_is_refused(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url) as http:
        response = await http.post("/_devstack/faults", json={"status": 200})
    assert response.status_code == 400
    assert "downSeconds" in response.json()["message"]


async def test_reset_drops_items_and_keeps_containers(url: str, client: CosmosClient) -> None:
    container = client.get_database_client("tripgen").get_container_client("places")
    await container.upsert_item({"id": "x", "region": "paris"})
    async with httpx2.AsyncClient(base_url=url) as http:
        await http.post("/_devstack/reset")
    async with refused(404):
        await container.read_item("x", "paris")
    await container.create_item({"id": "x", "region": "paris"})

"""Effective partition keys as the SDK computes them, and the feeds of one partition or key prefix."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient, DatabaseProxy
from azure.cosmos.partition_key import NonePartitionKeyValue
from hypothesis import given
from hypothesis import strategies as st

from devstack.cosmos.store.effective_key import effective_key
from devstack.cosmos.store.rules import partition_key
from tests.devstack.cosmos_client import KEY, refused
from tests.launch import server

numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
# The emulator takes -0.0 for the key 0.0, the SDK hashes its bits.
components = st.one_of(st.none(), st.booleans(), numbers.map(lambda n: n + 0.0), st.text(max_size=60))


@given(components)
def test_effective_key_is_the_one_that_the_sdk_computes(component: Any) -> None:
    component = (
        0.0 if component == 0 and not isinstance(component, bool) else component
    )  # -0.0 is no other key
    wanted = PartitionKey("/p")._get_effective_partition_key_string([component])
    assert effective_key(partition_key([component]), is_hierarchical=False) == wanted


@given(st.lists(components, min_size=2, max_size=3))
def test_hierarchical_key_is_the_one_that_the_sdk_computes(values: list[Any]) -> None:
    definition = PartitionKey(["/a", "/b", "/c"][: len(values)], kind="MultiHash")
    wanted = definition._get_effective_partition_key_string(values)
    assert effective_key(partition_key(values), is_hierarchical=True) == wanted


def test_absent_key_is_the_one_that_the_sdk_computes() -> None:
    wanted = PartitionKey("/p")._get_effective_partition_key_string([NonePartitionKeyValue])
    assert effective_key("[{}]", is_hierarchical=False) == wanted


@pytest_asyncio.fixture(scope="module")
async def database() -> AsyncIterator[DatabaseProxy]:
    with server("devstack.cosmos") as url:
        async with CosmosClient(url, KEY) as client:
            yield await client.create_database("ranges")


async def texts(rows: AsyncIterator[Any]) -> list[Any]:
    return [row async for row in rows]


async def filled(database: DatabaseProxy, name: str) -> ContainerProxy:
    container = await database.create_container(name, PartitionKey("/p"))
    for number in range(12):
        await container.create_item({"id": str(number), "p": f"p{number % 4}"})
    return container


async def test_change_feed_of_one_partition_has_its_changes_only(database: DatabaseProxy) -> None:
    container = await filled(database, "one")
    feed = container.query_items_change_feed(partition_key="p1", start_time="Beginning")
    assert [row["id"] async for row in feed] == ["1", "5", "9"]


async def test_change_feed_of_one_partition_goes_on_from_its_token(database: DatabaseProxy) -> None:
    container = await filled(database, "on")
    feed = container.query_items_change_feed(partition_key="p1", start_time="Beginning", max_item_count=2)
    pages = feed.by_page()
    assert [row["id"] async for row in await anext(pages)] == ["1", "5"]
    token = container.client_connection.last_response_headers["etag"]
    await container.upsert_item({"id": "1", "p": "p1"})
    await container.upsert_item({"id": "2", "p": "p2"})
    rest = container.query_items_change_feed(continuation=token)
    assert [row["id"] async for row in rest] == ["9", "1"]


async def test_feed_ranges_read_and_query_their_items_only(database: DatabaseProxy) -> None:
    container = await filled(database, "range")
    scope = await container.feed_range_from_partition_key("p2")
    changes = container.query_items_change_feed(feed_range=scope, start_time="Beginning")
    assert [row["id"] async for row in changes] == ["2", "6", "10"]
    found = container.query_items("SELECT VALUE c.id FROM c WHERE c.id != '6'", feed_range=scope)
    assert await texts(found) == ["2", "10"]


async def test_prefix_of_a_hierarchical_key_finds_all_below_it(database: DatabaseProxy) -> None:
    container = await database.create_container("h", PartitionKey(["/a", "/b"], kind="MultiHash"))
    for number in range(12):
        await container.create_item({"id": str(number), "a": f"a{number % 3}", "b": number % 2})
    below = container.query_items("SELECT VALUE c.id FROM c", partition_key=["a1"])
    assert await texts(below) == ["1", "4", "7", "10"]
    whole = container.query_items("SELECT VALUE c.id FROM c", partition_key=["a1", 0])
    assert await texts(whole) == ["4", "10"]
    changes = container.query_items_change_feed(partition_key=["a1"], start_time="Beginning")
    assert [row["id"] async for row in changes] == ["1", "4", "7", "10"]


async def test_pages_of_a_prefix_together_are_the_whole(database: DatabaseProxy) -> None:
    container = await database.create_container("pages", PartitionKey(["/a", "/b"], kind="MultiHash"))
    for number in range(9):
        await container.create_item({"id": str(number), "a": number % 2, "b": number})
    below = container.query_items("SELECT VALUE c.id FROM c", partition_key=[0], max_item_count=2)
    assert await texts(below) == ["0", "2", "4", "6", "8"]


async def test_ranges_of_the_first_key_version_are_refused(database: DatabaseProxy) -> None:
    container = await database.create_container("old", PartitionKey("/p", version=1))
    async with refused(400, "version 1"):
        [row async for row in container.query_items_change_feed(partition_key="p", start_time="Beginning")]

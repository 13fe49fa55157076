"""How the tests of the Cosmos emulator reach it: the unmodified SDK, and one fresh partition per test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.launch import server

KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
COMPOSITE: dict[str, Any] = {
    "includedPaths": [{"path": "/*"}],
    "compositeIndexes": [[{"path": "/kind"}, {"path": "/n", "order": "descending"}]],
}
UNIQUE: dict[str, Any] = {"uniqueKeys": [{"paths": ["/email", "/kind"]}]}
_numbers = count()


def fresh_partition() -> str:
    """A partition key value that no other test uses."""
    return f"p{next(_numbers)}"


def item(partition: str, name: str = "a", **content: Any) -> dict[str, Any]:
    """An item of `things` whose unique key is its id."""
    return {"id": name, "p": partition, "email": name, **content}


@asynccontextmanager
async def things() -> AsyncIterator[ContainerProxy]:
    """A container of an emulator of its own: key /p, TTL on, a unique key, a composite index."""
    with server("devstack.cosmos") as url:
        async with CosmosClient(url, KEY) as client:
            database = await client.create_database("test")
            yield await database.create_container(
                "things",
                PartitionKey("/p"),
                default_ttl=-1,
                indexing_policy=COMPOSITE,
                unique_key_policy=UNIQUE,
            )


@asynccontextmanager
async def refused(status: int, message: str | None = None) -> AsyncIterator[None]:
    """The block ends in an SDK error with this status and these words."""
    with pytest.raises(CosmosHttpResponseError, match=message) as caught:
        yield
    assert caught.value.status_code == status

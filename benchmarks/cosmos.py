"""The Cosmos DB emulator through Microsoft's client: point reads, upserts and queries of one partition."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient

from benchmarks.journal import clock
from benchmarks.measurement import BenchmarkError, Measurement, percentile
from devstack.service import Say
from devstack.stack import Stack

DOCUMENTS = 1_000
POINTS, QUERIES, WARM_UP = 500, 20, 20
PARTITION = "p"
BODY = "x" * 1_000
UNIQUE: dict[str, Any] = {"uniqueKeys": [{"paths": ["/mail"]}]}


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """p50 and p95 of single requests, one at a time, on a partition of 1,000 documents of 1 KB."""
    samples = asyncio.run(_samples(stack.settings["COSMOS_ENDPOINT"], stack.settings["COSMOS_KEY"]))
    say(f"cosmos {POINTS} points read and written, {QUERIES} queries of {DOCUMENTS:,} documents")
    return [
        Measurement("cosmos", f"{what}, p{percent}", "ms", percentile(found, percent))
        for what, found in samples.items()
        for percent in (50, 95)
    ]


async def _samples(endpoint: str, key: str) -> dict[str, list[float]]:
    async with CosmosClient(endpoint, key) as client:
        database = await client.create_database_if_not_exists("bench")
        container = await database.create_container("cosmos", PartitionKey("/p"), unique_key_policy=UNIQUE)
        for number in range(DOCUMENTS):
            await container.create_item(_document(number))
        try:
            return {
                "point read": await _timed(POINTS, lambda n: container.read_item(str(n), PARTITION)),
                "upsert, a unique key": await _timed(POINTS, lambda n: container.upsert_item(_document(n))),
                f"query of {DOCUMENTS:,}": await _timed(QUERIES, lambda _: _query(container)),
                "sorted query, the first 20": await _timed(QUERIES, lambda _: _sorted(container)),
            }
        finally:
            await database.delete_container("cosmos")


def _document(number: int) -> dict[str, object]:
    return {"id": str(number), "p": PARTITION, "mail": f"{number}@example.com", "n": number, "text": BODY}


async def _query(container: ContainerProxy) -> None:
    await _counted(container, "SELECT * FROM c WHERE c.n >= 0", DOCUMENTS)


async def _sorted(container: ContainerProxy) -> None:
    await _counted(container, "SELECT c.id, c.n FROM c ORDER BY c.n DESC OFFSET 0 LIMIT 20", 20)


async def _counted(container: ContainerProxy, sql: str, wanted: int) -> None:
    rows = container.query_items(sql, partition_key=PARTITION, max_item_count=DOCUMENTS)
    found = [row async for row in rows]
    if len(found) != wanted:
        raise BenchmarkError(f"The query gave {len(found)} documents instead of {wanted}.")


async def _timed(count: int, act: Callable[[int], Awaitable[object]]) -> list[float]:
    """Milliseconds of each call, the first ones left out."""
    samples: list[float] = []
    for number in range(WARM_UP + count):
        begun = clock()
        await act(number % DOCUMENTS)
        samples.append((clock() - begun) / 1e6)
    return samples[WARM_UP:]

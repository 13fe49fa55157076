"""The emulator killed in mid-traffic: every acknowledged write is there again, and no batch is half there."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy, CosmosClient

from devstack import native
from tests.devstack.cosmos_client import KEY
from tests.devstack.servicebus_namespace import abandoned_sockets
from tests.launch import launched

KILLS = 3
WRITERS = 4
PATIENCE_S = 60
QUICK: dict[str, Any] = {"retry_total": 0, "retry_connect": 0, "retry_read": 0, "connection_timeout": 5}


class Written:
    """What may be found after the kill: for each item the possible values of `n`, None for no item."""

    def __init__(self) -> None:
        self.possible: dict[str, set[int | None]] = {}
        self.batches: set[str] = set()

    @asynccontextmanager
    async def becoming(self, name: str, value: int | None) -> AsyncIterator[None]:
        """Until the block ends, with the acknowledgement, the item may be as before or as it becomes."""
        self.possible[name] = self.possible.get(name, {None}) | {value}
        yield
        self.possible[name] = {value}


def schedules(client: CosmosClient) -> ContainerProxy:
    return client.get_database_client("tripgen").get_container_client("schedules")


async def write_until_it_breaks(port: int, writer: str, written: Written) -> None:
    async with CosmosClient(f"http://127.0.0.1:{port}", KEY, **QUICK) as client:
        try:
            for number in range(100_000):
                await write(schedules(client), f"{writer}-{number}", number, written)
        except (AzureError, OSError):
            return
    raise AssertionError("The emulator outlived its killing.")


async def write(container: ContainerProxy, name: str, number: int, written: Written) -> None:
    async with written.becoming(name, 0):
        await container.create_item({"id": name, "tripId": "t", "n": 0})
    async with written.becoming(name, number + 1):
        await container.patch_item(name, "t", [{"op": "set", "path": "/n", "value": number + 1}])
    pair = [("create", ({"id": f"{name}-{half}", "tripId": "b", "batch": name},)) for half in "ab"]
    await container.execute_item_batch(pair, "b")
    written.batches.add(name)
    if number % 3 == 0:
        async with written.becoming(name, None):
            await container.delete_item(name, "t")


async def live_and_die(port: int, state: Path, life: int, written: Written) -> None:
    with launched("devstack.cosmos", "--state", str(state), "--port", str(port)) as (_, process):
        names = [f"{life}-{writer}" for writer in range(WRITERS)]
        writing = [asyncio.create_task(write_until_it_breaks(port, name, written)) for name in names]
        async with asyncio.timeout(PATIENCE_S):
            while len(written.batches) < 30 * (life + 1):  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        await asyncio.gather(*writing)


async def test_killed_in_mid_traffic_it_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    port, written = native.free_port(), Written()
    with abandoned_sockets():
        for life in range(KILLS):
            await live_and_die(port, tmp_path, life, written)
    with launched("devstack.cosmos", "--state", str(tmp_path), "--port", str(port)):
        async with CosmosClient(f"http://127.0.0.1:{port}", KEY) as client:
            found = {row["id"]: row["n"] async for row in rows(client, "t")}
            halves = [row["batch"] async for row in rows(client, "b")]
    wrong = {name: found.get(name) for name, n in written.possible.items() if found.get(name) not in n}
    assert not wrong, "an acknowledged write is lost"
    assert found.keys() <= written.possible.keys()
    assert written.batches <= set(halves), "an acknowledged batch is lost"
    assert all(halves.count(name) == 2 for name in halves), "half a batch is stored"


def rows(client: CosmosClient, partition: str) -> Any:
    return schedules(client).query_items("SELECT * FROM c", partition_key=partition, max_item_count=1000)

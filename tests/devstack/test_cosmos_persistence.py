"""With a state folder, the emulator keeps every acknowledged write, however it ends."""

import asyncio
import json
from pathlib import Path

from azure.cosmos.aio import ContainerProxy, CosmosClient

from tests.devstack.cosmos_client import KEY
from tests.launch import launched, server


def schedules(client: CosmosClient) -> ContainerProxy:
    return client.get_database_client("tripgen").get_container_client("schedules")


async def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "cosmos state"))
    with launched("devstack.cosmos", *state) as (url, process):
        async with CosmosClient(url, KEY) as client:
            writes = [schedules(client).create_item({"id": str(n), "tripId": "t", "n": n}) for n in range(20)]
            kept = await asyncio.gather(*writes)
            await schedules(client).delete_item("0", "t")
            process.kill()
            process.wait(10)
    with server("devstack.cosmos", *state) as url:
        async with CosmosClient(url, KEY) as client:
            rows = [row async for row in schedules(client).query_items("SELECT * FROM c", partition_key="t")]
            written = await schedules(client).create_item({"id": "0", "tripId": "t"})
    assert sorted(rows, key=str) == sorted(kept[1:], key=str)
    assert written["_rid"] not in {row["_rid"] for row in kept}


async def test_without_a_state_folder_each_start_is_empty(tmp_path: Path) -> None:
    config = tmp_path / "Config.json"
    config.write_text(json.dumps({"databases": [{"id": "mine", "containers": []}]}))
    with server("devstack.cosmos", "--config", str(config)) as url:
        async with CosmosClient(url, KEY) as client:
            assert [database["id"] async for database in client.list_databases()] == ["mine"]
            await client.create_database("more")
    with server("devstack.cosmos", "--config", str(config)) as url:
        async with CosmosClient(url, KEY) as client:
            assert [database["id"] async for database in client.list_databases()] == ["mine"]


async def test_account_opens_with_the_key_it_was_given() -> None:
    with server("devstack.cosmos", "--key", "bXkgb3duIGtleQ==") as url:
        async with CosmosClient(url, "bXkgb3duIGtleQ==") as client:
            assert [database["id"] async for database in client.list_databases()] == ["tripgen"]

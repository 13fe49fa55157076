"""Items through the unmodified async SDK: point operations, ETags, and what is refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError

from tests.devstack.cosmos_client import fresh_partition, item, refused, things

IF_MATCH = MatchConditions.IfNotModified


@pytest_asyncio.fixture(scope="module")
async def container() -> AsyncIterator[ContainerProxy]:
    async with things() as container:
        yield container


async def test_created_item_is_read_back_with_system_properties(container: ContainerProxy) -> None:
    p = fresh_partition()
    created = await container.create_item(item(p, title="Dom zu Salzburg", tags=["ä", {"n": 1.5}]))
    read = await container.read_item("a", p)
    assert read == created
    assert read["title"] == "Dom zu Salzburg"
    assert {"_rid", "_self", "_etag", "_ts"} <= read.keys()


async def test_same_id_in_two_partitions_is_two_items(container: ContainerProxy) -> None:
    p, q = fresh_partition(), fresh_partition()
    await container.create_item(item(p, n=1))
    await container.create_item(item(q, n=2))
    assert (await container.read_item("a", p))["n"] == 1
    assert (await container.read_item("a", q))["n"] == 2


async def test_second_create_of_an_id_is_a_conflict(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p))
    async with refused(409, "already exists"):
        await container.create_item(item(p))


async def test_missing_item_is_not_found(container: ContainerProxy) -> None:
    p = fresh_partition()
    async with refused(404):
        await container.read_item("a", p)
    async with refused(404):
        await container.replace_item("a", item(p))
    async with refused(404):
        await container.delete_item("a", p)
    async with refused(404):
        await container.patch_item("a", p, [{"op": "set", "path": "/n", "value": 1}])


async def test_upsert_creates_then_replaces_and_keeps_the_rid(container: ContainerProxy) -> None:
    p = fresh_partition()
    first = await container.upsert_item(item(p, n=1))
    second = await container.upsert_item(item(p, n=2))
    assert (await container.read_item("a", p))["n"] == 2
    assert first["_rid"] == second["_rid"]
    assert first["_etag"] != second["_etag"]


async def test_deleted_item_is_gone(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p))
    await container.delete_item("a", p)
    async with refused(404):
        await container.read_item("a", p)


async def test_writes_under_the_current_etag_succeed(container: ContainerProxy) -> None:
    p = fresh_partition()
    etag = (await container.create_item(item(p)))["_etag"]
    replaced = await container.replace_item("a", item(p, n=2), etag=etag, match_condition=IF_MATCH)
    upserted = await container.upsert_item(item(p, n=3), etag=replaced["_etag"], match_condition=IF_MATCH)
    await container.delete_item("a", p, etag=upserted["_etag"], match_condition=IF_MATCH)


async def test_writes_under_a_stale_etag_change_nothing(container: ContainerProxy) -> None:
    p = fresh_partition()
    etag = (await container.create_item(item(p)))["_etag"]
    await container.upsert_item(item(p, n=2))
    async with refused(412):
        await container.replace_item("a", item(p, n=9), etag=etag, match_condition=IF_MATCH)
    async with refused(412):
        await container.upsert_item(item(p, n=9), etag=etag, match_condition=IF_MATCH)
    async with refused(412):
        await container.delete_item("a", p, etag=etag, match_condition=IF_MATCH)
    async with refused(412):
        operations = [{"op": "set", "path": "/n", "value": 9}]
        await container.patch_item("a", p, operations, etag=etag, match_condition=IF_MATCH)
    assert (await container.read_item("a", p))["n"] == 2


async def test_read_with_a_known_etag_is_answered_not_modified(container: ContainerProxy) -> None:
    p = fresh_partition()
    etag = (await container.create_item(item(p)))["_etag"]
    read = await container.read_item("a", p, etag=etag, match_condition=MatchConditions.IfModified)
    assert read == {}
    assert read.get_response_headers()["etag"] == etag


async def test_replies_carry_charge_and_a_rising_session_token(container: ContainerProxy) -> None:
    p = fresh_partition()
    tokens = []
    for n in range(2):
        headers = (await container.upsert_item(item(p, n=n))).get_response_headers()
        assert float(headers["x-ms-request-charge"]) > 0
        partition_range, _, lsn = headers["x-ms-session-token"].partition(":-1#")
        assert partition_range == "0"
        tokens.append(int(lsn))
    assert tokens[0] < tokens[1]


async def test_minimal_reply_has_headers_only(container: ContainerProxy) -> None:
    p = fresh_partition()
    created = await container.create_item(item(p), no_response=True)
    assert created == {}
    assert created.get_response_headers()["etag"]


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", "a?b", "a#b", "x" * 1024])
async def test_id_that_breaks_the_rules_is_refused(container: ContainerProxy, name: str) -> None:
    p = fresh_partition()
    # a batch goes past the checks of the SDK itself
    with pytest.raises(CosmosBatchOperationError) as caught:
        await container.execute_item_batch([("create", ({"id": name, "p": p},))], p)
    assert caught.value.status_code == 400


@pytest.mark.parametrize("name", ["Café Würfel & Zucker 100 %", "50%41+1", "서울", "a=b;c"])
async def test_unusual_ids_and_keys_survive_path_and_header(container: ContainerProxy, name: str) -> None:
    p = fresh_partition() + name
    await container.create_item(item(p, name))
    assert (await container.read_item(name, p))["id"] == name


@pytest.mark.parametrize("ttl", [0, -2, 1.5, "60", 2**31])
async def test_wrong_ttl_is_refused(container: ContainerProxy, ttl: object) -> None:
    async with refused(400, "ttl"):
        await container.create_item(item(fresh_partition(), ttl=ttl))


async def test_item_is_gone_when_its_ttl_has_passed(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p, ttl=1))
    await container.create_item(item(p, "kept", ttl=-1))
    query = container.query_items("SELECT VALUE c.id FROM c", partition_key=p)
    assert "kept" in [str(name) async for name in query]
    await asyncio.sleep(1.1)
    async with refused(404):
        await container.read_item("a", p)
    assert await container.read_item("kept", p)


async def test_unique_key_holds_within_a_partition_only(container: ContainerProxy) -> None:
    p, q = fresh_partition(), fresh_partition()
    await container.create_item({"id": "1", "p": p, "email": "m@example.org", "kind": "x"})
    await container.create_item({"id": "1", "p": q, "email": "m@example.org", "kind": "x"})
    async with refused(409, "Unique"):
        await container.create_item({"id": "2", "p": p, "email": "m@example.org", "kind": "x"})
    await container.upsert_item({"id": "1", "p": p, "email": "m@example.org", "kind": "x", "n": 2})


async def test_replacing_cannot_move_an_item_to_another_partition(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p))
    with pytest.raises(CosmosBatchOperationError) as caught:
        await container.execute_item_batch([("replace", ("a", item("elsewhere")))], p)
    assert caught.value.status_code == 400


async def test_deleting_a_partition_leaves_the_others(container: ContainerProxy) -> None:
    p, q = fresh_partition(), fresh_partition()
    await container.create_item(item(p))
    await container.create_item(item(q))
    await container.delete_all_items_by_partition_key(p)
    async with refused(404):
        await container.read_item("a", p)
    assert await container.read_item("a", q)

"""Partial updates and transactional batches through the unmodified async SDK."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError

from tests.devstack.cosmos_client import fresh_partition, item, refused, things


@pytest_asyncio.fixture(scope="module")
async def container() -> AsyncIterator[ContainerProxy]:
    async with things() as container:
        yield container


async def test_patch_applies_its_operations_in_order(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p, n=1, days=["mon", "wed"], old="x", geo={"lat": 1}))
    patched = await container.patch_item(
        "a",
        p,
        [
            {"op": "incr", "path": "/n", "value": 5},
            {"op": "incr", "path": "/visits", "value": 1},
            {"op": "add", "path": "/days/1", "value": "tue"},
            {"op": "add", "path": "/days/-", "value": "thu"},
            {"op": "set", "path": "/days/0", "value": "MON"},
            {"op": "replace", "path": "/geo/lat", "value": 47.8},
            {"op": "remove", "path": "/old"},
            {"op": "move", "from": "/geo/lat", "path": "/latitude"},
        ],
    )
    assert patched["n"] == 6
    assert patched["visits"] == 1
    assert patched["days"] == ["MON", "tue", "wed", "thu"]
    assert patched["geo"] == {}
    assert patched["latitude"] == 47.8
    assert "old" not in patched


async def test_patch_under_a_condition_that_fails_changes_nothing(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p, state="draft"))
    operations = [{"op": "set", "path": "/state", "value": "done"}]
    async with refused(412):
        await container.patch_item("a", p, operations, filter_predicate="FROM c WHERE c.state = 'planned'")
    patched = await container.patch_item(
        "a", p, operations, filter_predicate="FROM c WHERE c.state = 'draft'"
    )
    assert patched["state"] == "done"


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "set", "path": "/id", "value": "b"},
        {"op": "set", "path": "/p", "value": "b"},
        {"op": "set", "path": "/_etag", "value": "b"},
        {"op": "replace", "path": "/absent", "value": 1},
        {"op": "remove", "path": "/absent"},
        {"op": "set", "path": "/absent/deep", "value": 1},
        {"op": "add", "path": "/days/7", "value": 1},
        {"op": "incr", "path": "/text", "value": 1},
        {"op": "test", "path": "/n", "value": 1},
        {"op": "set", "path": "n", "value": 1},
        {"op": "set", "path": "/n"},
    ],
)
async def test_patch_that_cannot_apply_is_refused_whole(
    container: ContainerProxy, operation: dict[str, Any]
) -> None:
    p = fresh_partition()
    created = await container.create_item(item(p, n=1, text="x", days=[]))
    async with refused(400):
        await container.patch_item("a", p, [{"op": "incr", "path": "/n", "value": 1}, operation])
    assert await container.read_item("a", p) == created


async def test_patch_of_eleven_operations_is_refused(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p, n=1))
    async with refused(400, "10 operations"):
        await container.patch_item("a", p, [{"op": "incr", "path": "/n", "value": 1}] * 11)


async def test_batch_performs_every_kind_of_operation(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p, "old"))
    results = await container.execute_item_batch(
        [
            ("create", (item(p, "a", n=1),)),
            ("upsert", (item(p, "b", n=1),)),
            ("replace", ("a", item(p, "a", n=2))),
            ("patch", ("a", [{"op": "incr", "path": "/n", "value": 1}])),
            ("read", ("a",)),
            ("delete", ("old",)),
        ],
        p,
    )
    assert [result["statusCode"] for result in results] == [201, 201, 200, 200, 200, 204]
    assert results[4]["resourceBody"]["n"] == 3
    async with refused(404):
        await container.read_item("old", p)


async def test_refused_operation_undoes_the_whole_batch(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p, "kept", n=1))
    with pytest.raises(CosmosBatchOperationError) as caught:
        await container.execute_item_batch(
            [
                ("create", (item(p, "new"),)),
                ("patch", ("kept", [{"op": "incr", "path": "/n", "value": 1}])),
                ("create", (item(p, "kept"),)),
                ("delete", ("kept",)),
            ],
            p,
        )
    assert caught.value.error_index == 2
    assert [result["statusCode"] for result in caught.value.operation_responses] == [424, 424, 409, 424]
    assert (await container.read_item("kept", p))["n"] == 1
    async with refused(404):
        await container.read_item("new", p)


async def test_batch_honours_etags_and_filters(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item(item(p, n=1))
    increment = [{"op": "incr", "path": "/n", "value": 1}]
    for options in ({"if_match_etag": '"stale"'}, {"filter_predicate": "FROM c WHERE c.n = 7"}):
        with pytest.raises(CosmosBatchOperationError) as caught:
            await container.execute_item_batch([("patch", ("a", increment), options)], p)
        assert caught.value.status_code == 412


async def test_batch_of_101_operations_is_refused(container: ContainerProxy) -> None:
    p = fresh_partition()
    async with refused(400, "more operations"):
        await container.execute_item_batch([("read", ("a",))] * 101, p)

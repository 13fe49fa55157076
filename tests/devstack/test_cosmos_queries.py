"""Queries through the unmodified async SDK: partitions, pages, and what the real service would refuse."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from azure.cosmos.aio import ContainerProxy

from tests.devstack.cosmos_client import fresh_partition, refused, things

TOWNS = ["Seoul", "Salzburg", "Munich", "Busan", "Paris", "Tokyo", "Innsbruck"]


@pytest_asyncio.fixture(scope="module")
async def container() -> AsyncIterator[ContainerProxy]:
    async with things() as container:
        for p in ("u1", "u2"):
            for n, name in enumerate(TOWNS):
                kind = ["museum", "park"][n % 2]
                content = {"email": name, "n": n, "kind": kind, "geo": {"lat": n * 1.5}, "tags": [kind, name]}
                await container.create_item({"id": name, "p": p, **content})
        yield container


async def found(container: ContainerProxy, sql: str, p: str | None = "u1", **values: Any) -> list[Any]:
    parameters = [{"name": f"@{name}", "value": value} for name, value in values.items()]
    scope: dict[str, Any] = {} if p is None else {"partition_key": p}
    return [row async for row in container.query_items(sql, parameters=parameters, **scope)]


async def test_query_sees_its_own_partition_only(container: ContainerProxy) -> None:
    rows = await found(container, "SELECT * FROM c", "u2")
    assert [row["id"] for row in rows] == TOWNS
    assert {row["p"] for row in rows} == {"u2"}


async def test_parameters_filter_and_sort(container: ContainerProxy) -> None:
    sql = "SELECT VALUE c.id FROM c WHERE c.n >= @least AND c.kind = @kind ORDER BY c.n DESC"
    assert await found(container, sql, least=1, kind="park") == ["Tokyo", "Busan", "Salzburg"]


async def test_projection_has_names_and_nested_paths(container: ContainerProxy) -> None:
    sql = 'SELECT c.id, c.geo.lat AS latitude, c["tags"][1] AS tag FROM c WHERE c.n = 2'
    assert await found(container, sql) == [{"id": "Munich", "latitude": 3.0, "tag": "Munich"}]


async def test_offset_limit_cuts_the_sorted_rows(container: ContainerProxy) -> None:
    assert await found(container, "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 2 LIMIT 3") == [2, 3, 4]


async def test_aggregates_within_a_partition(container: ContainerProxy) -> None:
    assert await found(container, "SELECT VALUE COUNT(1) FROM c WHERE c.kind = 'park'") == [3]
    assert await found(container, "SELECT VALUE MAX(c.n) FROM c") == [6]
    assert await found(container, "SELECT VALUE MIN(c.id) FROM c") == ["Busan"]
    assert await found(container, "SELECT VALUE SUM(c.geo.lat) FROM c") == [31.5]


async def test_order_by_two_paths_follows_the_composite_index(container: ContainerProxy) -> None:
    sql = "SELECT VALUE c.n FROM c ORDER BY c.kind, c.n DESC"
    assert await found(container, sql) == [6, 4, 2, 0, 5, 3, 1]
    sql = "SELECT VALUE c.n FROM c ORDER BY c.kind DESC, c.n"
    assert await found(container, sql) == [1, 3, 5, 0, 2, 4, 6]


async def test_order_by_two_paths_without_composite_index_is_refused(container: ContainerProxy) -> None:
    async with refused(400, "composite index"):
        await found(container, "SELECT * FROM c ORDER BY c.kind, c.n")


async def test_pages_hold_all_rows_once(container: ContainerProxy) -> None:
    for sql in ("SELECT * FROM c", "SELECT * FROM c ORDER BY c.id"):
        query = container.query_items(sql, partition_key="u1", max_item_count=3)
        pages = [[row["id"] async for row in page] async for page in query.by_page()]
        assert [len(page) for page in pages] == [3, 3, 1]
        assert sorted(name for page in pages for name in page) == sorted(TOWNS)


async def test_continuation_token_resumes_in_a_new_query(container: ContainerProxy) -> None:
    def query() -> Any:
        return container.query_items("SELECT VALUE c.n FROM c", partition_key="u1", max_item_count=4)

    pages = query().by_page()
    first = [n async for n in await anext(pages)]
    rest = [n async for page in query().by_page(pages.continuation_token) async for n in page]
    assert first + rest == list(range(7))


async def test_deletion_between_pages_skips_no_row(container: ContainerProxy) -> None:
    p = fresh_partition()
    for n in range(6):
        await container.create_item({"id": str(n), "p": p, "email": n})
    query = container.query_items("SELECT VALUE c.id FROM c", partition_key=p, max_item_count=2)
    pages: Any = query.by_page()
    assert [name async for name in await anext(pages)] == ["0", "1"]
    await container.delete_item("0", p)
    assert [name async for name in await anext(pages)] == ["2", "3"]


async def test_continuation_token_of_another_query_is_refused(container: ContainerProxy) -> None:
    query = container.query_items("SELECT * FROM c", partition_key="u1", max_item_count=2)
    pages: Any = query.by_page()
    await anext(pages)
    other = container.query_items("SELECT c.id FROM c", partition_key="u1", max_item_count=2)
    async with refused(400, "continuation token"):
        await anext(other.by_page(pages.continuation_token))


async def test_filter_may_cross_partitions(container: ContainerProxy) -> None:
    rows = await found(container, "SELECT c.p, c.id FROM c WHERE c.n = 3", None)
    assert rows == [{"p": "u1", "id": "Busan"}, {"p": "u2", "id": "Busan"}]


@pytest.mark.parametrize(
    ("sql", "clause"),
    [
        ("SELECT * FROM c ORDER BY c.n", "ORDER BY"),
        ("SELECT VALUE COUNT(1) FROM c", "aggregate"),
        ("SELECT TOP 1 * FROM c", "TOP"),
        ("SELECT * FROM c OFFSET 0 LIMIT 1", "OFFSET LIMIT"),
        ("SELECT DISTINCT c.kind FROM c", "DISTINCT"),
        ("SELECT c.kind, COUNT(1) AS n FROM c GROUP BY c.kind", "GROUP BY"),
    ],
)
async def test_merging_across_partitions_is_refused(container: ContainerProxy, sql: str, clause: str) -> None:
    async with refused(400, clause):
        await found(container, sql, None)


async def test_all_items_are_read_page_by_page(container: ContainerProxy) -> None:
    rows = [row async for row in container.read_all_items(max_item_count=5)]
    assert len([row for row in rows if row["p"] in {"u1", "u2"}]) == 14


async def test_many_items_are_read_at_once(container: ContainerProxy) -> None:
    wanted = [("Seoul", "u1"), ("Seoul", "u2"), ("Busan", "u1")]
    rows = await container.read_items([*wanted, ("Atlantis", "u1")])
    assert sorted((row["id"], row["p"]) for row in rows) == sorted(wanted)


async def test_change_feed_ends_and_goes_on_where_it_ended(container: ContainerProxy) -> None:
    p = fresh_partition()
    await container.create_item({"id": "a", "p": p, "email": "a"})
    feed = container.query_items_change_feed(start_time="Beginning")
    assert [row["id"] async for row in feed][-1] == "a"
    token = container.client_connection.last_response_headers["etag"]
    await container.create_item({"id": "b", "p": p, "email": "b"})
    await container.upsert_item({"id": "a", "p": p, "email": "a"})
    feed = container.query_items_change_feed(continuation=token)
    assert [row["id"] async for row in feed] == ["b", "a"]


async def test_change_feed_from_now_starts_empty(container: ContainerProxy) -> None:
    assert [row async for row in container.query_items_change_feed(start_time="Now")] == []

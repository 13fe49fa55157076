"""Documents by partition on a Cosmos DB account that is there, away, back, or not ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from devstack import native
from shared.documents import Documents
from shared.errors import AppError, Transient
from tests.integration.little_server import Handler, LittleServer
from tests.integration.stores import COSMOS_KEY
from tests.launch import server

OTHER_KEY = COSMOS_KEY[::-1].lstrip("=") + "=="


@asynccontextmanager
async def opened(url: str, *, key: str = COSMOS_KEY, database: str = "tripgen") -> AsyncIterator[Documents]:
    documents = Documents(endpoint=url, key=key, database=database)
    try:
        yield documents
    finally:
        await documents.close()


def place(region: str, number: int, **content: object) -> dict[str, object]:
    return {"id": f"p{number}", "region": region, "number": number, **content}


def region() -> str:
    """A partition no other test uses."""
    return f"at:{uuid4()}"


async def test_document_put_is_found_in_its_partition_only(documents: Documents) -> None:
    here, there = region(), region()
    await documents.put("places", place(here, 1, name="Nymphenburg ♛"))
    found = await documents.find("places", "p1", partition=here)
    assert found is not None
    assert found["name"] == "Nymphenburg ♛"
    assert await documents.find("places", "p1", partition=there) is None


async def test_put_replaces_and_drop_twice_is_fine(documents: Documents) -> None:
    here = region()
    for name in ("old", "new"):
        await documents.put("places", place(here, 1, name=name))
    found = await documents.find("places", "p1", partition=here)
    assert found is not None
    assert found["name"] == "new"
    for _ in range(2):
        await documents.drop("places", "p1", partition=here)
    assert await documents.find("places", "p1", partition=here) is None


async def test_query_takes_parameters_as_values_and_returns_every_page_of_one_partition(
    documents: Documents,
) -> None:
    here, there = region(), region()
    await documents.put_all("places", [place(where, n) for where in (here, there) for n in range(150)])
    every = await documents.query("places", "SELECT * FROM c ORDER BY c.id", partition=here)
    assert len(every) == 150
    assert [row["id"] for row in every] == sorted(f"p{n}" for n in range(150))
    hostile = "p1' OR '1'='1"
    sql = "SELECT * FROM c WHERE c.id = @id AND c.number >= @least"
    parameters = {"id": "p7", "least": 7}
    assert [row["id"] for row in await documents.query("places", sql, partition=here, parameters=parameters)]
    assert not await documents.query("places", sql, partition=here, parameters=parameters | {"id": hostile})


async def test_refused_document_is_our_own_error_and_stops_the_rest(documents: Documents) -> None:
    here = region()
    broken = place(here, 300, ttl="soon")
    with pytest.raises(AppError, match="refused") as caught:
        await documents.put_all("places", [broken, *(place(here, n) for n in range(300))])
    assert not isinstance(caught.value, Transient)
    assert len(await documents.query("places", "SELECT c.id FROM c", partition=here)) < 300


async def test_absent_account_is_transient_and_the_same_client_works_once_it_is_there() -> None:
    port = native.free_port()
    async with opened(f"http://127.0.0.1:{port}/") as documents:
        with pytest.raises(Transient):
            await documents.find("places", "p1", partition="at:1")
        with server("devstack.cosmos", "--key", COSMOS_KEY, "--port", str(port)):
            await documents.put("places", place("at:1", 1))
            assert await documents.answers()
        assert not await documents.answers()
        with server("devstack.cosmos", "--key", COSMOS_KEY, "--port", str(port)):
            assert await documents.find("places", "p1", partition="at:1") is None


async def test_wrong_key_is_no_passing_failure_and_never_shown(cosmos_url: str) -> None:
    async with opened(cosmos_url, key=OTHER_KEY) as documents:
        with pytest.raises(AppError) as caught:
            await documents.find("places", "p1", partition="at:1")
        assert not isinstance(caught.value, Transient)
        shown = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
        assert OTHER_KEY not in shown


async def test_absent_database_is_no_passing_failure_for_writes(cosmos_url: str) -> None:
    async with opened(cosmos_url, database="absent") as documents:
        with pytest.raises(AppError) as caught:
            await documents.put("places", place("at:1", 1))
        assert not isinstance(caught.value, Transient)


class Keeping(Handler):
    """An account that keeps every container from whoever asks, as a missing role does."""

    def reply(self) -> None:
        place = [{"name": "here", "databaseAccountEndpoint": f"http://{self.headers['Host']}/"}]
        if self.path.rstrip("/"):
            told = "principal does not have required RBAC permissions"
            self.answer(403, {"code": "Forbidden", "message": told})
        else:
            self.answer(200, {"id": "kept", "writableLocations": place, "readableLocations": place})


async def test_an_account_that_keeps_a_container_from_us_is_there_all_the_same() -> None:
    with LittleServer(Keeping) as account:
        async with opened(f"http://127.0.0.1:{account.port}/") as documents:
            assert await documents.answers()
            with pytest.raises(AppError, match=r"refused our request \(403\)"):
                await documents.find("schedules", "d", partition="t")

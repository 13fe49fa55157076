"""However many ask for the same at once, in however many processes, the provider is asked once."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

import pytest
import pytest_asyncio

from devstack import native
from shared import places
from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.errors import Transient
from shared.maps import Maps
from shared.messaging import SearchPlaces
from shared.places import Shelf, flight, repository
from tests.integration.services import broken, calls
from tests.launch import ROOT

PROCESSES, TIMES = 5, 10
SEARCHED = "places.searchText"
_numbers = count()


def order() -> SearchPlaces:
    """Laundries: one search of one page."""
    region = f"at:flight-{next(_numbers)}"
    return SearchPlaces(region=region, category="laundry", lat=48.137, lng=11.575, zone="Europe/Berlin")


@pytest_asyncio.fixture
async def deaf(db: Database, documents: Documents) -> AsyncIterator[Shelf]:
    """The same stores with a Redis that nobody answers at."""
    absent = Cache(f"redis://127.0.0.1:{native.free_port()}/0")
    yield Shelf(db=db, cache=absent, documents=documents)
    await absent.close()


class Asker:
    """A process that is ready to ask."""

    def __init__(self, told: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.integration.place_asker", json.dumps(told), str(TIMES)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()


@contextmanager
def askers(told: dict[str, str]) -> Iterator[list[Asker]]:
    """Processes that wait for the word."""
    running = [Asker(told) for _ in range(PROCESSES)]
    try:
        assert [asker.read() for asker in running] == ["ready\n"] * PROCESSES
        yield running
    finally:
        for asker in running:
            asker.process.communicate(timeout=60)


@pytest.mark.parametrize("with_redis", [True, False])
def test_fifty_workers_in_five_processes_make_one_call(
    postgres_url: str, redis_url: str, cosmos_url: str, maps_url: str, *, with_redis: bool
) -> None:
    told = {
        "postgres": postgres_url,
        "redis": redis_url if with_redis else f"redis://127.0.0.1:{native.free_port()}/0",
        "cosmos": cosmos_url,
        "maps": maps_url,
        "order": order().model_dump_json(by_alias=True, exclude_none=True),
    }
    with askers(told) as running, broken(maps_url, "slow", latencyMs=300):
        before = calls(maps_url).get(SEARCHED, 0)
        for asker in running:
            asker.go()
        found = [json.loads(asker.read()) for asker in running]
    assert calls(maps_url)[SEARCHED] - before == 1
    counts = [one for answer in found for one in answer]
    assert len(counts) == PROCESSES * TIMES
    assert len(set(counts)) == 1
    assert counts[0] > 0


async def test_a_failure_is_shared_by_all_who_waited(shelf: Shelf, maps: Maps, maps_url: str) -> None:
    asked = order()
    with broken(maps_url, "down"):
        before = calls(maps_url).get(SEARCHED, 0)
        answers = await asyncio.gather(
            *(places.search(asked, shelf=shelf, maps=maps) for _ in range(20)), return_exceptions=True
        )
        attempts = calls(maps_url).get(SEARCHED, 0) - before
    assert {type(answer) for answer in answers} == {Transient}
    assert attempts <= 3, "one call, with the retries of its HTTP session"


async def test_a_leader_that_died_is_followed_when_its_lease_ends(shelf: Shelf, maps: Maps) -> None:
    asked = order()
    key = f"{asked.region}/{asked.category}"
    async with shelf.db.transaction() as tx:
        dead = uuid4()
        assert await repository.claim_flight(tx, key, holder=dead, lease=flight.REST)
    assert await places.search(asked, shelf=shelf, maps=maps) > 0


async def test_who_waits_too_long_is_told_to_try_again(shelf: Shelf) -> None:
    async with shelf.db.transaction() as tx:
        assert await repository.claim_flight(tx, "slow", holder=uuid4(), lease=flight.LEASE)

    async def nothing() -> int | None:
        return None

    async def never() -> int:
        raise AssertionError("somebody else is on it")

    with pytest.raises(Transient):
        await flight.once("slow", look=nothing, call=never, patience=0.3, db=shelf.db, cache=shelf.cache)


async def test_a_call_that_takes_too_long_is_given_up_and_said_to_have_failed(shelf: Shelf) -> None:
    async def nothing() -> int | None:
        return None

    async def forever() -> int:
        await asyncio.Event().wait()
        return 0

    with pytest.raises(Transient):
        await flight.once("hung", look=nothing, call=forever, patience=0.2, db=shelf.db, cache=shelf.cache)
    async with shelf.db.transaction() as tx:
        assert await repository.flight_failed(tx, "hung")


async def test_a_late_leader_does_not_end_the_flight_of_the_next(db: Database) -> None:
    late, following = uuid4(), uuid4()
    async with db.transaction() as tx:
        assert await repository.claim_flight(tx, "late", holder=late, lease=flight.LEASE * 0)
    async with db.transaction() as tx:
        assert await repository.claim_flight(tx, "late", holder=following, lease=flight.LEASE)
    async with db.transaction() as tx:
        await repository.end_flight(tx, "late", holder=late)
        await repository.fail_flight(tx, "late", holder=late, rest=flight.REST)
        assert not await repository.flight_failed(tx, "late")
        assert not await repository.claim_flight(tx, "late", holder=late, lease=flight.LEASE)


async def test_without_redis_those_who_wait_look_by_themselves(
    deaf: Shelf, maps: Maps, maps_url: str
) -> None:
    asked = order()
    before = calls(maps_url).get(SEARCHED, 0)
    found = await asyncio.gather(*(places.search(asked, shelf=deaf, maps=maps) for _ in range(10)))
    assert len(set(found)) == 1
    assert calls(maps_url)[SEARCHED] == before + 1


async def test_nothing_is_left_in_flight(shelf: Shelf, maps: Maps) -> None:
    asked = order()
    await places.search(asked, shelf=shelf, maps=maps)
    async with shelf.db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT key FROM place_flights WHERE key = %s", (f"{asked.region}/{asked.category}",)
        )
        assert await cursor.fetchone() is None

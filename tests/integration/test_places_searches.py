"""Searches in the background: one effect per search, whatever happens to its message."""

import asyncio
from datetime import timedelta

import pytest

from devstack import native
from shared import places
from shared.cache import Cache
from shared.db import Database, Replay, new_id
from shared.errors import InvalidRequest, NotFound, RateLimited, Transient
from shared.maps import Maps
from shared.messaging import SearchNearby
from shared.places import NearbyQuery, Shelf, Sorted
from shared.places.limits import READS_PER_MINUTE, SEARCHES_PER_MINUTE
from shared.places.searches import GIVEN_UP_AFTER
from tests.integration.place_points import asked
from tests.integration.services import broken, calls
from tests.integration.travellers import new_user

PAGE = Sorted(limit=100)


def query() -> NearbyQuery:
    """A query in a cell of its own."""
    fresh = asked()
    return NearbyQuery(lat=fresh.lat, lng=fresh.lng, minutes=30, mode="walk", category="food")


async def test_a_search_is_queued_with_its_message_then_done(
    empty_db: Database, cache: Cache, shelf: Shelf, maps: Maps
) -> None:
    owner = await new_user(empty_db)
    queued = await places.start(query(), owner=owner, replay=None, db=empty_db, cache=cache)
    assert queued.state == "queued"
    assert await posted(empty_db) == [("location-search", SearchNearby(search_id=queued.id))]
    assert (await places.read(queued.id, PAGE, owner=owner, shelf=shelf)).places is None
    await places.run(SearchNearby(search_id=queued.id), shelf=shelf, maps=maps)
    done = await places.read(queued.id, PAGE, owner=owner, shelf=shelf)
    assert done.state == "done"
    assert done.places is not None
    direct = await places.nearby(asked(**dict(queued.query)), shelf=shelf, maps=maps)
    assert [one.id for one in done.places.items] == [one.id for one in direct.items]
    assert done.places.items == direct.items


async def test_a_message_that_comes_again_has_no_second_effect(
    empty_db: Database, shelf: Shelf, maps: Maps, maps_url: str
) -> None:
    owner = await new_user(empty_db)
    search = await places.start(query(), owner=owner, replay=None, db=empty_db, cache=shelf.cache)
    order = SearchNearby(search_id=search.id)
    await asyncio.gather(*(places.run(order, shelf=shelf, maps=maps) for _ in range(5)))
    first, before = await places.read(search.id, PAGE, owner=owner, shelf=shelf), calls(maps_url)
    await places.run(order, shelf=shelf, maps=maps)
    assert await places.read(search.id, PAGE, owner=owner, shelf=shelf) == first
    assert calls(maps_url) == before


async def test_a_search_that_is_gone_is_simply_done(
    empty_db: Database, shelf: Shelf, maps: Maps, maps_url: str
) -> None:
    before = calls(maps_url)
    await places.run(SearchNearby(search_id=new_id()), shelf=shelf, maps=maps)
    owner = await new_user(empty_db)
    search = await places.start(query(), owner=owner, replay=None, db=empty_db, cache=shelf.cache)
    async with empty_db.transaction() as tx:
        await tx.execute("DELETE FROM users WHERE id = %s", (owner,))
    await places.run(SearchNearby(search_id=search.id), shelf=shelf, maps=maps)
    assert calls(maps_url) == before


async def test_the_provider_away_the_message_is_tried_again_and_then_done(
    empty_db: Database, shelf: Shelf, maps: Maps, maps_url: str
) -> None:
    owner = await new_user(empty_db)
    search = await places.start(query(), owner=owner, replay=None, db=empty_db, cache=shelf.cache)
    order = SearchNearby(search_id=search.id)
    with broken(maps_url, "down"), pytest.raises(Transient):
        await places.run(order, shelf=shelf, maps=maps)
    assert (await places.read(search.id, PAGE, owner=owner, shelf=shelf)).state == "queued"
    while True:
        try:
            await places.run(order, shelf=shelf, maps=maps)
            break
        except Transient:
            await asyncio.sleep(0.2)
    assert (await places.read(search.id, PAGE, owner=owner, shelf=shelf)).state == "done"


async def test_somewhere_nothing_is_found_is_a_result(empty_db: Database, shelf: Shelf, maps: Maps) -> None:
    owner = await new_user(empty_db)
    ocean = NearbyQuery(lat=-41.0, lng=-121.0, minutes=60, mode="car")
    search = await places.start(ocean, owner=owner, replay=None, db=empty_db, cache=shelf.cache)
    await places.run(SearchNearby(search_id=search.id), shelf=shelf, maps=maps)
    done = await places.read(search.id, PAGE, owner=owner, shelf=shelf)
    assert done.state == "done"
    assert done.places is not None
    assert done.places.items == ()


async def test_a_search_nobody_ends_reads_as_failed_with_a_reason_and_may_still_end(
    empty_db: Database, shelf: Shelf, maps: Maps
) -> None:
    owner = await new_user(empty_db)
    search = await places.start(query(), owner=owner, replay=None, db=empty_db, cache=shelf.cache)
    async with empty_db.transaction() as tx:
        late = GIVEN_UP_AFTER + timedelta(seconds=1)
        await tx.execute("UPDATE place_searches SET created_at = created_at - %s", (late,))
    failed = await places.read(search.id, PAGE, owner=owner, shelf=shelf)
    assert failed.state == "failed"
    assert failed.reason
    await places.run(SearchNearby(search_id=search.id), shelf=shelf, maps=maps)
    assert (await places.read(search.id, PAGE, owner=owner, shelf=shelf)).state == "done"


async def test_another_users_search_and_one_over_a_day_old_are_not_found(
    empty_db: Database, shelf: Shelf
) -> None:
    owner, other = await new_user(empty_db), await new_user(empty_db)
    search = await places.start(query(), owner=owner, replay=None, db=empty_db, cache=shelf.cache)
    with pytest.raises(NotFound):
        await places.read(search.id, PAGE, owner=other, shelf=shelf)
    async with empty_db.transaction() as tx:
        await tx.execute("UPDATE place_searches SET created_at = created_at - interval '25 hours'")
    with pytest.raises(NotFound):
        await places.read(search.id, PAGE, owner=owner, shelf=shelf)


async def test_the_same_key_starts_one_search(empty_db: Database, cache: Cache) -> None:
    owner, wanted = await new_user(empty_db), query()
    replay = Replay(owner=owner, key="k", digest="d")
    first = await places.start(wanted, owner=owner, replay=replay, db=empty_db, cache=cache)
    assert await places.start(wanted, owner=owner, replay=replay, db=empty_db, cache=cache) == first
    assert len(await posted(empty_db)) == 1
    with pytest.raises(InvalidRequest):
        await places.start(
            wanted, owner=owner, replay=Replay(owner=owner, key="k", digest="x"), db=empty_db, cache=cache
        )


async def test_too_many_searches_a_minute_are_refused_and_leave_nothing(
    empty_db: Database, cache: Cache
) -> None:
    owner, wanted = await new_user(empty_db), query()
    for _ in range(SEARCHES_PER_MINUTE):
        await places.start(wanted, owner=owner, replay=None, db=empty_db, cache=cache)
    with pytest.raises(RateLimited) as refused:
        await places.start(wanted, owner=owner, replay=None, db=empty_db, cache=cache)
    assert refused.value.retry_after > 0
    assert len(await posted(empty_db)) == SEARCHES_PER_MINUTE


async def test_too_many_reads_a_minute_are_refused_and_without_redis_nobody_counts(cache: Cache) -> None:
    owner, absent = new_id(), Cache(f"redis://127.0.0.1:{native.free_port()}/0")
    for _ in range(READS_PER_MINUTE):
        await places.limit_reads(owner, cache=cache)
    with pytest.raises(RateLimited):
        await places.limit_reads(owner, cache=cache)
    await places.limit_reads(new_id(), cache=cache)
    await places.limit_reads(owner, cache=absent)
    await absent.close()


async def posted(db: Database) -> list[tuple[str, SearchNearby]]:
    async with db.transaction() as tx:
        cursor = await tx.execute("SELECT queue, body FROM outbox ORDER BY id")
        rows = await cursor.fetchall()
    return [(row["queue"], SearchNearby.model_validate_json(row["body"])) for row in rows]

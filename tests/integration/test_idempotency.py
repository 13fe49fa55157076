"""Idempotency keys in real PostgreSQL: one effect per key, the same answer for a day."""

import asyncio
from uuid import UUID

import pytest

from shared import trips
from shared.db import Database, Replay, new_id, recall, remember
from shared.errors import InvalidRequest
from shared.trips import DestinationDraft, MemberDraft, TripChange
from tests.integration.travellers import draft, new_trip, new_user


def keyed(owner: UUID, digest: str = "d", *, key: str = "k") -> Replay:
    return Replay(owner=owner, key=key, digest=digest)


async def trips_of(owner: UUID, db: Database) -> int:
    async with db.transaction() as tx:
        cursor = await tx.execute("SELECT count(*) AS n FROM trips WHERE owner_id = %s", (owner,))
        row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def make_older(owner: UUID, hours: float, db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE idempotency_keys SET made_at = made_at - %s * interval '1 hour' WHERE owner_id = %s",
            (hours, owner),
        )


async def test_the_same_key_gives_the_same_answer_and_one_trip(db: Database) -> None:
    owner = await new_user(db)
    first = await trips.create(draft(), owner=owner, replay=keyed(owner), db=db)
    again = await trips.create(draft(), owner=owner, replay=keyed(owner), db=db)
    assert again == first
    assert await trips_of(owner, db) == 1


async def test_the_answer_stays_the_same_after_the_trip_was_changed(db: Database) -> None:
    owner = await new_user(db)
    first = await trips.create(draft(), owner=owner, replay=keyed(owner), db=db)
    await trips.change(first.id, TripChange(name="Alps 2"), caller=owner, seen=None, db=db)
    assert await trips.create(draft(), owner=owner, replay=keyed(owner), db=db) == first


async def test_the_same_key_with_another_request_is_refused(db: Database) -> None:
    owner = await new_user(db)
    await trips.create(draft(), owner=owner, replay=keyed(owner, "one"), db=db)
    with pytest.raises(InvalidRequest, match="Send a new key"):
        await trips.create(draft("Other"), owner=owner, replay=keyed(owner, "two"), db=db)
    assert await trips_of(owner, db) == 1


async def test_twenty_requests_with_one_key_at_once_make_one_trip(db: Database) -> None:
    owner = await new_user(db)
    made = await asyncio.gather(
        *(trips.create(draft(), owner=owner, replay=keyed(owner), db=db) for _ in range(20))
    )
    assert len({trip.id for trip in made}) == 1
    assert await trips_of(owner, db) == 1


async def test_a_key_is_its_owners_alone(db: Database) -> None:
    ada, bob = await new_user(db), await new_user(db)
    one = await trips.create(draft(), owner=ada, replay=keyed(ada), db=db)
    two = await trips.create(draft(), owner=bob, replay=keyed(bob), db=db)
    assert one.id != two.id


async def test_a_request_that_failed_leaves_its_key_free(db: Database) -> None:
    owner = await new_user(db)

    async def fail() -> None:
        async with db.transaction() as tx:
            assert await recall(tx, keyed(owner)) is None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert (await trips.create(draft(), owner=owner, replay=keyed(owner), db=db)).owner_id == owner


@pytest.mark.parametrize(("hours", "made"), [(23.9, 1), (24.1, 2)])
async def test_a_key_lives_for_a_day(db: Database, hours: float, made: int) -> None:
    owner = await new_user(db)
    await trips.create(draft(), owner=owner, replay=keyed(owner), db=db)
    await make_older(owner, hours, db)
    await trips.create(draft(), owner=owner, replay=keyed(owner), db=db)
    assert await trips_of(owner, db) == made


async def test_keys_that_outlived_their_day_are_cleared_by_those_that_come_after(db: Database) -> None:
    gone, owner = new_id(), new_id()
    async with db.transaction() as tx:
        for number in range(30):
            replay = keyed(gone, key=str(number))
            assert await recall(tx, replay) is None
            await remember(tx, replay, {})
    await make_older(gone, 25, db)
    for number in range(2):
        async with db.transaction() as tx:
            await recall(tx, keyed(owner, key=str(number)))
    async with db.transaction() as tx:
        cursor = await tx.execute("SELECT count(*) AS n FROM idempotency_keys WHERE owner_id = %s", (gone,))
        assert await cursor.fetchone() == {"n": 0}


async def test_adding_a_member_or_a_stop_twice_with_one_key_adds_one(db: Database) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    member, stop = MemberDraft(name="Bob", age=7), DestinationDraft(name="Linz", nights=1)
    for _ in range(2):
        joined = await trips.add(
            trips.PARTY, trip.id, member, caller=owner, seen=None, replay=keyed(owner, key="m"), db=db
        )
        longer = await trips.add(
            trips.ROUTE, trip.id, stop, caller=owner, seen=None, replay=keyed(owner, key="d"), db=db
        )
        assert [m.name for m in joined.members] == ["Member 0", "Bob"]
        assert [d.name for d in longer.destinations] == ["Stop 0", "Stop 1", "Linz"]

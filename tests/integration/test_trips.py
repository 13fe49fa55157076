"""Trips in real PostgreSQL: kept as they were given, their owner's alone, changed by one hand at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, time
from uuid import UUID

import pytest

from shared import trips
from shared.db import Database, new_id
from shared.errors import Conflict, InvalidRequest, NotFound, PreconditionFailed
from shared.trips import PARTY, ROUTE, DestinationDraft, MemberDraft, Trip, TripChange, TripDraft, TripQuery
from shared.trips.views import TripPage
from tests.integration.travellers import draft, new_trip, new_user

FULL = {
    "name": "👨‍👩‍👧‍👦 Alps",
    "transport": "car",
    "startDate": "2027-05-01",
    "arrivalTime": "09:30",
    "departureTime": "18:00",
    "members": [
        {"name": "Ada", "age": 36, "gender": "female", "health": "good", "preferences": ["nature", "rest"]},
        {"name": "Bob", "age": 0, "health": "limited"},
    ],
    "destinations": [
        {"name": "München", "nights": 3, "checkIn": "15:00", "checkOut": "11:00",
         "lodging": {"name": "Inn “Isar”", "address": "Am Fluß 1", "point": {"lat": 48.0, "lng": 11.5}}},
        {"name": "Salzburg", "nights": 0},
    ],
}  # fmt: skip


async def page_names(
    owner: UUID, db: Database, *, limit: int, cursor: str | None = None
) -> tuple[list[str], str | None]:
    text = await trips.list_page(TripQuery(limit=limit, cursor=cursor), caller=owner, db=db)
    shown = TripPage.model_validate_json(text)
    return [trip.name for trip in shown.items], shown.next_cursor


async def test_a_trip_is_read_back_as_it_was_given(db: Database) -> None:
    owner = await new_user(db)
    made = await trips.create(TripDraft.model_validate(FULL), owner=owner, replay=None, db=db)
    read = await trips.get(made.id, owner=owner, db=db)
    assert read == made
    assert (read.name, read.transport, read.start_date) == (FULL["name"], "car", date(2027, 5, 1))
    assert (read.arrival_time, read.departure_time) == (time(9, 30), time(18, 0))
    assert [(m.name, m.age, m.gender, m.health, m.preferences) for m in read.members] == [
        ("Ada", 36, "female", "good", ("nature", "rest")),
        ("Bob", 0, None, "limited", ()),
    ]
    first, second = read.destinations
    assert (first.name, first.nights, first.check_in, first.check_out) == ("München", 3, time(15), time(11))
    assert first.lodging is not None
    assert first.lodging.point is not None
    assert (first.lodging.name, first.lodging.address) == ("Inn “Isar”", "Am Fluß 1")
    assert (first.lodging.point.lat, first.lodging.point.lng) == (48.0, 11.5)
    assert (second.name, second.nights, second.lodging) == ("Salzburg", 0, None)
    assert read.revision == 1


async def test_a_draft_may_have_neither_party_nor_route_yet(db: Database) -> None:
    owner = await new_user(db)
    bare = draft(members=0, nights=())
    trip = await trips.create(bare, owner=owner, replay=None, db=db)
    assert (trip.members, trip.destinations) == ((), ())


async def test_every_change_counts_the_revision_up(db: Database) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    member, stop = MemberDraft(name="Bob", age=7), DestinationDraft(name="Linz", nights=1)
    steps: list[Trip] = [
        await trips.change(trip.id, TripChange(name="Alps 2"), caller=owner, seen=1, db=db),
        await trips.replace(PARTY, trip.id, (member,), caller=owner, seen=2, db=db),
        await trips.add(PARTY, trip.id, member, caller=owner, seen=3, replay=None, db=db),
        await trips.replace(ROUTE, trip.id, (stop,), caller=owner, seen=4, db=db),
        await trips.add(ROUTE, trip.id, stop, caller=owner, seen=5, replay=None, db=db),
    ]
    assert [step.revision for step in steps] == [2, 3, 4, 5, 6]
    last = await trips.get(trip.id, owner=owner, db=db)
    assert last == steps[-1]
    assert (last.name, len(last.members), [d.name for d in last.destinations]) == (
        "Alps 2",
        2,
        ["Linz", "Linz"],
    )
    assert last.created_at == trip.created_at < last.updated_at


async def test_a_change_keeps_what_was_left_out_and_null_empties_a_time(db: Database) -> None:
    owner = await new_user(db)
    trip = await trips.create(TripDraft.model_validate(FULL), owner=owner, replay=None, db=db)
    moved = TripChange(start_date=date(2027, 6, 1), arrival_time=None)
    changed = await trips.change(trip.id, moved, caller=owner, seen=None, db=db)
    assert (changed.start_date, changed.arrival_time, changed.departure_time) == (
        date(2027, 6, 1),
        None,
        time(18, 0),
    )
    assert (changed.name, changed.transport, changed.members, changed.destinations) == (
        trip.name,
        trip.transport,
        trip.members,
        trip.destinations,
    )


@pytest.mark.parametrize(
    ("field", "pointer"), [("name", "/name"), ("startDate", "/startDate"), ("transport", "/transport")]
)
async def test_what_a_trip_cannot_be_without_cannot_be_emptied(
    db: Database, field: str, pointer: str
) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    emptied = TripChange.model_validate({field: None})
    with pytest.raises(InvalidRequest) as refusal:
        await trips.change(trip.id, emptied, caller=owner, seen=None, db=db)
    assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert await trips.get(trip.id, owner=owner, db=db) == trip


Operation = Callable[[UUID, UUID, int | None, Database], Awaitable[object]]
MEMBER, STOP = MemberDraft(name="Bob", age=7), DestinationDraft(name="Linz", nights=1)
EDITS: dict[str, Operation] = {
    "change": lambda i, o, s, db: trips.change(i, TripChange(name="X"), caller=o, seen=s, db=db),
    "put_members": lambda i, o, s, db: trips.replace(PARTY, i, (MEMBER,), caller=o, seen=s, db=db),
    "add_member": lambda i, o, s, db: trips.add(PARTY, i, MEMBER, caller=o, seen=s, replay=None, db=db),
    "put_destinations": lambda i, o, s, db: trips.replace(ROUTE, i, (STOP,), caller=o, seen=s, db=db),
    "add_destination": lambda i, o, s, db: trips.add(ROUTE, i, STOP, caller=o, seen=s, replay=None, db=db),
}


async def delete(trip_id: UUID, owner: UUID, seen: int | None, db: Database) -> None:
    async with db.transaction() as tx:
        await trips.delete(tx, trip_id, owner=owner, seen=seen)


async def get(trip_id: UUID, owner: UUID, _seen: int | None, db: Database) -> Trip:
    return await trips.get(trip_id, owner=owner, db=db)


WRITES: dict[str, Operation] = {**EDITS, "delete": delete}
EVERYTHING: dict[str, Operation] = {**WRITES, "get": get}


@pytest.mark.parametrize("name", EVERYTHING)
async def test_somebody_elses_trip_is_not_there(db: Database, name: str) -> None:
    owner, stranger = await new_user(db), await new_user(db)
    trip = await new_trip(db, owner)
    with pytest.raises(NotFound, match=f"Trip {trip.id} does not exist or is not yours"):
        await EVERYTHING[name](trip.id, stranger, None, db)
    with pytest.raises(NotFound):
        await EVERYTHING[name](new_id(), owner, None, db)
    assert await trips.get(trip.id, owner=owner, db=db) == trip
    assert await page_names(stranger, db, limit=10) == ([], None)


@pytest.mark.parametrize("name", WRITES)
async def test_an_edit_of_a_revision_that_has_passed_is_refused(db: Database, name: str) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    for seen in (0, 2):
        with pytest.raises(PreconditionFailed):
            await WRITES[name](trip.id, owner, seen, db)
    assert await trips.get(trip.id, owner=owner, db=db) == trip


@pytest.mark.parametrize("name", EDITS)
async def test_of_edits_at_once_of_one_revision_exactly_one_wins(db: Database, name: str) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    outcomes = await asyncio.gather(
        *(EDITS[name](trip.id, owner, 1, db) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Trip) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, PreconditionFailed) for outcome in outcomes) == 7
    assert (await trips.get(trip.id, owner=owner, db=db)).revision == 2


async def test_members_added_at_once_all_join_up_to_ten(db: Database) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    outcomes = await asyncio.gather(
        *(EDITS["add_member"](trip.id, owner, None, db) for _ in range(12)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    assert len((await trips.get(trip.id, owner=owner, db=db)).members) == 10


async def test_a_route_ends_at_twenty_stops(db: Database) -> None:
    owner = await new_user(db)
    full = draft(nights=(1,) * 20)
    trip = await trips.create(full, owner=owner, replay=None, db=db)
    with pytest.raises(Conflict, match="at most 20 destinations"):
        await EDITS["add_destination"](trip.id, owner, None, db)


async def test_a_deleted_trip_is_gone_with_its_party_and_route(db: Database) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    await delete(trip.id, owner, None, db)
    for operation in EVERYTHING.values():
        with pytest.raises(NotFound):
            await operation(trip.id, owner, None, db)
    async with db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT (SELECT count(*) FROM trip_members WHERE trip_id = %(id)s)"
            " + (SELECT count(*) FROM trip_destinations WHERE trip_id = %(id)s) AS left",
            {"id": trip.id},
        )
        assert await cursor.fetchone() == {"left": 0}


async def test_find_sees_a_trip_of_the_same_transaction_only_for_its_owner(db: Database) -> None:
    owner = await new_user(db)
    trip = await new_trip(db, owner)
    async with db.transaction() as tx:
        assert await trips.find(tx, trip.id, owner=owner) == trip
        assert await trips.find(tx, trip.id, owner=new_id()) is None


async def test_pages_are_newest_first_and_end_without_a_cursor(db: Database) -> None:
    owner = await new_user(db)
    for number in range(5):
        await new_trip(db, owner, f"Trip {number}")
    first, cursor = await page_names(owner, db, limit=2)
    second, after = await page_names(owner, db, limit=2, cursor=cursor)
    third, end = await page_names(owner, db, limit=2, cursor=after)
    assert first + second + third == [f"Trip {number}" for number in (4, 3, 2, 1, 0)]
    assert end is None
    assert (await page_names(owner, db, limit=5))[1] is None


async def test_pages_stay_right_while_trips_come_and_go(db: Database) -> None:
    owner = await new_user(db)
    made = [await new_trip(db, owner, f"Trip {number}") for number in range(6)]
    first, cursor = await page_names(owner, db, limit=3)
    await new_trip(db, owner, "Later")
    await delete(made[3].id, owner, None, db)  # the row the cursor names
    second, _ = await page_names(owner, db, limit=3, cursor=cursor)
    assert (first, second) == (["Trip 5", "Trip 4", "Trip 3"], ["Trip 2", "Trip 1", "Trip 0"])


async def test_trips_of_one_moment_are_each_listed_once(db: Database) -> None:
    owner = await new_user(db)
    made = {(await new_trip(db, owner, f"Trip {number}")).name for number in range(5)}
    async with db.transaction() as tx:
        await tx.execute("UPDATE trips SET created_at = now() WHERE owner_id = %s", (owner,))
    seen: list[str] = []
    cursor: str | None = None
    for _ in made:
        names, cursor = await page_names(owner, db, limit=1, cursor=cursor)
        seen += names
    assert sorted(seen) == sorted(made)
    assert cursor is None

"""One member, one stop: changed, moved and removed in real PostgreSQL, and the dates that follow."""

import asyncio
from contextlib import suppress
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import trips
from shared.db import Database, new_id
from shared.errors import Conflict, InvalidRequest, NotFound, PreconditionFailed
from shared.trips import (
    PARTY,
    ROUTE,
    DestinationChange,
    DestinationDraft,
    MemberChange,
    Parts,
    Trip,
    chained,
)
from shared.trips.parts import Change
from tests.integration.travellers import draft, new_trip, new_user


async def routed(db: Database, *nights: int) -> Trip:
    owner = await new_user(db)
    return await trips.create(draft(nights=nights), owner=owner, replay=None, db=db)


async def edited(db: Database, trip: Trip, at: int, **fields: object) -> Trip:
    return await trips.edit(
        ROUTE,
        trip.id,
        trip.destinations[at].id,
        DestinationChange.model_validate(fields),
        caller=trip.owner_id,
        seen=None,
        db=db,
    )


def spans(trip: Trip) -> list[tuple[str, str, str]]:
    stops = chained(trip.start_date, trip.destinations)
    return [(stop.name, f"{stop.start_date:%m-%d}", f"{stop.end_date:%m-%d}") for stop in stops]


async def test_other_nights_redate_all_that_follows(db: Database) -> None:
    trip = await edited(db, await routed(db, 3, 2, 1), 0, nights=5)
    assert spans(trip) == [
        ("Stop 0", "05-01", "05-06"),
        ("Stop 1", "05-06", "05-08"),
        ("Stop 2", "05-08", "05-09"),
    ]


@pytest.mark.parametrize(
    ("at", "position", "order"),
    [(0, 2, "120"), (2, 0, "201"), (1, 1, "012"), (0, 1, "102"), (2, 1, "021")],
)
async def test_a_moved_stop_takes_its_nights_along(db: Database, at: int, position: int, order: str) -> None:
    trip = await routed(db, 3, 2, 1)
    moved = await edited(db, trip, at, position=position)
    assert [stop.name for stop in moved.destinations] == [f"Stop {n}" for n in order]
    assert {stop.id: stop for stop in moved.destinations} == {s.id: s for s in trip.destinations}


async def test_a_stop_cannot_be_moved_beyond_the_route(db: Database) -> None:
    trip = await routed(db, 3, 2)
    with pytest.raises(Conflict, match="has 2 destinations; the last position is 1"):
        await edited(db, trip, 0, position=2)
    assert await trips.get(trip.id, owner=trip.owner_id, db=db) == trip


async def test_a_change_keeps_what_was_left_out_and_null_empties(db: Database) -> None:
    trip = await routed(db, 3)
    full = await edited(
        db, trip, 0, checkIn=time(15), checkOut=time(11), lodging={"name": "Inn"}, zone="Europe/Berlin"
    )
    kept = await edited(db, full, 0, checkIn=None)
    stop = kept.destinations[0]
    assert (stop.check_in, stop.check_out, stop.zone, stop.nights) == (None, time(11), "Europe/Berlin", 3)
    assert stop.lodging is not None
    assert (await edited(db, kept, 0, lodging=None)).destinations[0].lodging is None


async def test_another_name_is_another_place(db: Database) -> None:
    trip = await edited(db, await routed(db, 3), 0, zone="Europe/Berlin")
    assert (await edited(db, trip, 0, name="Stop 0")).destinations[0].zone == "Europe/Berlin"
    assert (await edited(db, trip, 0, name="Seoul", zone="Asia/Seoul")).destinations[0].zone == "Asia/Seoul"
    assert (await edited(db, trip, 0, name="Busan")).destinations[0].zone is None


async def test_a_zone_is_learnt_once_and_does_not_count_as_a_change(db: Database) -> None:
    trip = await edited(db, await routed(db, 1, 1), 0, zone="Asia/Seoul")
    async with db.transaction() as tx:
        await trips.learn_zones(tx, {stop.id: "Asia/Tokyo" for stop in trip.destinations})
    learnt = await trips.get(trip.id, owner=trip.owner_id, db=db)
    assert [stop.zone for stop in learnt.destinations] == ["Asia/Seoul", "Asia/Tokyo"]
    assert learnt.revision == trip.revision


async def test_a_member_is_changed_in_place(db: Database) -> None:
    owner = await new_user(db)
    trip = await trips.create(draft(members=3), owner=owner, replay=None, db=db)
    change = MemberChange(age=120, health="limited", preferences=())
    changed = await trips.edit(PARTY, trip.id, trip.members[1].id, change, caller=owner, seen=1, db=db)
    assert [(m.name, m.age, m.health) for m in changed.members] == [
        ("Member 0", 30, "good"),
        ("Member 1", 120, "limited"),
        ("Member 2", 32, "good"),
    ]
    assert [m.id for m in changed.members] == [m.id for m in trip.members]
    assert changed.revision == 2


@pytest.mark.parametrize(
    ("parts", "change", "pointer"),
    [
        (PARTY, MemberChange(name=None), "/name"),
        (PARTY, MemberChange(age=None), "/age"),
        (PARTY, MemberChange(health=None), "/health"),
        (PARTY, MemberChange(preferences=None), "/preferences"),
        (ROUTE, DestinationChange(name=None), "/name"),
        (ROUTE, DestinationChange(nights=None), "/nights"),
        (ROUTE, DestinationChange(position=None), "/position"),
    ],
)
async def test_what_an_entry_cannot_be_without_cannot_be_emptied(
    db: Database, parts: Parts, change: Change, pointer: str
) -> None:
    trip = await new_trip(db, await new_user(db))
    part = parts.of(trip)[0].id
    with pytest.raises(InvalidRequest) as refusal:
        await trips.edit(parts, trip.id, part, change, caller=trip.owner_id, seen=None, db=db)
    assert [error.pointer for error in refusal.value.errors] == [pointer]


async def attempts(parts: Parts, trip_id: UUID, part: UUID, **who: Any) -> list[type]:
    """What comes of changing and of removing an entry."""
    change: Change = MemberChange(name="X") if parts is PARTY else DestinationChange(name="X")
    outcomes = await asyncio.gather(
        trips.edit(parts, trip_id, part, change, **who),
        trips.remove(parts, trip_id, part, **who),
        return_exceptions=True,
    )
    return [type(outcome) for outcome in outcomes]


@pytest.mark.parametrize("parts", [PARTY, ROUTE], ids=["party", "route"])
async def test_one_entry_is_found_only_in_its_own_trip_of_its_own_owner(db: Database, parts: Parts) -> None:
    trip, other = await new_trip(db, await new_user(db)), await new_trip(db, await new_user(db))
    part = parts.of(trip)[0].id
    for trip_id, caller, wanted in (
        (trip.id, other.owner_id, part),
        (other.id, other.owner_id, part),
        (trip.id, trip.owner_id, new_id()),
    ):
        outcomes = await attempts(parts, trip_id, wanted, caller=caller, seen=None, db=db)
        assert outcomes == [NotFound, NotFound]
    passed = await attempts(parts, trip.id, part, caller=trip.owner_id, seen=7, db=db)
    assert passed == [PreconditionFailed, PreconditionFailed]
    assert await trips.get(trip.id, owner=trip.owner_id, db=db) == trip


@pytest.mark.parametrize("parts", [PARTY, ROUTE], ids=["party", "route"])
async def test_the_last_entry_stays(db: Database, parts: Parts) -> None:
    owner = await new_user(db)
    trip = await trips.create(draft(members=2, nights=(1, 2)), owner=owner, replay=None, db=db)
    first, last = (entry.id for entry in parts.of(trip))
    assert await trips.remove(parts, trip.id, first, caller=owner, seen=1, db=db) == 2
    with pytest.raises(Conflict, match="at least one"):
        await trips.remove(parts, trip.id, last, caller=owner, seen=2, db=db)
    assert [entry.id for entry in parts.of(await trips.get(trip.id, owner=owner, db=db))] == [last]


async def test_two_edits_at_once_one_wins_and_none_is_lost(db: Database) -> None:
    trip = await routed(db, 1, 1)
    longer, longest = DestinationChange(nights=9), DestinationChange(nights=7)
    outcomes = await asyncio.gather(
        *(
            trips.edit(ROUTE, trip.id, stop.id, longer, caller=trip.owner_id, seen=1, db=db)
            for stop in trip.destinations
        ),
        return_exceptions=True,
    )
    kept = await trips.get(trip.id, owner=trip.owner_id, db=db)
    assert sorted(type(o).__name__ for o in outcomes) == ["PreconditionFailed", "Trip"]
    assert sorted(stop.nights for stop in kept.destinations) == [1, 9]
    careless = await asyncio.gather(
        *(
            trips.edit(ROUTE, trip.id, stop.id, longest, caller=trip.owner_id, seen=None, db=db)
            for stop in trip.destinations
        )
    )
    assert {outcome.revision for outcome in careless} == {3, 4}
    both = await trips.get(trip.id, owner=trip.owner_id, db=db)
    assert [stop.nights for stop in both.destinations] == [7, 7]


EDITS = st.one_of(
    st.tuples(st.just("nights"), st.integers(0, 5), st.integers(0, 30)),
    st.tuples(st.just("position"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("remove"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("add"), st.just(0), st.integers(0, 30)),
    st.tuples(st.just("start"), st.just(0), st.integers(0, 4000)),
)


async def apply(db: Database, trip: Trip, edit: tuple[str, int, int]) -> None:
    what, at, value = edit
    who, stop = trip.owner_id, trip.destinations[at % len(trip.destinations)].id
    if what == "add":
        more = DestinationDraft(name="More", nights=value)
        await trips.add(ROUTE, trip.id, more, caller=who, seen=None, replay=None, db=db)
    elif what == "remove":
        await trips.remove(ROUTE, trip.id, stop, caller=who, seen=None, db=db)
    elif what == "start":
        start = trips.TripChange(start_date=date(2027, 1, 1) + timedelta(days=value))
        await trips.change(trip.id, start, caller=who, seen=None, db=db)
    else:
        change = DestinationChange.model_validate({what: value})
        await trips.edit(ROUTE, trip.id, stop, change, caller=who, seen=None, db=db)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDITS, min_size=1, max_size=8))
async def test_any_sequence_of_edits_leaves_a_route_without_a_gap(
    db: Database, edits: list[tuple[str, int, int]]
) -> None:
    trip = await routed(db, 2, 0, 3)
    for edit in edits:
        with suppress(Conflict):  # beyond the route's end, or its last stop
            await apply(db, trip, edit)
        trip = await trips.get(trip.id, owner=trip.owner_id, db=db)
        stops = trips.view(trip, now=trip.created_at).destinations
        assert stops[0].start_date == trip.start_date
        assert all(before.end_date == after.start_date for before, after in pairwise(stops))
        assert [(s.end_date - s.start_date).days for s in stops] == [s.nights for s in trip.destinations]

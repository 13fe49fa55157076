"""A trip shared by link in real PostgreSQL: with a role, until the link or the person is revoked."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest
from pydantic import SecretStr

from shared import trips
from shared.db import Database, new_id
from shared.errors import Conflict, Forbidden, NotFound
from shared.trips import PARTY, MemberChange, Trip, TripChange, TripQuery, sharing
from shared.trips.invitation import Acceptance, InvitationDraft, Invited, Joined
from shared.trips.sharing import MOST_INVITATIONS, MOST_PEOPLE
from tests.integration.travellers import new_trip, new_user


async def link(db: Database, trip: Trip, role: Invited = "viewer", *, days: int = 7) -> str:
    wanted = InvitationDraft(role=role, days=days)
    return (await sharing.invite(trip.id, wanted, caller=trip.owner_id, db=db)).token


async def accept(db: Database, token: str, who: UUID, *, now: datetime | None = None) -> Joined:
    wanted = Acceptance(token=SecretStr(token), name="Jonas")
    return await sharing.accept(wanted, caller=who, db=db, now=lambda: now or datetime.now(UTC))


async def joined(db: Database, trip: Trip, role: Invited) -> UUID:
    who = await new_user(db)
    assert await accept(db, await link(db, trip, role), who) == Joined(trip_id=trip.id, role=role)
    return who


@pytest.fixture
async def trip(db: Database) -> Trip:
    return await new_trip(db, await new_user(db))


async def health(db: Database, trip: Trip, caller: UUID) -> object:
    shown = orjson.loads((await trips.show(trip.id, caller=caller, db=db)).json)
    return shown["role"], shown["members"][0]["health"]


async def test_health_is_for_the_owner_and_editors(db: Database, trip: Trip) -> None:
    editor, viewer = await joined(db, trip, "editor"), await joined(db, trip, "viewer")
    assert await health(db, trip, trip.owner_id) == ("owner", "good")
    assert await health(db, trip, editor) == ("editor", "good")
    assert await health(db, trip, viewer) == ("viewer", None)
    for caller, shown in ((trip.owner_id, "good"), (editor, "good"), (viewer, None)):
        found, role = await trips.read(trip.id, caller=caller, db=db)
        assert trips.party_view(found, role=role)[0].health == shown
        query = TripQuery(shared=caller != trip.owner_id)
        listed = orjson.loads(await trips.list_page(query, caller=caller, db=db))["items"]
        assert [item["members"][0]["health"] for item in listed] == [shown]


async def test_an_editor_changes_and_a_viewer_does_not(db: Database, trip: Trip) -> None:
    editor, viewer = await joined(db, trip, "editor"), await joined(db, trip, "viewer")
    changed = await trips.change(trip.id, TripChange(name="Ours"), caller=editor, seen=1, db=db)
    assert changed.name == "Ours"
    with pytest.raises(Forbidden, match="You are viewer"):
        await trips.change(trip.id, TripChange(name="Mine"), caller=viewer, seen=None, db=db)
    member, change = trip.members[0].id, MemberChange(age=9)
    with pytest.raises(Forbidden):
        await trips.edit(PARTY, trip.id, member, change, caller=viewer, seen=None, db=db)
    assert await trips.get(trip.id, owner=trip.owner_id, db=db) == changed


@pytest.mark.parametrize("role", ["editor", "viewer"])
async def test_only_the_owner_deletes_and_invites(db: Database, trip: Trip, role: Invited) -> None:
    guest = await joined(db, trip, role)
    with pytest.raises(Forbidden):
        async with db.transaction() as tx:
            await trips.delete(tx, trip.id, owner=guest, seen=None)
    with pytest.raises(Forbidden):
        await sharing.invite(trip.id, InvitationDraft(), caller=guest, db=db)
    with pytest.raises(Forbidden):
        await sharing.invitations(trip.id, caller=guest, db=db)
    with pytest.raises(Forbidden):
        await sharing.revoke(trip.id, new_id(), caller=guest, db=db)
    with pytest.raises(Forbidden):
        await sharing.remove(trip.id, trip.owner_id, caller=guest, db=db)
    async with db.transaction() as tx:
        assert await trips.delete_all(tx, [trip.id], owner=guest) == set()


async def test_a_link_is_good_until_it_expires(db: Database, trip: Trip) -> None:
    made = await sharing.invite(trip.id, InvitationDraft(days=1), caller=trip.owner_id, db=db)
    before, after = made.expires_at - timedelta(microseconds=1), made.expires_at
    with pytest.raises(NotFound, match="expired or was revoked"):
        await accept(db, made.token, await new_user(db), now=after)
    assert (await accept(db, made.token, await new_user(db), now=before)).trip_id == trip.id
    later = await sharing.invitations(trip.id, caller=trip.owner_id, db=db, now=lambda: after)
    assert later.items == ()


async def test_a_revoked_link_is_good_for_nothing_and_who_joined_stays(db: Database, trip: Trip) -> None:
    made = await sharing.invite(trip.id, InvitationDraft(), caller=trip.owner_id, db=db)
    friend = await new_user(db)
    await accept(db, made.token, friend)
    await sharing.revoke(trip.id, made.id, caller=trip.owner_id, db=db)
    with pytest.raises(NotFound):
        await accept(db, made.token, await new_user(db))
    with pytest.raises(NotFound):
        await sharing.revoke(trip.id, made.id, caller=trip.owner_id, db=db)
    assert await health(db, trip, friend) == ("viewer", None)


@pytest.mark.parametrize("token", ["x", "é", "\x00", "a" * 128, "\ud800"])
async def test_a_token_that_is_none_opens_nothing(db: Database, token: str) -> None:
    with pytest.raises(NotFound):
        await accept(db, token, await new_user(db))


async def test_a_token_is_not_kept_in_the_database(db: Database, trip: Trip) -> None:
    token = await link(db, trip)
    async with db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT i::text AS row FROM trip_invitations i WHERE trip_id = %s", (trip.id,)
        )
        [row] = await cursor.fetchall()
        cursor = await tx.execute("SELECT a::text AS row FROM audit_log a WHERE subject_id = %s", (trip.id,))
        [entry] = await cursor.fetchall()
    assert token not in row["row"] + entry["row"]
    assert "invitation-made" in entry["row"]


async def test_a_second_link_raises_a_viewer_and_lowers_nobody(db: Database, trip: Trip) -> None:
    friend = await joined(db, trip, "viewer")
    assert (await accept(db, await link(db, trip, "editor"), friend)).role == "editor"
    assert (await accept(db, await link(db, trip, "viewer"), friend)).role == "editor"
    [person] = (await sharing.who(trip.id, caller=friend, db=db)).items
    assert (person.user_id, person.name, person.role) == (friend, "Jonas", "editor")
    with pytest.raises(Conflict, match="your own"):
        await accept(db, await link(db, trip), trip.owner_id)


async def test_who_is_removed_or_leaves_finds_nothing_from_then_on(db: Database, trip: Trip) -> None:
    removed, leaving, stays = [await joined(db, trip, "editor") for _ in range(3)]
    with pytest.raises(Forbidden, match="Only the owner"):
        await sharing.remove(trip.id, stays, caller=leaving, db=db)
    await sharing.remove(trip.id, removed, caller=trip.owner_id, db=db)
    await sharing.remove(trip.id, leaving, caller=leaving, db=db)
    for gone in (removed, leaving, await new_user(db)):
        with pytest.raises(NotFound):
            await trips.show(trip.id, caller=gone, db=db)
        with pytest.raises(NotFound):
            await trips.change(trip.id, TripChange(name="X"), caller=gone, seen=None, db=db)
        with pytest.raises(NotFound):
            await sharing.who(trip.id, caller=gone, db=db)
        shared = await trips.list_page(TripQuery(shared=True), caller=gone, db=db)
        assert orjson.loads(shared)["items"] == []
    with pytest.raises(NotFound):
        await sharing.remove(trip.id, removed, caller=trip.owner_id, db=db)
    assert await health(db, trip, stays) == ("editor", "good")


async def test_revoking_and_accepting_at_once_end_in_one_order(db: Database, trip: Trip) -> None:
    for _ in range(5):
        made = await sharing.invite(trip.id, InvitationDraft(), caller=trip.owner_id, db=db)
        friend = await new_user(db)
        outcome, revoked = await asyncio.gather(
            accept(db, made.token, friend),
            sharing.revoke(trip.id, made.id, caller=trip.owner_id, db=db),
            return_exceptions=True,
        )
        assert revoked is None
        assert isinstance(outcome, NotFound | Joined)


async def test_invitations_and_people_of_a_trip_are_limited(db: Database, trip: Trip) -> None:
    tokens = [await link(db, trip) for _ in range(MOST_INVITATIONS)]
    with pytest.raises(Conflict, match="at most 20 open invitations"):
        await link(db, trip)
    guests = [await new_user(db) for _ in range(MOST_PEOPLE)]
    for guest in guests:
        await accept(db, tokens[0], guest)
    with pytest.raises(Conflict, match="at most 50 people"):
        await accept(db, tokens[0], await new_user(db))
    assert (await accept(db, tokens[0], guests[0])).role == "viewer"


async def test_sharing_ends_with_the_trip(db: Database, trip: Trip) -> None:
    friend, token = await joined(db, trip, "viewer"), await link(db, trip)
    async with db.transaction() as tx:
        await trips.delete(tx, trip.id, owner=trip.owner_id, seen=None)
    with pytest.raises(NotFound):
        await accept(db, token, friend)
    assert orjson.loads(await trips.list_page(TripQuery(shared=True), caller=friend, db=db))["items"] == []

"""A copy of an account: everything that is held of somebody, nothing of anybody else, and no secret."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from devstack.cosmos.config import read_config
from shared import exports, trips
from shared.cache import Cache
from shared.db import Database, Page, new_id, record
from shared.errors import NotFound
from shared.exports.sections import LEFT_OUT, SECTIONS
from shared.schedules import Tools
from shared.trips.invitation import Invited
from tests.integration.copies import WISH, Copy, copy_of, inform, join, settled, told
from tests.integration.door import Door
from tests.integration.planners import Traveller
from tests.integration.travellers import PHRASE, draft, new_trip, new_user
from tests.launch import ROOT

TABLES = {table for section in SECTIONS.values() for table in section.tables}
CONTAINERS = {container for section in SECTIONS.values() for container in section.containers}

OWN_ROWS = {
    "users": "id = %(user)s",
    "sessions": "user_id = %(user)s",
    "avatars": "user_id = %(user)s",
    "audit_log": "(actor_id = %(user)s OR subject_id = %(user)s) AND action <> 'export-downloaded'",
    "trips": "owner_id = %(user)s",
    "trip_members": "trip_id IN (SELECT id FROM trips WHERE owner_id = %(user)s)",
    "trip_destinations": "trip_id IN (SELECT id FROM trips WHERE owner_id = %(user)s)",
    "trip_people": "user_id = %(user)s OR trip_id IN (SELECT id FROM trips WHERE owner_id = %(user)s)",
    "trip_invitations": "trip_id IN (SELECT id FROM trips WHERE owner_id = %(user)s)",
    "schedule_jobs": "owner_id = %(user)s",
    "schedule_job_events": "job_id IN (SELECT id FROM schedule_jobs WHERE owner_id = %(user)s)",
    "schedule_job_searches": "job_id IN (SELECT id FROM schedule_jobs WHERE owner_id = %(user)s)",
    "schedule_job_starts": "owner_id = %(user)s",
    "schedule_versions": "trip_id IN (SELECT id FROM trips WHERE owner_id = %(user)s)",
    "place_searches": "owner_id = %(user)s",
}
UNTOLD = {
    "users": {"password_hash", "username_key", "email_key"},
    "avatars": {"image", "digest"},  # the picture is a file of its own
    "trips": {"revision", "folded_name"},
    "trip_members": {"position"},  # the order says it
    "trip_destinations": {"position", "folded_name"},
    "trip_invitations": {"trip_id", "digest"},
    "schedule_jobs": {
        "attempts",
        "lease_holder",
        "lease_until",
        "waiting",
        "base_document",
        "outside_cost_usd",
    },
}
"""Columns that are secret, made from others, or about our machines."""


@dataclass(frozen=True)
class Taken:
    """Somebody, and the copy of the account."""

    who: Traveller
    copy: Copy

    def read(self, name: str) -> Any:
        return json.loads(self.copy[name])


@pytest_asyncio.fixture(scope="module")
async def ines(tools: Tools) -> Taken:
    who = await settled(tools)
    return Taken(who, await copy_of(who))


async def tables(db: Database) -> set[str]:
    async with db.transaction() as tx:
        cursor = await tx.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row["tablename"] for row in await cursor.fetchall()}


async def rows_of(user: UUID, table: str, db: Database) -> list[dict[str, Any]]:
    statement = f"SELECT row_to_json(t) AS row FROM {table} t WHERE {OWN_ROWS[table]}"  # noqa: S608
    async with db.transaction() as tx:
        cursor = await tx.execute(statement, {"user": user})
        return [row["row"] for row in await cursor.fetchall()]


def scalars(value: Any) -> Iterator[Any]:
    """What a value holds, moments as the same text however they were written."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from scalars(one)
    else:
        yield moment(value)


def moment(value: Any) -> Any:
    if isinstance(value, str) and len(value) > len("2027-05-04T"):
        try:
            return datetime.fromisoformat(value).astimezone(UTC).isoformat()
        except ValueError:
            return value
    return value[:5] if isinstance(value, str) and value[2:3] == ":" else value


async def test_every_table_and_container_is_copied_or_left_out_for_a_reason(db: Database) -> None:
    [database] = read_config(ROOT / "devstack/cosmos/Config.json").databases
    stored = {str(container["id"]) for container in database.containers}
    assert (await tables(db)) | stored == TABLES | CONTAINERS | set(LEFT_OUT)
    assert not (TABLES | CONTAINERS) & set(LEFT_OUT)
    assert stored >= CONTAINERS


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_every_column_of_ones_rows_is_in_the_copy(ines: Taken, table: str) -> None:
    rows = await rows_of(ines.who.id, table, ines.who.tools.db)
    values = {moment(value) for value in told(ines.copy)} | {str(ines.who.id)}
    assert rows
    for row in rows:
        for column, value in row.items():
            if column not in UNTOLD.get(table, set()):
                assert set(scalars(value)) <= values, column


async def test_plans_and_news_are_copied_as_they_are_stored(ines: Taken) -> None:
    who = ines.who
    stored = await who.tools.documents.query("schedules", "SELECT * FROM c", partition=str(who.trip))
    assert len(stored) == 2
    for document in stored:
        copied = ines.read(f"plans/{who.trip}/{document['version']}.json")
        assert copied["plan"] == document["plan"]
        wished = copied["madeFrom"]["specialRequests"]
        assert wished == (WISH if document["version"] == 1 else None)
        assert [stop["name"] for stop in copied["madeFrom"]["stops"]] == ["Salzburg"]
        assert not any("candidates" in stop for stop in copied["madeFrom"]["stops"])
    news = await who.tools.documents.query("notifications", "SELECT * FROM c", partition=str(who.id))
    assert {one["text"] for one in news} == {one["text"] for one in ines.read("notifications/1.json")}


async def test_the_copy_says_what_is_in_it_and_what_is_not(ines: Taken) -> None:
    contents = ines.read("contents.json")
    assert contents["leftOut"] == dict(LEFT_OUT)
    heads = tuple(contents["files"])
    assert [name for name in ines.copy if not name.startswith((*heads, "contents.json"))] == []
    assert [head for head in heads if not any(name.startswith(head) for name in ines.copy)] == []


async def test_no_secret_is_in_the_copy(tools: Tools, cache: Cache) -> None:
    door = Door(tools.db, cache)
    profile = await door.open()
    session = await door.attempt()
    await door.refused()
    copy = await copy_of(Traveller(profile.id, profile.id, tools))
    [row] = await door.execute("SELECT password_hash FROM users WHERE id = %s", profile.id)
    everything = b"".join(copy.values()).decode(errors="ignore")
    for secret in (str(row["password_hash"]), session.refresh_token, session.access_token, PHRASE):
        assert secret not in everything
    assert "sign-in-refused" in everything
    assert json.loads(copy["account.json"])["failedSignIns"] == 1
    assert json.loads(copy["account.json"])["email"] == door.wanted.email


async def test_an_account_without_anything_is_a_small_copy(tools: Tools) -> None:
    owner = await new_user(tools.db)
    copy = await copy_of(Traveller(owner, owner, tools))
    assert set(copy) == {"contents.json", "account.json", "audit/1.json"}


async def test_a_copy_has_nothing_of_anybody_else(ines: Taken) -> None:
    tools = ines.who.tools
    other = await settled(tools)
    ids = await ids_of(other)
    assert len(ids) >= 8
    everything = b"".join(ines.copy.values()).decode(errors="ignore")
    assert [one for one in ids if one in everything] == []


async def test_nobody_else_sees_or_takes_a_copy(ines: Taken) -> None:
    db, stranger = ines.who.tools.db, await new_user(ines.who.tools.db)
    [export] = (await exports.list_page(Page(limit=20), owner=ines.who.id, db=db)).items
    assert (await exports.list_page(Page(limit=20), owner=stranger, db=db)).items == ()
    with pytest.raises(NotFound):
        await exports.read(export.id, owner=stranger, db=db)
    with pytest.raises(NotFound):
        await exports.file(export.id, 1, owner=stranger, db=db)


async def test_what_others_did_is_told_without_their_ids(tools: Tools) -> None:
    owner, other, operator = await new_user(tools.db), await new_user(tools.db), new_id()
    async with tools.db.transaction() as tx:
        await record(tx, "operator-unlocked-account", subject=owner, operator=operator, filter=str(operator))
        await record(tx, "profile-changed", actor=other, subject=owner)
    copy = await copy_of(Traveller(owner, owner, tools))
    entries = json.loads(copy["audit/1.json"])
    assert [(one["by"], one["action"]) for one in entries] == [
        ("you", "export-requested"),
        ("somebody else", "profile-changed"),
        ("operator", "operator-unlocked-account"),
    ]
    everything = b"".join(copy.values())
    assert str(operator).encode() not in everything
    assert str(other).encode() not in everything


@pytest.mark.parametrize(("role", "told_health"), [("viewer", None), ("editor", "good")])
async def test_a_shared_trip_is_copied_as_its_role_shows_it(
    tools: Tools, role: Invited, told_health: str | None
) -> None:
    host, guest, third = [await new_user(tools.db) for _ in range(3)]
    trip = await new_trip(tools.db, host)
    await join(guest, trip.id, of=host, db=tools.db, role=role)
    await join(third, trip.id, of=host, db=tools.db)
    copy = await copy_of(Traveller(guest, guest, tools))
    shown = json.loads(copy[f"shared-trips/{trip.id}.json"])
    assert shown["role"] == role
    assert [member["health"] for member in shown["members"]] == [told_health]
    assert [person["userId"] for person in shown["people"]] == [str(guest)]
    everything = b"".join(copy.values()).decode(errors="ignore")
    assert str(host) not in everything
    assert str(third) not in everything


async def test_a_person_removed_is_told_without_the_id(tools: Tools) -> None:
    host, guest = await new_user(tools.db), await new_user(tools.db)
    trip = await new_trip(tools.db, host)
    await join(guest, trip.id, of=host, db=tools.db)
    await trips.sharing.remove(trip.id, guest, caller=host, db=tools.db)
    for who, other in ((host, guest), (guest, host)):
        copy = await copy_of(Traveller(who, who, tools))
        assert any(one["action"] == "person-removed" for one in json.loads(copy["audit/1.json"]))
        assert str(other) not in b"".join(copy.values()).decode(errors="ignore")


async def test_more_than_a_page_of_everything_is_copied(tools: Tools) -> None:
    owner = await new_user(tools.db)
    for number in range(101):
        await trips.create(draft(f"Trip {number}"), owner=owner, replay=None, db=tools.db)
    who = Traveller(owner, owner, tools)
    await inform(who, times=101)
    async with tools.db.transaction() as tx:
        for number in range(1_001):
            await record(tx, "profile-changed", actor=owner, fields=str(number))
        await tx.execute(
            "INSERT INTO place_searches (id, owner_id, query)"
            " SELECT gen_random_uuid(), %s, jsonb_build_object('n', n) FROM generate_series(1, 101) n",
            (owner,),
        )
    copy = await copy_of(who)
    assert sum(name.startswith("trips/") for name in copy) == 101
    for name, count in (("audit", 1_002), ("notifications", 101), ("place-searches", 101)):
        pages = [json.loads(text) for file, text in copy.items() if file.startswith(f"{name}/")]
        assert len(pages) > 1
        assert len({str(one) for page in pages for one in page}) == count


async def ids_of(who: Traveller) -> set[str]:
    """Ids of everything somebody has."""
    found: set[str] = set()
    for table in sorted(TABLES):
        for row in await rows_of(who.id, table, who.tools.db):
            found |= {str(row[name]) for name in ("id", "trip_id", "document_id") if row.get(name)}
    return {one for one in found if len(one) == len(str(who.id))}

"""Lists of trips in real PostgreSQL: filtered, searched, sorted, paged, deleted many at once, limited."""

import base64
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import available_timezones

import orjson
import psycopg
import pytest

from shared import trips
from shared.db import Database
from shared.errors import Conflict, InvalidRequest
from shared.trips import DestinationDraft, Trip, TripDraft, TripQuery
from shared.trips.listing import cursor_of
from shared.trips.model import MOST_TRIPS
from shared.trips.shown import page
from tests.integration.travellers import draft, new_trip, new_user

NOW = datetime(2027, 5, 3, 12, tzinfo=UTC)


async def names(owner: UUID, db: Database, *, now: datetime = NOW, **query: object) -> list[str]:
    """All pages of a list, as many requests as it takes."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        wanted = TripQuery.model_validate({"limit": 2, "cursor": cursor, **query})
        async with db.reading() as tx:
            rows = await page(tx, wanted, caller=owner, now=now)
        found += [orjson.loads(row.json)["name"] for row in rows[: wanted.limit]]
        if len(rows) <= wanted.limit:
            return found
        cursor = cursor_of(wanted, rows[wanted.limit - 1].position)


async def new(
    db: Database, owner: UUID, name: str, *stops: str, start: date = date(2027, 5, 1), zone: str | None = None
) -> Trip:
    route = tuple(DestinationDraft(name=stop, nights=1, zone=zone) for stop in stops)
    wanted = TripDraft(name=name, start_date=start, destinations=route)
    return await trips.create(wanted, owner=owner, replay=None, db=db)


async def test_every_sort_gives_each_trip_once_in_its_order(db: Database) -> None:
    owner = await new_user(db)
    for name, day in (("b", 3), ("Ä", 2), ("a", 2), ("서울", 1), ("C", 3)):
        await new(db, owner, name, start=date(2027, 5, day))
    made = ["b", "Ä", "a", "서울", "C"]
    assert await names(owner, db) == made[::-1]
    assert await names(owner, db, sort="createdAt") == made
    assert await names(owner, db, sort="startDate") == ["서울", "Ä", "a", "b", "C"]
    assert await names(owner, db, sort="name") == ["Ä", "a", "b", "C", "서울"]


@pytest.mark.parametrize("sort", ["-createdAt", "createdAt", "startDate", "name"])
async def test_pages_stay_right_while_rows_come_and_go(db: Database, sort: str) -> None:
    owner = await new_user(db)
    made = [await new_trip(db, owner, f"Trip {number}") for number in range(6)]
    wanted = TripQuery.model_validate({"sort": sort, "limit": 3})
    first = orjson.loads(await trips.list_page(wanted, caller=owner, db=db))
    seen = [trip["name"] for trip in first["items"]]
    async with db.transaction() as tx:
        await trips.delete_all(tx, [UUID(first["items"][2]["id"])], owner=owner)  # the row the cursor names
    await new_trip(db, owner, "A Trip")
    after = TripQuery.model_validate({"sort": sort, "limit": 50, "cursor": first["nextCursor"]})
    second = orjson.loads(await trips.list_page(after, caller=owner, db=db))
    seen += [trip["name"] for trip in second["items"] if trip["name"] != "A Trip"]
    assert sorted(seen) == sorted(trip.name for trip in made)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("munchen", ["Süden"]),
        ("MÜNCHEN", ["Süden"]),
        ("Mu\u0308nch", ["Süden"]),
        ("sud", ["Süden"]),
        ("울", ["여행"]),
        ("\u1109\u1165\u110b\u116e\u11af", ["여행"]),
        ("여행", ["여행"]),
        ("\uff33\uff21\uff2c\uff3a", ["Süden"]),
        ("5%", ["50% off", "5%"]),
        ("_", []),
        ("\\", []),
        ("salz münch", []),
        ("   ", ["50% off", "5%", "여행", "Süden"]),
    ],
)
async def test_any_part_of_a_name_is_found_without_case_and_accents(
    db: Database, q: str, found: list[str]
) -> None:
    owner, other = await new_user(db), await new_user(db)
    await new(db, owner, "Süden", "München", "Salzburg")
    await new(db, owner, "여행", "서울")
    await new(db, owner, "5%")
    await new(db, owner, "50% off", "At 5%")
    await new(db, other, "Süden 여행 5%")
    assert await names(owner, db, q=q) == found


async def test_a_search_follows_every_change_of_a_name(db: Database) -> None:
    owner = await new_user(db)
    trip = await new(db, owner, "Old", "Linz")
    await trips.change(trip.id, trips.TripChange(name="New"), caller=owner, seen=None, db=db)
    stop = trips.DestinationChange(name="Graz")
    await trips.edit(trips.ROUTE, trip.id, trip.destinations[0].id, stop, caller=owner, seen=None, db=db)
    assert [await names(owner, db, q=q) for q in ("old", "linz", "new", "graz")] == [[], [], ["New"], ["New"]]


@pytest.mark.parametrize(
    ("status", "found"),
    [("planned", ["later"]), ("ongoing", ["ends today", "starts today"]), ("past", ["over"])],
)
async def test_a_list_keeps_to_one_status(db: Database, status: str, found: list[str]) -> None:
    owner = await new_user(db)
    for name, day in (("over", 1), ("ends today", 2), ("starts today", 3), ("later", 4)):
        await new(db, owner, name, "Stop", start=date(2027, 5, day))
    assert await names(owner, db, status=status, sort="startDate") == found


@pytest.mark.parametrize(
    ("zone", "moment", "status"),
    [
        # The first day starts at the place's midnight: Kiritimati is 14 h ahead, Niue 11 h behind UTC.
        ("Pacific/Kiritimati", "2027-04-30T09:59:59Z", "planned"),
        ("Pacific/Kiritimati", "2027-04-30T10:00:00Z", "ongoing"),
        ("Pacific/Niue", "2027-05-01T10:59:59Z", "planned"),
        ("Pacific/Niue", "2027-05-01T11:00:00Z", "ongoing"),
        # The last day, May 2, ends likewise.
        ("Pacific/Kiritimati", "2027-05-02T09:59:59Z", "ongoing"),
        ("Pacific/Kiritimati", "2027-05-02T10:00:00Z", "past"),
        ("Pacific/Niue", "2027-05-03T10:59:59Z", "ongoing"),
        ("Pacific/Niue", "2027-05-03T11:00:00Z", "past"),
        (None, "2027-05-02T23:59:59Z", "ongoing"),
        (None, "2027-05-03T00:00:00Z", "past"),
    ],
)
async def test_status_turns_at_the_midnight_of_the_place(
    db: Database, zone: str | None, moment: str, status: str
) -> None:
    owner = await new_user(db)
    await new(db, owner, "Trip", "Stop", zone=zone)
    now = datetime.fromisoformat(moment)
    assert await names(owner, db, status=status, now=now) == ["Trip"]


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        # Summer time starts on 2027-03-28 in Berlin: midnight before is 23:00, after is 22:00 UTC.
        ("2027-03-26T22:59:59Z", "planned"),
        ("2027-03-26T23:00:00Z", "ongoing"),
        ("2027-03-28T21:59:59Z", "ongoing"),
        ("2027-03-28T22:00:00Z", "past"),
    ],
)
async def test_status_follows_summer_time(db: Database, moment: str, status: str) -> None:
    owner = await new_user(db)
    await new(db, owner, "Trip", "Stop", start=date(2027, 3, 27), zone="Europe/Berlin")
    assert await names(owner, db, status=status, now=datetime.fromisoformat(moment)) == ["Trip"]


async def test_a_route_over_the_date_line_ends_by_its_last_place(db: Database) -> None:
    owner = await new_user(db)
    route = (
        DestinationDraft(name="Auckland", nights=1, zone="Pacific/Auckland"),
        DestinationDraft(name="Honolulu", nights=0, zone="Pacific/Honolulu"),
    )
    wanted = TripDraft(name="Trip", start_date=date(2027, 5, 1), destinations=route)
    await trips.create(wanted, owner=owner, replay=None, db=db)
    turns = [
        ("2027-04-30T11:59:59Z", "planned"),  # Auckland, UTC+12
        ("2027-04-30T12:00:00Z", "ongoing"),
        ("2027-05-03T09:59:59Z", "ongoing"),  # Honolulu, UTC-10
        ("2027-05-03T10:00:00Z", "past"),
    ]
    for moment, status in turns:
        assert await names(owner, db, status=status, now=datetime.fromisoformat(moment)) == ["Trip"], moment


async def test_postgresql_knows_every_zone_we_accept(db: Database) -> None:
    zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    async with db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT count(timezone(z, now())) AS known FROM unnest(%s::text[]) z", (zones,)
        )
        assert await cursor.fetchone() == {"known": len(zones)}


async def test_a_zone_that_is_none_never_gets_into_the_database(db: Database) -> None:
    trip = await new_trip(db, await new_user(db))
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        async with db.transaction() as tx:
            await tx.execute("UPDATE trip_destinations SET zone = 'Mars/Base' WHERE trip_id = %s", (trip.id,))


def encoded(said: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(said)).decode().rstrip("=")


ROW = "019a0000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "ä",
        encoded({}),
        encoded([]),
        encoded(["name", "a", "b", "c"]),
        encoded(["name", "a", "no id"]),
        encoded(["name", 7, ROW]),
        encoded(["name", "a\0", ROW]),
        encoded(["name", "a", 7]),
        encoded(["startDate", "2027-05-01", ROW]),
        encoded([["name"], "a", ROW]),
    ],
)
async def test_a_cursor_we_never_gave_is_refused(db: Database, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await names(await new_user(db), db, sort="name", cursor=cursor)
    assert [error.pointer for error in refusal.value.errors] == ["cursor"]


async def test_many_are_deleted_at_once_and_only_ones_own(db: Database) -> None:
    owner, other = await new_user(db), await new_user(db)
    mine = [await new_trip(db, owner, f"Trip {number}") for number in range(3)]
    theirs = await new_trip(db, other)
    async with db.transaction() as tx:
        gone = await trips.delete_all(tx, [mine[0].id, theirs.id, mine[2].id], owner=owner)
    assert gone == {mine[0].id, mine[2].id}
    assert await names(owner, db) == ["Trip 1"]
    assert await names(other, db) == ["Alps"]


async def test_an_account_keeps_a_thousand_trips(db: Database) -> None:
    owner = await new_user(db)
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO trips (id, owner_id, name, transport, start_date)"
            " SELECT uuidv7(), %s, 'Trip', 'car', '2027-05-01' FROM generate_series(1, %s)",
            (owner, MOST_TRIPS - 1),
        )
    await new_trip(db, owner, "The last")
    with pytest.raises(Conflict, match="at most 1000 trips"):
        await new_trip(db, owner, "Too many")
    await trips.create(draft(), owner=await new_user(db), replay=None, db=db)

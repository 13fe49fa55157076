"""A million trips: what a read, a list and a search touch depends on the account, never on the table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from shared.db import new_id
from shared.db.migrate import migrate
from shared.trips import TripQuery
from shared.trips.listing import Position, cursor_of
from shared.trips.model import MOST_TRIPS
from shared.trips.shown import ONE, listing

pytestmark = pytest.mark.timeout(600)  # filling takes most of a minute

OWNERS = 1_000  # each with as many trips as an account may have
NOW = datetime(2027, 5, 3, tzinfo=UTC)
FILL = (
    "SET synchronous_commit = off",
    "INSERT INTO users (id, username, username_key, email, email_key, name, password_hash)"
    " SELECT uuidv7(), n, n, n, n, 'Somebody', 'none' FROM generate_series(1, %(owners)s) n",
    "INSERT INTO trips (id, owner_id, name, transport, start_date, created_at)"
    " SELECT uuidv7(), u.id, 'Trip ' || n, 'car', date '2027-01-01' + n, now() - n * interval '1 minute'"
    " FROM generate_series(1, %(each)s) n, users u",
    "INSERT INTO trip_destinations (id, trip_id, position, name, nights, zone)"
    " SELECT uuidv7(), id, 0, '서울 ' || name, 2, 'Asia/Seoul' FROM trips",
    "INSERT INTO trip_members (id, trip_id, position, name, age, health, preferences)"
    " SELECT uuidv7(), id, 0, 'Ada', 36, 'good', '{}' FROM trips LIMIT 50000",
    "INSERT INTO trip_people (trip_id, user_id, role, name)"
    " SELECT t.id, u.id, 'viewer', 'Guest'"
    " FROM (SELECT id, row_number() OVER () AS n FROM trips LIMIT 20000) t"
    " JOIN (SELECT id, row_number() OVER () AS n FROM users) u ON u.n = 1 + t.n %% %(owners)s",
    "VACUUM ANALYZE",
)


@pytest.fixture(scope="module")
def million(postgres_url: str) -> Iterator[psycopg.Connection]:
    """A database of its own, so that no other test waits for it; dropped afterwards."""
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE million")
        url = f"{postgres_url.rpartition('/')[0]}/million"
        migrate(url)
        with psycopg.connect(make_conninfo(url), autocommit=True, row_factory=tuple_row) as connection:
            for statement in FILL:
                values = {"owners": OWNERS, "each": MOST_TRIPS} if "%(" in statement else None
                connection.execute(statement, values)
            yield connection
        server.execute("DROP DATABASE million WITH (FORCE)")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def touched(connection: psycopg.Connection, statement: str, values: dict[str, object]) -> dict[str, float]:
    """How many rows each table's scans met, thrown away or kept; a sequential scan is told by name."""
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    row = connection.execute(explained.encode(), values).fetchone()
    assert row is not None
    met: dict[str, float] = {}
    for node in nodes(row[0][0]["Plan"]):
        if "Relation Name" in node:
            assert node["Node Type"] != "Seq Scan", node
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            table = node["Relation Name"]
            met[table] = met.get(table, 0) + rows * node["Actual Loops"]
    return met


def owner_of(connection: psycopg.Connection) -> UUID:
    row = connection.execute("SELECT id FROM users ORDER BY id LIMIT 1 OFFSET 500").fetchone()
    assert row is not None
    return UUID(str(row[0]))


def values(query: TripQuery, caller: UUID, after: Position | None = None) -> dict[str, object]:
    return {
        "caller": caller,
        "now": NOW,
        "status": query.status,
        "q": query.q,
        "key": after.key if after else None,
        "row": after.id if after else None,
        "limit": query.limit + 1,
    }


def test_there_are_a_million(million: psycopg.Connection) -> None:
    assert million.execute("SELECT count(*) FROM trips").fetchone() == (1_000_000,)


def test_reading_one_meets_one(million: psycopg.Connection) -> None:
    caller = owner_of(million)
    row = million.execute("SELECT id FROM trips WHERE owner_id = %s LIMIT 1", (caller,)).fetchone()
    assert row is not None
    met = touched(million, ONE, {"id": row[0], "caller": caller, "now": NOW})
    assert met["trips"] == 1
    assert max(met.values()) <= 2


@pytest.mark.parametrize("after", [None, NOW])
def test_the_newest_page_meets_a_page(million: psycopg.Connection, after: datetime | None) -> None:
    caller, last = owner_of(million), Position(after, new_id()) if after else None
    query = TripQuery()
    if last:
        query = TripQuery(cursor=cursor_of(query, last))
    met = touched(million, listing(query), values(query, caller, last))
    assert max(met.values()) <= 2 * (query.limit + 1)


@pytest.mark.parametrize(
    "query",
    [
        TripQuery(sort="name"),
        TripQuery(sort="startDate"),
        TripQuery(q="서울 trip 77"),
        TripQuery(q="nothing at all"),
        TripQuery(status="ongoing"),
        TripQuery(status="past", q="서울", sort="name", limit=100),
        TripQuery(shared=True, q="서울"),
    ],
    ids=lambda query: query.model_dump_json(exclude_defaults=True),
)
def test_a_list_or_search_meets_the_trips_of_one_account(
    million: psycopg.Connection, query: TripQuery
) -> None:
    met = touched(million, listing(query), values(query, owner_of(million)))
    assert met["trips"] <= MOST_TRIPS + query.limit + 1
    assert max(met.values()) <= 2 * MOST_TRIPS + 2 * (query.limit + 1)

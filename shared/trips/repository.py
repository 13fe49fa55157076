"""Every SQL statement about trips."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.db import Transaction
from shared.trips.model import Destination, Member, Role, Trip, TripChange

ROLE = """
    CASE WHEN owner_id = %(caller)s THEN 'owner'
         ELSE (SELECT role FROM trip_people p WHERE p.trip_id = trips.id AND p.user_id = %(caller)s) END
"""
# One round trip reads a trip with its party and its route: JSON shaped in SQL.
_TRIP = """
    SELECT id, owner_id, name, transport, start_date, arrival_time, departure_time, revision,
           created_at, updated_at,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name, 'age', m.age,
                            'gender', m.gender, 'health', m.health, 'preferences', m.preferences)
                            ORDER BY m.position)
                     FROM trip_members m WHERE m.trip_id = trips.id), '[]') AS members,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'nights', d.nights,
                            'zone', d.zone, 'lodging', d.lodging, 'checkIn', to_char(d.check_in, 'HH24:MI'),
                            'checkOut', to_char(d.check_out, 'HH24:MI')) ORDER BY d.position)
                     FROM trip_destinations d WHERE d.trip_id = trips.id), '[]') AS destinations
    FROM trips
"""


async def insert(tx: Transaction, trip: Trip) -> None:
    await tx.execute(
        "INSERT INTO trips (id, owner_id, name, transport, start_date, arrival_time, departure_time)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            trip.id,
            trip.owner_id,
            trip.name,
            trip.transport,
            trip.start_date,
            trip.arrival_time,
            trip.departure_time,
        ),
    )
    await put_members(tx, trip.id, trip.members)
    await put_destinations(tx, trip.id, trip.destinations)


async def count(tx: Transaction, *, owner: UUID) -> int:
    """How many trips an account has; no other trip of it is made until the transaction ends."""
    await tx.execute("SELECT FROM users WHERE id = %s FOR NO KEY UPDATE", (owner,))
    cursor = await tx.execute("SELECT count(*) AS trips FROM trips WHERE owner_id = %s", (owner,))
    row = await cursor.fetchone()
    return int(row["trips"]) if row else 0


async def find(tx: Transaction, trip_id: UUID, *, owner: UUID) -> Trip | None:
    cursor = await tx.execute(f"{_TRIP} WHERE id = %s AND owner_id = %s", (trip_id, owner))
    row = await cursor.fetchone()
    return _trip(row) if row else None


async def read(tx: Transaction, trip_id: UUID) -> Trip:
    """A trip whose row is locked, or was just written."""
    cursor = await tx.execute(f"{_TRIP} WHERE id = %s", (trip_id,))
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the caller holds it
    return _trip(row)


async def role(tx: Transaction, trip_id: UUID, *, caller: UUID) -> Role | None:
    """What the caller is to the trip; None for a stranger, or when there is no such trip."""
    cursor = await tx.execute(f"SELECT {ROLE} AS role FROM trips WHERE id = %(id)s", _who(trip_id, caller))
    row = await cursor.fetchone()
    return row["role"] if row else None


async def lock(tx: Transaction, trip_id: UUID, *, caller: UUID) -> tuple[int, Role | None] | None:
    """The trip's revision and the caller's role, the row locked until the transaction ends."""
    cursor = await tx.execute(
        f"SELECT revision, {ROLE} AS role FROM trips WHERE id = %(id)s FOR UPDATE", _who(trip_id, caller)
    )
    row = await cursor.fetchone()
    return (int(row["revision"]), row["role"]) if row else None


async def update(tx: Transaction, trip_id: UUID, change: TripChange) -> None:
    """Apply the fields that were sent; a locked row is the caller's."""
    sent = change.model_fields_set
    await tx.execute(
        "UPDATE trips SET revision = revision + 1, updated_at = now(),"
        " name = CASE WHEN %(set_name)s THEN %(name)s ELSE name END,"
        " transport = CASE WHEN %(set_transport)s THEN %(transport)s ELSE transport END,"
        " start_date = CASE WHEN %(set_start_date)s THEN %(start_date)s::date ELSE start_date END,"
        " arrival_time = CASE WHEN %(set_arrival_time)s THEN %(arrival_time)s::time ELSE arrival_time END,"
        " departure_time = CASE WHEN %(set_departure_time)s THEN %(departure_time)s::time"
        " ELSE departure_time END WHERE id = %(id)s",
        {
            "id": trip_id,
            **{f"set_{name}": name in sent for name in TripChange.model_fields},
            **dict(change),
        },
    )


async def touch(tx: Transaction, trip_id: UUID) -> None:
    await tx.execute("UPDATE trips SET revision = revision + 1, updated_at = now() WHERE id = %s", (trip_id,))


async def delete_all(tx: Transaction, trip_ids: Sequence[UUID], *, owner: UUID) -> set[UUID]:
    """Delete those of the trips that are the owner's; which they were."""
    cursor = await tx.execute(
        "DELETE FROM trips WHERE id IN (SELECT id FROM trips WHERE id = ANY(%s) AND owner_id = %s"
        " ORDER BY id FOR UPDATE) RETURNING id",
        (list(trip_ids), owner),
    )
    return {row["id"] for row in await cursor.fetchall()}


async def learn_zones(tx: Transaction, zones: Mapping[UUID, str]) -> None:
    """Fill in the zones of stops that have none."""
    async with tx.cursor() as cursor:
        await cursor.executemany(
            "UPDATE trip_destinations SET zone = %s WHERE id = %s AND zone IS NULL",
            [(zone, stop) for stop, zone in zones.items()],
        )


async def put_members(tx: Transaction, trip_id: UUID, members: Sequence[Member]) -> None:
    """Replace the whole party."""
    await tx.execute("DELETE FROM trip_members WHERE trip_id = %s", (trip_id,))
    async with tx.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO trip_members (id, trip_id, position, name, age, gender, health, preferences)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (m.id, trip_id, position, m.name, m.age, m.gender, m.health, list(m.preferences))
                for position, m in enumerate(members)
            ],
        )


async def put_destinations(tx: Transaction, trip_id: UUID, stops: Sequence[Destination]) -> None:
    """Replace the whole route; dates are not stored, they follow from start and nights."""
    await tx.execute("DELETE FROM trip_destinations WHERE trip_id = %s", (trip_id,))
    async with tx.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO trip_destinations"
            " (id, trip_id, position, name, nights, zone, lodging, check_in, check_out)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    stop.id,
                    trip_id,
                    position,
                    stop.name,
                    stop.nights,
                    stop.zone,
                    Jsonb(stop.lodging.model_dump(mode="json", by_alias=True)) if stop.lodging else None,
                    stop.check_in,
                    stop.check_out,
                )
                for position, stop in enumerate(stops)
            ],
        )


def _trip(row: dict[str, Any]) -> Trip:
    return Trip.model_validate(row)


def _who(trip_id: UUID, caller: UUID) -> dict[str, UUID]:
    return {"id": trip_id, "caller": caller}

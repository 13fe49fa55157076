"""Trips as their owners read them, shaped in SQL: the database writes the JSON, nothing is parsed twice.

The shape is that of `TripView`, field by field; a test holds the two together.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.db import Page, Transaction

# Dates chain: a destination starts after all nights before it.
_ROUTE = """
    SELECT coalesce(sum(nights), 0)::int AS nights, coalesce(json_agg(json_build_object(
               'name', name, 'nights', nights, 'lodging', lodging, 'checkIn', to_char(check_in, 'HH24:MI'),
               'checkOut', to_char(check_out, 'HH24:MI'), 'id', id,
               'startDate', trips.start_date + before, 'endDate', trips.start_date + before + nights)
               ORDER BY position), '[]') AS stops
    FROM (SELECT d.*, (sum(nights) OVER (ORDER BY position) - nights)::int AS before
          FROM trip_destinations d WHERE d.trip_id = trips.id) AS dated
"""
_PARTY = """
    SELECT coalesce(json_agg(json_build_object(
               'name', m.name, 'age', m.age, 'gender', m.gender, 'health', m.health,
               'preferences', m.preferences, 'id', m.id) ORDER BY m.position), '[]') AS members
    FROM trip_members m WHERE m.trip_id = trips.id
"""
_MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_SHOWN = f"""
    SELECT id, revision, created_at, json_build_object(
        'id', id, 'name', name, 'transport', transport, 'startDate', start_date,
        'endDate', start_date + route.nights,
        'status', CASE WHEN %(today)s::date < start_date THEN 'planned'
                       WHEN %(today)s::date > start_date + route.nights THEN 'past' ELSE 'ongoing' END,
        'arrivalTime', to_char(arrival_time, 'HH24:MI'), 'departureTime', to_char(departure_time, 'HH24:MI'),
        'members', party.members, 'destinations', route.stops,
        'createdAt', {_MOMENT.format("created_at")},
        'updatedAt', {_MOMENT.format("updated_at")})::text AS json
    FROM trips, LATERAL ({_ROUTE}) AS route, LATERAL ({_PARTY}) AS party
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A trip as JSON text, and what paging and preconditions need to know of it."""

    id: UUID
    revision: int
    created_at: datetime
    json: str


async def find(tx: Transaction, trip_id: UUID, *, owner: UUID, today: date) -> Shown | None:
    cursor = await tx.execute(
        f"{_SHOWN} WHERE id = %(id)s AND owner_id = %(owner)s",
        {"id": trip_id, "owner": owner, "today": today},
    )
    row = await cursor.fetchone()
    return Shown(**row) if row else None


async def page(tx: Transaction, page: Page, *, owner: UUID, today: date) -> list[Shown]:
    """One more row than asked for, so that the caller knows whether there is a next page."""
    at, row_id = page.after or (None, None)
    cursor = await tx.execute(
        f"{_SHOWN} WHERE owner_id = %(owner)s"
        " AND (%(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(row)s::uuid))"
        " ORDER BY created_at DESC, id DESC LIMIT %(limit)s",
        {"owner": owner, "today": today, "at": at, "row": row_id, "limit": page.limit + 1},
    )
    return [Shown(**row) for row in await cursor.fetchall()]

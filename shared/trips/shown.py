"""Trips as people read them, shaped in SQL: the database writes the JSON, nothing is parsed twice.

The shape is that of `TripView`, field by field; a test holds the two together.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.db import Transaction
from shared.trips.listing import SORTS, Position, TripQuery, position
from shared.trips.repository import ROLE

# When a route ends, and by which calendars: that of the first and that of the last zone that is known.
_SPAN = """
    SELECT coalesce(sum(nights), 0)::int AS nights,
           coalesce((array_agg(zone ORDER BY position) FILTER (WHERE zone IS NOT NULL))[1], 'UTC') opens,
           coalesce((array_agg(zone ORDER BY position DESC) FILTER (WHERE zone IS NOT NULL))[1], 'UTC') ends
    FROM trip_destinations WHERE trip_id = trips.id
"""
_STATUS = """
    CASE WHEN (%(now)s::timestamptz AT TIME ZONE span.opens)::date < start_date THEN 'planned'
         WHEN (%(now)s::timestamptz AT TIME ZONE span.ends)::date > start_date + span.nights THEN 'past'
         ELSE 'ongoing' END
"""
# Dates chain: a destination starts after all nights before it.
_ROUTE = """
    SELECT coalesce(json_agg(json_build_object(
               'name', name, 'nights', nights, 'zone', zone, 'lodging', lodging,
               'checkIn', to_char(check_in, 'HH24:MI'), 'checkOut', to_char(check_out, 'HH24:MI'), 'id', id,
               'startDate', trips.start_date + before, 'endDate', trips.start_date + before + nights)
               ORDER BY position), '[]') AS stops
    FROM (SELECT d.*, (sum(nights) OVER (ORDER BY position) - nights)::int AS before
          FROM trip_destinations d WHERE d.trip_id = trips.id) AS dated
"""
_PARTY = """
    SELECT coalesce(json_agg(json_build_object(
               'name', m.name, 'age', m.age, 'gender', m.gender,
               'health', CASE WHEN access.role <> 'viewer' THEN m.health END,
               'preferences', m.preferences, 'id', m.id) ORDER BY m.position), '[]') AS members
    FROM trip_members m WHERE m.trip_id = trips.id
"""
_MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_JSON = f"""
    json_build_object(
        'id', id, 'role', access.role, 'name', name, 'transport', transport, 'startDate', start_date,
        'endDate', start_date + span.nights, 'status', {_STATUS},
        'arrivalTime', to_char(arrival_time, 'HH24:MI'), 'departureTime', to_char(departure_time, 'HH24:MI'),
        'members', party.members, 'destinations', route.stops,
        'createdAt', {_MOMENT.format("created_at")},
        'updatedAt', {_MOMENT.format("updated_at")})::text
"""
_PARTS = (
    f"LATERAL (SELECT {ROLE} AS role) AS access, LATERAL ({_SPAN}) AS span,"
    f" LATERAL ({_ROUTE}) AS route, LATERAL ({_PARTY}) AS party"
)
ONE = f"""
    SELECT revision, {_JSON} AS json FROM trips, {_PARTS} WHERE id = %(id)s AND access.role IS NOT NULL
"""
_SHARED = "id IN (SELECT trip_id FROM trip_people WHERE user_id = %(caller)s)"
_FOUND = """
    (strpos(folded_name, folded(%(q)s)) > 0 OR EXISTS (
        SELECT FROM trip_destinations d
        WHERE d.trip_id = trips.id AND strpos(d.folded_name, folded(%(q)s)) > 0))
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A trip as JSON text, and the revision that preconditions ask for."""

    revision: int
    json: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A trip of a list as JSON text, and where it stands in it."""

    key: datetime | date | str
    id: UUID
    json: str

    @property
    def position(self) -> Position:
        return Position(self.key, self.id)


async def find(tx: Transaction, trip_id: UUID, *, caller: UUID, now: datetime) -> Shown | None:
    cursor = await tx.execute(ONE, {"id": trip_id, "caller": caller, "now": now})
    row = await cursor.fetchone()
    return Shown(**row) if row else None


async def page(tx: Transaction, query: TripQuery, *, caller: UUID, now: datetime) -> list[Listed]:
    """One more row than asked for, so that the caller knows whether there is a next page."""
    after = position(query)
    cursor = await tx.execute(
        listing(query),
        {
            "caller": caller,
            "now": now,
            "status": query.status,
            "q": query.q,
            "key": after.key if after else None,
            "row": after.id if after else None,
            "limit": query.limit + 1,
        },
    )
    return [Listed(**row) for row in await cursor.fetchall()]


def listing(query: TripQuery) -> str:
    """The statement of a list: the rows of a page are chosen first, and only they are shaped."""
    column = SORTS[query.sort].column
    way, beyond = ("DESC", "<") if SORTS[query.sort].downward else ("ASC", ">")
    conditions = [_SHARED if query.shared else "owner_id = %(caller)s"]
    if query.cursor is not None:
        conditions.append(f"({column}, id) {beyond} (%(key)s, %(row)s)")
    if query.status is not None:
        conditions.append(f"{_STATUS} = %(status)s")
    if query.q is not None:
        conditions.append(_FOUND)
    span = f", LATERAL ({_SPAN}) AS span" if query.status is not None else ""
    return f"""
        WITH chosen AS (
            SELECT id AS chosen_id, {column} AS key FROM trips{span} WHERE {" AND ".join(conditions)}
            ORDER BY {column} {way}, id {way} LIMIT %(limit)s)
        SELECT key, id, {_JSON} AS json FROM chosen JOIN trips ON id = chosen_id, {_PARTS}
        ORDER BY key {way}, id {way}
    """

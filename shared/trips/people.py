"""Every SQL statement about whom a trip is shared with."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.db import Transaction
from shared.trips.invitation import Invitation, Invited


class Counted(NamedTuple):
    """What decides whether somebody may join."""

    owner: bool
    joined: bool
    people: int
    trips: int


async def insert_invitation(tx: Transaction, trip_id: UUID, made: Invitation, *, digest: bytes) -> None:
    await tx.execute(
        "INSERT INTO trip_invitations (id, trip_id, role, digest, expires_at) VALUES (%s, %s, %s, %s, %s)",
        (made.id, trip_id, made.role, digest, made.expires_at),
    )


async def invitations(tx: Transaction, trip_id: UUID, *, now: datetime) -> list[dict[str, Any]]:
    cursor = await tx.execute(
        "SELECT id, role, expires_at FROM trip_invitations WHERE trip_id = %s AND expires_at > %s"
        " ORDER BY expires_at, id",
        (trip_id, now),
    )
    return list(await cursor.fetchall())


async def drop_expired(tx: Transaction, trip_id: UUID, *, now: datetime) -> None:
    await tx.execute("DELETE FROM trip_invitations WHERE trip_id = %s AND expires_at <= %s", (trip_id, now))


async def delete_invitation(tx: Transaction, trip_id: UUID, invitation_id: UUID) -> bool:
    cursor = await tx.execute(
        "DELETE FROM trip_invitations WHERE id = %s AND trip_id = %s", (invitation_id, trip_id)
    )
    return cursor.rowcount == 1


async def invited(tx: Transaction, digest: bytes, *, now: datetime) -> tuple[UUID, Invited] | None:
    """Trip and role of an open invitation; its trip is held, so that nobody revokes it meanwhile."""
    await tx.execute(
        "SELECT FROM trips WHERE id = (SELECT trip_id FROM trip_invitations WHERE digest = %s) FOR UPDATE",
        (digest,),
    )
    cursor = await tx.execute(
        "SELECT trip_id, role FROM trip_invitations WHERE digest = %s AND expires_at > %s", (digest, now)
    )
    row = await cursor.fetchone()
    return (row["trip_id"], row["role"]) if row else None


async def counted(tx: Transaction, trip_id: UUID, user_id: UUID) -> Counted:
    cursor = await tx.execute(
        "SELECT owner_id = %(user)s AS owner,"
        " EXISTS (SELECT FROM trip_people WHERE trip_id = %(trip)s AND user_id = %(user)s) AS joined,"
        " (SELECT count(*) FROM trip_people WHERE trip_id = %(trip)s) AS people,"
        " (SELECT count(*) FROM trip_people WHERE user_id = %(user)s) AS trips"
        " FROM trips WHERE id = %(trip)s",
        {"trip": trip_id, "user": user_id},
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the caller holds it
    return Counted(**row)


async def join(tx: Transaction, trip_id: UUID, *, user_id: UUID, role: Invited, name: str) -> Invited:
    """The role the person has now: an editor stays one."""
    cursor = await tx.execute(
        "INSERT INTO trip_people (trip_id, user_id, role, name) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (trip_id, user_id) DO UPDATE SET name = excluded.name,"
        " role = CASE WHEN trip_people.role = 'editor' THEN 'editor' ELSE excluded.role END"
        " RETURNING role",
        (trip_id, user_id, role, name),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an upsert returns its row
    kept: Invited = row["role"]
    return kept


async def of(tx: Transaction, trip_id: UUID) -> list[dict[str, Any]]:
    cursor = await tx.execute(
        "SELECT user_id, name, role, joined_at FROM trip_people WHERE trip_id = %s"
        " ORDER BY joined_at, user_id",
        (trip_id,),
    )
    return list(await cursor.fetchall())


async def leave(tx: Transaction, trip_id: UUID, user_id: UUID) -> bool:
    cursor = await tx.execute(
        "DELETE FROM trip_people WHERE trip_id = %s AND user_id = %s", (trip_id, user_id)
    )
    return cursor.rowcount == 1

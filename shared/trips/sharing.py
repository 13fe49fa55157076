"""Sharing a trip: its owner invites by link, whoever follows it becomes editor or viewer, until removed."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.db import Database, Transaction, new_id, record
from shared.errors import Conflict, Forbidden, NotFound
from shared.trips import access, people
from shared.trips.invitation import (
    Acceptance,
    Invitation,
    InvitationDraft,
    InvitationList,
    Joined,
    NewInvitation,
    People,
    Person,
)
from shared.trips.model import MOST_TRIPS

MOST_PEOPLE = 50
MOST_INVITATIONS = 20

type Now = Callable[[], datetime]


def _utc() -> datetime:
    return datetime.now(UTC)


async def invite(
    trip_id: UUID, wanted: InvitationDraft, *, caller: UUID, db: Database, now: Now = _utc
) -> NewInvitation:
    """A link for anybody; `Conflict` when too many are open."""
    token = secrets.token_urlsafe(32)
    made = NewInvitation(
        id=new_id(), role=wanted.role, expires_at=now() + timedelta(days=wanted.days), token=token
    )
    async with db.transaction() as tx:
        await access.hold(tx, trip_id, caller=caller, least="owner")
        await people.drop_expired(tx, trip_id, now=now())
        if len(await people.invitations(tx, trip_id, now=now())) >= MOST_INVITATIONS:
            raise Conflict(f"A trip has at most {MOST_INVITATIONS} open invitations. Revoke one first.")
        await people.insert_invitation(tx, trip_id, made, digest=_digest(token))
        await record(tx, "invitation-made", actor=caller, subject=trip_id, role=wanted.role)
    return made


async def invitations(trip_id: UUID, *, caller: UUID, db: Database, now: Now = _utc) -> InvitationList:
    """The open ones."""
    async with db.transaction() as tx:
        await access.require(tx, trip_id, caller=caller, least="owner")
        rows = await people.invitations(tx, trip_id, now=now())
    return InvitationList(items=tuple(Invitation.model_validate(row) for row in rows))


async def revoke(trip_id: UUID, invitation_id: UUID, *, caller: UUID, db: Database) -> None:
    """The link is good for nothing from now on; who joined by it stays."""
    async with db.transaction() as tx:
        await access.hold(tx, trip_id, caller=caller, least="owner")
        if not await people.delete_invitation(tx, trip_id, invitation_id):
            raise NotFound(f"This trip has no invitation {invitation_id}.")
        await record(tx, "invitation-revoked", actor=caller, subject=trip_id)


async def accept(wanted: Acceptance, *, caller: UUID, db: Database, now: Now = _utc) -> Joined:
    """Join by a link. A second time changes the name, and makes a viewer an editor, never the reverse."""
    digest = _digest(wanted.token.get_secret_value())
    async with db.transaction() as tx:
        invited = await people.invited(tx, digest, now=now())
        if invited is None:
            raise NotFound("This invitation has expired or was revoked. Ask for another one.")
        trip_id, role = invited
        await _require_room(tx, trip_id, caller)
        kept = await people.join(tx, trip_id, user_id=caller, role=role, name=wanted.name)
        await record(tx, "trip-joined", actor=caller, subject=trip_id, role=kept)
    return Joined(trip_id=trip_id, role=kept)


async def who(trip_id: UUID, *, caller: UUID, db: Database) -> People:
    """Everybody the trip is shared with, as all of them may know."""
    async with db.transaction() as tx:
        await access.require(tx, trip_id, caller=caller)
        rows = await people.of(tx, trip_id)
    return People(items=tuple(Person.model_validate(row) for row in rows))


async def remove(trip_id: UUID, user_id: UUID, *, caller: UUID, db: Database) -> None:
    """The owner removes anybody, everybody may leave; from the next request on the trip is not there."""
    async with db.transaction() as tx:
        role = await access.hold(tx, trip_id, caller=caller, least="viewer")
        if role != "owner" and user_id != caller:
            raise Forbidden("Only the owner of a trip removes others. You may leave it yourself.")
        if not await people.leave(tx, trip_id, user_id):
            raise NotFound(f"This trip is not shared with {user_id}.")
        await record(tx, "person-removed", actor=caller, subject=user_id, trip=str(trip_id))


async def _require_room(tx: Transaction, trip_id: UUID, caller: UUID) -> None:
    held = await people.counted(tx, trip_id, caller)
    if held.owner:
        raise Conflict("This trip is your own already.")
    if held.people >= MOST_PEOPLE and not held.joined:
        raise Conflict(f"A trip is shared with at most {MOST_PEOPLE} people.")
    if held.trips >= MOST_TRIPS and not held.joined:
        raise Conflict(f"At most {MOST_TRIPS} trips are shared with one account. Leave some first.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

"""Who may do what with a trip: viewers read, editors change, and strangers do not learn that it exists."""

from uuid import UUID

from shared.db import Replay, Transaction, remember
from shared.errors import Forbidden, NotFound, PreconditionFailed
from shared.trips import repository
from shared.trips.model import Role, Trip

_RANK: dict[Role, int] = {"viewer": 1, "editor": 2, "owner": 3}


async def hold(
    tx: Transaction, trip_id: UUID, *, caller: UUID, seen: int | None = None, least: Role = "editor"
) -> Role:
    """Keep everybody else from changing the trip until the transaction ends; returns the caller's role.

    `NotFound` for a stranger; `Forbidden` for a role below `least`; `PreconditionFailed` when `seen`, the
    revision the caller knows, has passed; None does not care.
    """
    held = await repository.lock(tx, trip_id, caller=caller)
    revision, role = held or (0, None)
    role = _enough(role, least, trip_id)
    if seen is not None and seen != revision:
        raise PreconditionFailed("The trip was changed by somebody else. Read it again, then repeat.")
    return role


async def require(tx: Transaction, trip_id: UUID, *, caller: UUID, least: Role = "viewer") -> Role:
    """The caller's role, refused like `hold` does; nothing is locked."""
    return _enough(await repository.role(tx, trip_id, caller=caller), least, trip_id)


async def answered(tx: Transaction, trip_id: UUID, *, replay: Replay | None) -> Trip:
    """The trip as it is now, kept as the answer to the request's Idempotency-Key."""
    trip = await repository.read(tx, trip_id)
    await remember(tx, replay, trip.model_dump(mode="json", by_alias=True))
    return trip


def missing(trip_id: UUID) -> NotFound:
    return NotFound(f"Trip {trip_id} does not exist or is not yours.")


def _enough(role: Role | None, least: Role, trip_id: UUID) -> Role:
    if role is None:
        raise missing(trip_id)
    if _RANK[role] < _RANK[least]:
        raise Forbidden(f"You are {role} of this trip; this takes its {least}. Ask its owner.")
    return role

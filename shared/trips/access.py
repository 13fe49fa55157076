"""Trips inside a transaction: held for a change, read back after it, kept as the answer to a repetition."""

from uuid import UUID

from shared.db import Replay, Transaction, remember
from shared.errors import NotFound, PreconditionFailed
from shared.trips import repository
from shared.trips.model import Trip


async def hold(tx: Transaction, trip_id: UUID, *, caller: UUID, seen: int | None) -> None:
    """Keep everybody else from changing the trip until the transaction ends.

    `NotFound` for a trip that is not the caller's; `PreconditionFailed` when `seen`, the revision the caller
    knows, has passed; None does not care.
    """
    revision = await repository.lock(tx, trip_id, owner=caller)
    if revision is None:
        raise missing(trip_id)
    if seen is not None and seen != revision:
        raise PreconditionFailed("The trip was changed by somebody else. Read it again, then repeat.")


async def found(tx: Transaction, trip_id: UUID, *, caller: UUID) -> Trip:
    trip = await repository.find(tx, trip_id, owner=caller)
    if trip is None:
        raise missing(trip_id)
    return trip


async def answered(tx: Transaction, trip_id: UUID, *, caller: UUID, replay: Replay | None) -> Trip:
    """The trip as it is now, kept as the answer to the request's Idempotency-Key."""
    trip = await found(tx, trip_id, caller=caller)
    await remember(tx, replay, trip.model_dump(mode="json", by_alias=True))
    return trip


def missing(trip_id: UUID) -> NotFound:
    return NotFound(f"Trip {trip_id} does not exist or is not yours.")

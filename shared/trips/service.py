"""What people do with trips. Each function is one unit of work."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.db import Database, Replay, Transaction, new_id, recall
from shared.errors import Conflict
from shared.trips import access, repository, shown
from shared.trips.changes import sent
from shared.trips.listing import TripQuery, cursor_of
from shared.trips.model import MOST_TRIPS, Destination, Member, Role, Trip, TripChange, TripDraft
from shared.trips.shown import Shown


async def create(draft: TripDraft, *, owner: UUID, replay: Replay | None, db: Database) -> Trip:
    """A new trip; the same Idempotency-Key gives the same trip again. `Conflict` when there are too many."""
    trip = _made(draft, owner=owner)
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Trip.model_validate(answer)
        if await repository.count(tx, owner=owner) >= MOST_TRIPS:
            raise Conflict(f"An account keeps at most {MOST_TRIPS} trips. Delete some first.")
        await repository.insert(tx, trip)
        return await access.answered(tx, trip.id, replay=replay)


async def get(trip_id: UUID, *, owner: UUID, db: Database) -> Trip:
    async with db.transaction() as tx:
        trip = await repository.find(tx, trip_id, owner=owner)
    if trip is None:
        raise access.missing(trip_id)
    return trip


async def read(trip_id: UUID, *, caller: UUID, db: Database) -> tuple[Trip, Role]:
    """A trip somebody may read, and what they are to it."""
    async with db.transaction() as tx:
        role = await access.require(tx, trip_id, caller=caller)
        return await repository.read(tx, trip_id), role


async def require(tx: Transaction, trip_id: UUID, *, caller: UUID, least: Role = "editor") -> Trip:
    """A trip inside somebody's transaction; `NotFound` for a stranger, `Forbidden` for a lower role."""
    await access.require(tx, trip_id, caller=caller, least=least)
    return await repository.read(tx, trip_id)


async def find(tx: Transaction, trip_id: UUID, *, owner: UUID) -> Trip | None:
    """The owner's trip inside somebody's transaction, or None."""
    return await repository.find(tx, trip_id, owner=owner)


async def show(trip_id: UUID, *, caller: UUID, db: Database) -> Shown:
    """A trip as the caller reads it, by the caller's role."""
    async with db.reading() as tx:
        found = await shown.find(tx, trip_id, caller=caller, now=datetime.now(UTC))
    if found is None:
        raise access.missing(trip_id)
    return found


async def list_page(query: TripQuery, *, caller: UUID, db: Database) -> str:
    """A `TripPage` as JSON text."""
    async with db.reading() as tx:
        rows = await shown.page(tx, query, caller=caller, now=datetime.now(UTC))
    kept = rows[: query.limit]
    cursor = f'"{cursor_of(query, kept[-1].position)}"' if len(rows) > query.limit else "null"
    return f'{{"items":[{",".join(row.json for row in kept)}],"nextCursor":{cursor}}}'


async def change(trip_id: UUID, wanted: TripChange, *, caller: UUID, seen: int | None, db: Database) -> Trip:
    """Change a trip's own fields; `seen` is the revision the caller knows, None when it does not care."""
    sent(wanted, never_empty=("name", "transport", "start_date"))
    async with db.transaction() as tx:
        await access.hold(tx, trip_id, caller=caller, seen=seen)
        await repository.update(tx, trip_id, wanted)
        return await repository.read(tx, trip_id)


async def learn_zones(tx: Transaction, zones: Mapping[UUID, str]) -> None:
    """Stops without a zone take the one their place turned out to be in; that is no change of the trip."""
    await repository.learn_zones(tx, zones)


async def delete(tx: Transaction, trip_id: UUID, *, owner: UUID, seen: int | None) -> None:
    """Delete a trip inside the transaction of whoever clears up after it."""
    await access.hold(tx, trip_id, caller=owner, seen=seen, least="owner")
    await repository.delete_all(tx, [trip_id], owner=owner)


async def delete_all(tx: Transaction, trip_ids: Sequence[UUID], *, owner: UUID) -> set[UUID]:
    """Delete those of the trips that are the owner's, likewise; which they were."""
    return await repository.delete_all(tx, trip_ids, owner=owner)


def _made(draft: TripDraft, *, owner: UUID) -> Trip:
    now = datetime.now(UTC)
    own = {name: value for name, value in draft if name not in {"members", "destinations"}}
    return Trip(
        **own,
        id=new_id(),
        owner_id=owner,
        members=tuple(Member(**dict(member)) for member in draft.members),
        destinations=tuple(Destination(**dict(stop)) for stop in draft.destinations),
        revision=1,
        created_at=now,
        updated_at=now,
    )

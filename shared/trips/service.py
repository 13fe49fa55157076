"""What people do with trips. Each function is one unit of work."""

from datetime import UTC, date, datetime
from uuid import UUID

from shared.db import Database, Page, Replay, Transaction, cursor_after, new_id, recall, remember
from shared.errors import Conflict, FieldError, InvalidRequest, NotFound, PreconditionFailed
from shared.trips import repository, shown
from shared.trips.model import (
    MOST_DESTINATIONS,
    MOST_MEMBERS,
    Destination,
    DestinationDraft,
    Member,
    MemberDraft,
    Trip,
    TripChange,
    TripDraft,
)
from shared.trips.shown import Shown

_NEVER_EMPTY = ("name", "transport", "start_date")


async def create(draft: TripDraft, *, owner: UUID, replay: Replay | None, db: Database) -> Trip:
    """A new trip; the same Idempotency-Key gives the same trip again."""
    now = datetime.now(UTC)
    trip = Trip(
        id=new_id(),
        owner_id=owner,
        name=draft.name,
        transport=draft.transport,
        start_date=draft.start_date,
        arrival_time=draft.arrival_time,
        departure_time=draft.departure_time,
        members=tuple(Member(**dict(member)) for member in draft.members),
        destinations=tuple(Destination(**dict(stop)) for stop in draft.destinations),
        revision=1,
        created_at=now,
        updated_at=now,
    )
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Trip.model_validate(answer)
        await repository.insert(tx, trip)
        return await _answered(tx, trip.id, owner=owner, replay=replay)


async def get(trip_id: UUID, *, owner: UUID, db: Database) -> Trip:
    async with db.transaction() as tx:
        return await _found(tx, trip_id, owner=owner)


async def find(tx: Transaction, trip_id: UUID, *, owner: UUID) -> Trip | None:
    """The owner's trip inside somebody's transaction, or None."""
    return await repository.find(tx, trip_id, owner=owner)


async def show(trip_id: UUID, *, owner: UUID, db: Database) -> Shown:
    """A trip as its owner reads it."""
    async with db.reading() as tx:
        found = await shown.find(tx, trip_id, owner=owner, today=_today())
    if found is None:
        raise _missing(trip_id)
    return found


async def list_page(page: Page, *, owner: UUID, db: Database) -> str:
    """A `TripPage` as JSON text, newest first."""
    async with db.reading() as tx:
        rows = await shown.page(tx, page, owner=owner, today=_today())
    kept = rows[: page.limit]
    last = kept[-1] if len(rows) > page.limit else None
    cursor = f'"{cursor_after(last.created_at, last.id)}"' if last else "null"
    return f'{{"items":[{",".join(row.json for row in kept)}],"nextCursor":{cursor}}}'


async def change(trip_id: UUID, wanted: TripChange, *, owner: UUID, seen: int | None, db: Database) -> Trip:
    """Change a trip's own fields; `seen` is the revision the caller knows, None when it does not care."""
    for name in _NEVER_EMPTY:
        if name in wanted.model_fields_set and getattr(wanted, name) is None:
            fix = "This field cannot be emptied. Leave it out to keep it."
            raise InvalidRequest(fix, errors=[FieldError(f"/{_camel(name)}", fix)])
    async with db.transaction() as tx:
        await _lock(tx, trip_id, owner=owner, seen=seen)
        await repository.update(tx, trip_id, wanted)
        return await _found(tx, trip_id, owner=owner)


async def delete(tx: Transaction, trip_id: UUID, *, owner: UUID, seen: int | None) -> None:
    """Delete a trip inside the transaction of whoever clears up after it."""
    await _lock(tx, trip_id, owner=owner, seen=seen)
    await repository.delete(tx, trip_id, owner=owner)


async def put_members(
    trip_id: UUID, party: tuple[MemberDraft, ...], *, owner: UUID, seen: int | None, db: Database
) -> Trip:
    """Replace the party."""
    async with db.transaction() as tx:
        await _lock(tx, trip_id, owner=owner, seen=seen)
        await repository.put_members(tx, trip_id, [Member(**dict(member)) for member in party])
        await repository.touch(tx, trip_id)
        return await _found(tx, trip_id, owner=owner)


async def add_member(
    trip_id: UUID, member: MemberDraft, *, owner: UUID, seen: int | None, replay: Replay | None, db: Database
) -> Trip:
    """One more in the party; the same Idempotency-Key adds once."""
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Trip.model_validate(answer)
        await _lock(tx, trip_id, owner=owner, seen=seen)
        trip = await _found(tx, trip_id, owner=owner)
        if len(trip.members) >= MOST_MEMBERS:
            raise Conflict(f"A trip has at most {MOST_MEMBERS} members.")
        await repository.put_members(tx, trip_id, [*trip.members, Member(**dict(member))])
        await repository.touch(tx, trip_id)
        return await _answered(tx, trip_id, owner=owner, replay=replay)


async def put_destinations(
    trip_id: UUID, route: tuple[DestinationDraft, ...], *, owner: UUID, seen: int | None, db: Database
) -> Trip:
    """Replace the route; all dates follow anew."""
    async with db.transaction() as tx:
        await _lock(tx, trip_id, owner=owner, seen=seen)
        await repository.put_destinations(tx, trip_id, [Destination(**dict(stop)) for stop in route])
        await repository.touch(tx, trip_id)
        return await _found(tx, trip_id, owner=owner)


async def add_destination(
    trip_id: UUID,
    stop: DestinationDraft,
    *,
    owner: UUID,
    seen: int | None,
    replay: Replay | None,
    db: Database,
) -> Trip:
    """Append a stop to the route; the same Idempotency-Key appends once."""
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Trip.model_validate(answer)
        await _lock(tx, trip_id, owner=owner, seen=seen)
        trip = await _found(tx, trip_id, owner=owner)
        if len(trip.destinations) >= MOST_DESTINATIONS:
            raise Conflict(f"A trip has at most {MOST_DESTINATIONS} destinations.")
        await repository.put_destinations(tx, trip_id, [*trip.destinations, Destination(**dict(stop))])
        await repository.touch(tx, trip_id)
        return await _answered(tx, trip_id, owner=owner, replay=replay)


async def _lock(tx: Transaction, trip_id: UUID, *, owner: UUID, seen: int | None) -> None:
    revision = await repository.lock(tx, trip_id, owner=owner)
    if revision is None:
        raise _missing(trip_id)
    if seen is not None and seen != revision:
        raise PreconditionFailed("The trip was changed by somebody else. Read it again, then repeat.")


async def _found(tx: Transaction, trip_id: UUID, *, owner: UUID) -> Trip:
    trip = await repository.find(tx, trip_id, owner=owner)
    if trip is None:
        raise _missing(trip_id)
    return trip


async def _answered(tx: Transaction, trip_id: UUID, *, owner: UUID, replay: Replay | None) -> Trip:
    """The trip as it is now, kept as the answer to the request's Idempotency-Key."""
    trip = await _found(tx, trip_id, owner=owner)
    await remember(tx, replay, trip.model_dump(mode="json", by_alias=True))
    return trip


def _today() -> date:
    return datetime.now(UTC).date()


def _missing(trip_id: UUID) -> NotFound:
    return NotFound(f"Trip {trip_id} does not exist or is not yours.")


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)

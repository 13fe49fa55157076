"""The party and the route of a trip: two lists that are read and edited alike."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from shared.db import Database, Replay, Transaction, recall
from shared.errors import Conflict, NotFound
from shared.trips import access, repository
from shared.trips.changes import sent
from shared.trips.model import (
    MOST_DESTINATIONS,
    MOST_MEMBERS,
    Destination,
    DestinationChange,
    DestinationDraft,
    Member,
    MemberChange,
    MemberDraft,
    Trip,
)

type Draft = MemberDraft | DestinationDraft
type Change = MemberChange | DestinationChange


@dataclass(frozen=True, slots=True)
class Parts:
    """One of the lists: its field in a trip, what an entry is called and made of, how many there may be."""

    field: Literal["members", "destinations"]
    one: Literal["member", "destination"]
    most: int
    entry: type[Member | Destination]
    never_empty: frozenset[str]
    keep: Callable[[Transaction, UUID, Sequence[Any]], Awaitable[None]]

    def of(self, trip: Trip) -> list[Any]:
        return list(getattr(trip, self.field))


PARTY = Parts(
    field="members",
    one="member",
    most=MOST_MEMBERS,
    entry=Member,
    never_empty=frozenset({"name", "age", "health", "preferences"}),
    keep=repository.put_members,
)
ROUTE = Parts(
    field="destinations",
    one="destination",
    most=MOST_DESTINATIONS,
    entry=Destination,
    never_empty=frozenset({"name", "nights", "position"}),
    keep=repository.put_destinations,
)


async def replace(
    parts: Parts, trip_id: UUID, drafts: Sequence[Draft], *, caller: UUID, seen: int | None, db: Database
) -> Trip:
    """Exchange the whole list."""
    async with db.transaction() as tx:
        await access.hold(tx, trip_id, caller=caller, seen=seen)
        await _keep(tx, parts, trip_id, [parts.entry(**dict(draft)) for draft in drafts])
        return await repository.read(tx, trip_id)


async def add(
    parts: Parts,
    trip_id: UUID,
    draft: Draft,
    *,
    caller: UUID,
    seen: int | None,
    replay: Replay | None,
    db: Database,
) -> Trip:
    """One more at the end; the same Idempotency-Key adds once. `Conflict` when the list is full."""
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Trip.model_validate(answer)
        entries = await _held(tx, parts, trip_id, caller=caller, seen=seen)
        if len(entries) >= parts.most:
            raise Conflict(f"A trip has at most {parts.most} {parts.field}.")
        await _keep(tx, parts, trip_id, [*entries, parts.entry(**dict(draft))])
        return await access.answered(tx, trip_id, replay=replay)


async def edit(
    parts: Parts,
    trip_id: UUID,
    part_id: UUID,
    change: Change,
    *,
    caller: UUID,
    seen: int | None,
    db: Database,
) -> Trip:
    """Change one entry, or move it: all dates after it follow anew."""
    fields = sent(change, never_empty=parts.never_empty)
    async with db.transaction() as tx:
        entries = await _held(tx, parts, trip_id, caller=caller, seen=seen)
        at = _index(parts, entries, part_id)
        place = fields.pop("position", at)
        if place >= len(entries):
            raise Conflict(
                f"This trip has {len(entries)} {parts.field}; the last position is {len(entries) - 1}."
            )
        entries.insert(place, _changed(entries.pop(at), fields))
        await _keep(tx, parts, trip_id, entries)
        return await repository.read(tx, trip_id)


async def remove(
    parts: Parts, trip_id: UUID, part_id: UUID, *, caller: UUID, seen: int | None, db: Database
) -> int:
    """Take one entry out, and return the trip's new revision; `Conflict` for the last one."""
    async with db.transaction() as tx:
        entries = await _held(tx, parts, trip_id, caller=caller, seen=seen)
        entries.pop(_index(parts, entries, part_id))
        if not entries:
            raise Conflict(f"A trip keeps at least one {parts.one}. PUT another list instead.")
        await _keep(tx, parts, trip_id, entries)
        return (await repository.read(tx, trip_id)).revision


async def _held(tx: Transaction, parts: Parts, trip_id: UUID, *, caller: UUID, seen: int | None) -> list[Any]:
    await access.hold(tx, trip_id, caller=caller, seen=seen)
    return parts.of(await repository.read(tx, trip_id))


async def _keep(tx: Transaction, parts: Parts, trip_id: UUID, entries: Sequence[Any]) -> None:
    await parts.keep(tx, trip_id, entries)
    await repository.touch(tx, trip_id)


def _index(parts: Parts, entries: Sequence[Member | Destination], part_id: UUID) -> int:
    for index, entry in enumerate(entries):
        if entry.id == part_id:
            return index
    raise NotFound(f"This trip has no {parts.one} {part_id}.")


def _changed(entry: Member | Destination, fields: dict[str, Any]) -> Member | Destination:
    if isinstance(entry, Destination) and fields.get("name", entry.name) != entry.name:
        fields = {"zone": None, **fields}  # another name is another place
    return entry.model_copy(update=fields)

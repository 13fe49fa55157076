"""The kept versions of a trip's plan: list them, read one, compare two, bring an old one back."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from shared import trips
from shared.db import Database, Page, Replay, Transaction, cursor_after, new_id, recall, remember
from shared.documents import Documents
from shared.errors import Conflict, FieldError, InvalidRequest, NotFound, PreconditionFailed
from shared.schedules import leftovers, repository, store
from shared.schedules.model import VersionEntry, VersionPage
from shared.schedules.planning.diff import PlanDiff, differences
from shared.schedules.planning.diff_words import in_words
from shared.schedules.planning.document import Plan
from shared.schedules.planning.timetable import Timetable, timetable_of
from shared.schedules.store import Kept, Version


async def current(trip_id: UUID, *, caller: UUID, db: Database, documents: Documents) -> Plan:
    """The trip's newest plan, a draft while it is being refined."""
    async with db.transaction() as tx:
        await trips.require(tx, trip_id, caller=caller)
        document_id = await store.newest(tx, trip_id)
    return await _stored(trip_id, document_id, documents)


async def timetable(trip_id: UUID, *, caller: UUID, db: Database, documents: Documents) -> Timetable:
    """What everybody the trip is shared with may know of its newest plan."""
    async with db.transaction() as tx:
        await trips.require(tx, trip_id, caller=caller, least="viewer")
        document_id = await store.newest(tx, trip_id)
    return timetable_of(await _stored(trip_id, document_id, documents))


async def list_versions(trip_id: UUID, page: Page, *, caller: UUID, db: Database) -> VersionPage:
    """The versions that are kept, newest first."""
    async with db.transaction() as tx:
        await trips.require(tx, trip_id, caller=caller)
        rows = await store.page(tx, trip_id, page)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    return VersionPage(
        items=tuple(entry_of(row) for row in shown),
        next_cursor=cursor_after(last.created_at, last.document_id) if last else None,
    )


async def read(trip_id: UUID, number: int, *, caller: UUID, db: Database, documents: Documents) -> Plan:
    """One version of the plan."""
    async with db.transaction() as tx:
        await trips.require(tx, trip_id, caller=caller)
        found = await _version(tx, trip_id, number)
    return (await whole(trip_id, found, documents=documents)).plan


async def compare(
    trip_id: UUID, older: int, newer: int, *, caller: UUID, db: Database, documents: Documents
) -> PlanDiff:
    """What has changed from one version to another, as data and in words."""
    async with db.transaction() as tx:
        await trips.require(tx, trip_id, caller=caller)
        found = [await _named(tx, trip_id, n, name) for n, name in ((older, "from"), (newer, "to"))]
    kept = await asyncio.gather(*(whole(trip_id, one, documents=documents) for one in found))
    a, b = (one.plan.model_dump(mode="json", by_alias=True) for one in kept)
    return in_words(differences(a, b), a)


async def restore(
    trip_id: UUID,
    number: int,
    *,
    caller: UUID,
    seen: str | None,
    replay: Replay | None,
    db: Database,
    documents: Documents,
) -> VersionEntry:
    """Make an old version the newest again, under a new number.

    `Conflict` while a job runs or when the version is the newest, `PreconditionFailed` when `seen` is not.
    """
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return VersionEntry.model_validate(answer)
        # Released at the end of this transaction: the key is claimed again with the version it made.
        await tx.rollback()
    newest, old = await _to_restore(trip_id, number, caller=caller, seen=seen, db=db)
    kept = await whole(trip_id, old, documents=documents)
    new = Version(
        version=newest.version + 1,
        document_id=new_id(),
        status="final",
        created_at=datetime.now(UTC),
        origin="restore",
        based_on=old.version,
    )
    plan = kept.plan.model_copy(update={"version": new.version})
    return await publish(
        trip_id,
        Kept(plan, kept.inputs),
        new,
        over=newest,
        caller=caller,
        replay=replay,
        db=db,
        documents=documents,
    )


async def _to_restore(
    trip_id: UUID, number: int, *, caller: UUID, seen: str | None, db: Database
) -> tuple[Version, Version]:
    async with db.transaction() as tx:
        newest = await editable(tx, trip_id, caller=caller, seen=seen)
        old = await _version(tx, trip_id, number)
    if old.version == newest.version:
        raise Conflict(f"Version {number} is the newest already.")
    return newest, old


async def editable(tx: Transaction, trip_id: UUID, *, caller: UUID, seen: str | None) -> Version:
    """The newest version, when nobody is making another and it is the one the caller knows."""
    await trips.require(tx, trip_id, caller=caller)
    if await repository.runs(tx, trip_id):
        raise repository.busy()
    newest = await store.newest_version(tx, trip_id)
    if newest is None:
        raise _no_plan()
    if seen is not None and seen != newest.tag:
        raise _changed()
    return newest


async def publish(
    trip_id: UUID,
    kept: Kept,
    new: Version,
    *,
    over: Version,
    caller: UUID,
    replay: Replay | None,
    db: Database,
    documents: Documents,
) -> VersionEntry:
    """Store a plan made by hand as the version after `over`; `PreconditionFailed` when that has passed."""
    async with db.transaction() as tx:
        await leftovers.owe(tx, trip_id, new.document_id)
    await store.write(kept, document_id=new.document_id, documents=documents)
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:  # the same request, sent twice at once
            return VersionEntry.model_validate(answer)
        await store.one_at_a_time(tx, trip_id)
        if (await editable(tx, trip_id, caller=caller, seen=None)).document_id != over.document_id:
            raise _changed()
        await store.point(tx, trip_id, new)
        old = await store.retire(tx, trip_id)
        entry = entry_of(await _version(tx, trip_id, new.version))
        await remember(tx, replay, entry.model_dump(mode="json", by_alias=True))
    await store.drop_soon(trip_id, old, documents=documents)
    return entry


async def _stored(trip_id: UUID, document_id: UUID | None, documents: Documents) -> Plan:
    plan = await store.read(trip_id, document_id, documents=documents) if document_id else None
    if plan is None:
        raise _no_plan()
    return plan


def entry_of(row: Version) -> VersionEntry:
    return VersionEntry(
        version=row.version,
        status=row.status,
        origin=row.origin,
        based_on=row.based_on,
        day=row.day,
        note=row.note,
        created_at=row.created_at,
    )


async def whole(trip_id: UUID, row: Version, *, documents: Documents) -> Kept:
    """The plan of a version with its inputs."""
    kept = await store.read_whole(trip_id, row.document_id, documents=documents)
    if kept is None:  # dropped between our two reads
        raise NotFound(f"Version {row.version} is no longer kept.")
    return kept


async def _version(tx: Transaction, trip_id: UUID, number: int) -> Version:
    found = await store.version(tx, trip_id, number)
    if found is None:
        raise NotFound(f"There is no version {number}. The last {store.VERSIONS_KEPT} versions are kept.")
    return found


async def _named(tx: Transaction, trip_id: UUID, number: int, name: str) -> Version:
    """A version named by a query parameter: one that is not kept is the parameter's fault."""
    try:
        return await _version(tx, trip_id, number)
    except NotFound as error:
        raise InvalidRequest(error.detail, errors=[FieldError(name, error.detail)]) from error


def _no_plan() -> NotFound:
    return NotFound("This trip has no plan yet. POST to its schedule-jobs to have one made.")


def _changed() -> PreconditionFailed:
    return PreconditionFailed("The plan was changed meanwhile. Read it again, then repeat.")

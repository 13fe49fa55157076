"""What people do with copies of their account: ask for one, see how far it is, take it away."""

from uuid import UUID

from shared.db import Database, Page, Replay, Transaction, cursor_after, new_id, recall, record, remember
from shared.errors import Conflict, NotFound, RateLimited
from shared.exports import repository
from shared.exports.model import (
    DAY,
    GIVEN_UP_AFTER,
    KEPT,
    MOST_A_DAY,
    Export,
    ExportFile,
    ExportPage,
    ExportState,
)
from shared.exports.repository import Row
from shared.messaging import ExportAccount, post

_GIVEN_UP = "The services we depend on did not answer. Please ask for another export."


async def request(*, owner: UUID, replay: Replay | None, db: Database) -> Export:
    """Queue an export; the same Idempotency-Key gives the same one again.

    `Conflict` while another is being made, `RateLimited` beyond two a day; those that failed do not count.
    """
    async with db.transaction() as tx:
        answer = await recall(tx, replay)
        if answer is not None:
            return Export.model_validate(answer)
        if not await repository.hold_account(tx, owner):
            raise NotFound("This account does not exist any more.")
        _require_room(await repository.of_today(tx, owner))
        export_id = new_id()
        await repository.insert(tx, export_id, owner=owner)
        await post(tx, ExportAccount(export_id=export_id))
        await record(tx, "export-requested", actor=owner, subject=export_id)
        queued = _view(await _found(tx, export_id, owner=owner))
        await remember(tx, replay, queued.model_dump(mode="json", by_alias=True))
    return queued


async def read(export_id: UUID, *, owner: UUID, db: Database) -> Export:
    async with db.transaction() as tx:
        return _view(await _found(tx, export_id, owner=owner))


async def list_page(page: Page, *, owner: UUID, db: Database) -> ExportPage:
    async with db.transaction() as tx:
        rows = await repository.page(tx, page, owner=owner)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    return ExportPage(
        items=tuple(_view(row) for row in shown),
        next_cursor=cursor_after(last.requested_at, last.id) if last else None,
    )


async def file(export_id: UUID, number: int, *, owner: UUID, db: Database) -> bytes:
    """A zip file of a finished export."""
    async with db.transaction() as tx:
        content = await repository.content(tx, export_id, number, owner=owner)
        if content is None:
            raise NotFound(
                f"Export {export_id} has no file {number}: it is not ready, is too old, or is not yours."
            )
        await record(tx, "export-downloaded", actor=owner, subject=export_id, file=str(number))
    return content


async def sweep(*, db: Database) -> int:
    """Drop exports whose time is over; returns how many."""
    async with db.transaction() as tx:
        return await repository.sweep(tx)


def _require_room(today: list[Row]) -> None:
    counted = [row for row in today if _state(row) != "failed"]
    if any(_state(row) == "queued" for row in counted):
        raise Conflict("An export of this account is being made already. Wait for it.")
    if len(counted) >= MOST_A_DAY:
        first = counted[-MOST_A_DAY]
        left = first.requested_at + DAY - first.now
        raise RateLimited(
            f"An account is exported at most {MOST_A_DAY} times a day. Take the one you have.",
            retry_after=max(1, int(left.total_seconds())),
        )


async def _found(tx: Transaction, export_id: UUID, *, owner: UUID) -> Row:
    row = await repository.find(tx, export_id, owner=owner)
    if row is None:
        raise NotFound(f"Export {export_id} does not exist, is too old, or is not yours.")
    return row


def _state(row: Row) -> ExportState:
    if row.ready_at is not None:
        return "ready"
    overdue = row.requested_at + GIVEN_UP_AFTER < row.now
    return "failed" if row.failed_at is not None or overdue else "queued"


def _view(row: Row) -> Export:
    state = _state(row)
    files = tuple(
        ExportFile(number=number, bytes=size, url=f"/api/v1/users/me/exports/{row.id}/files/{number}")
        for number, size in enumerate(row.sizes, start=1)
    )
    return Export(
        id=row.id,
        state=state,
        reason=(row.reason or _GIVEN_UP) if state == "failed" else None,
        files=files,
        requested_at=row.requested_at,
        ready_at=row.ready_at,
        expires_at=row.requested_at + KEPT,
    )

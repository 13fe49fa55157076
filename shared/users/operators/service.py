"""What operators do with accounts. Each deed and each look is in the audit log, in the same transaction."""

from typing import NoReturn
from uuid import UUID

from shared.auth import Operator
from shared.db import AuditFilter, Database, record, recorded
from shared.errors import NotFound
from shared.users import repository, sessions
from shared.users.operators.model import (
    AccountQuery,
    AuditEntry,
    AuditPage,
    AuditQuery,
    cursor_below,
    read_below,
)
from shared.users.sessions import EndedSessions
from shared.users.standing import Standing, standing
from shared.users.standing import unlock as clear_failures


async def find(query: AccountQuery, *, operator: Operator, db: Database) -> Standing:
    """How the account with this login stands."""
    async with db.transaction() as tx:
        known = await repository.credentials(tx, query.login)
        found = await standing(tx, known.user_id) if known else None
        await record(tx, "operator-found-account", subject=found.id if found else None, operator=operator.id)
    return found or _missing()


async def unlock(user_id: UUID, *, operator: Operator, db: Database) -> None:
    """Let the account in again at once. One that was not locked stays so."""
    async with db.transaction() as tx:
        done = await clear_failures(tx, user_id)
        await record(tx, "operator-unlocked-account", subject=user_id, operator=operator.id)
    if not done:
        _missing()


async def end_sessions(user_id: UUID, *, operator: Operator, ended: EndedSessions, db: Database) -> None:
    """Sign the account out everywhere; its password still opens it."""
    async with db.transaction() as tx:
        found = await standing(tx, user_id)
        over = await sessions.end_all(tx, user_id, operator=operator.id)
    ended.add(*over)
    if found is None:
        _missing()


async def read_audit(query: AuditQuery, *, operator: Operator, db: Database) -> AuditPage:
    """One page, newest first; that it was read is the next entry."""
    wanted = AuditFilter(
        account=query.account_id,
        action=query.action,
        operator=query.operator_id,
        since=query.since,
        until=query.until,
        below=read_below(query.cursor) if query.cursor else None,
    )
    async with db.transaction() as tx:
        rows = await recorded(tx, wanted, limit=query.limit + 1)
        await record(
            tx, "operator-read-audit-log", subject=query.account_id, operator=operator.id, asked=_asked(query)
        )
    shown = rows[: query.limit]
    return AuditPage(
        items=tuple(AuditEntry.model_validate(row, from_attributes=True) for row in shown),
        next_cursor=cursor_below(shown[-1].id) if len(rows) > query.limit else None,
    )


def _asked(query: AuditQuery) -> str:
    """The filters as they are kept; the account is the entry's subject."""
    paging = {"account_id", "limit", "cursor"}
    given = query.model_dump(mode="json", by_alias=True, exclude=paging, exclude_none=True)
    return " ".join(f"{name}={value}" for name, value in given.items())


def _missing() -> NoReturn:
    raise NotFound("There is no such account.")

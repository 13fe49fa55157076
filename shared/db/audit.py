"""The audit log: who did what to whom, written in the transaction of the deed and never changed again."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.db.database import Transaction

type Action = Literal[
    "account-created",
    "account-deleted",
    "password-changed",
    "profile-changed",
    "session-started",
    "session-ended",
    "sessions-ended",
    "sign-in-refused",
    "refresh-token-reused",
    "export-requested",
    "export-downloaded",
    "operator-found-account",
    "operator-unlocked-account",
    "operator-ended-sessions",
    "operator-read-audit-log",
    "operator-read-job",
    "invitation-made",
    "invitation-revoked",
    "trip-joined",
    "person-removed",
]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry; ids of what is gone stay."""

    id: int
    at: datetime
    action: str
    actor_id: UUID | None
    subject_id: UUID | None
    operator_id: UUID | None
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; None does not care. `account` did it, or had it done to it."""

    account: UUID | None = None
    action: str | None = None
    operator: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None


_CONDITIONS = {
    "account": "(actor_id = %(account)s OR subject_id = %(account)s)",
    "action": "action = %(action)s",
    "operator": "operator_id = %(operator)s",
    "since": "at >= %(since)s",
    "until": "at < %(until)s",
    "below": "id < %(below)s",
}


async def record(
    tx: Transaction,
    action: Action,
    *,
    actor: UUID | None = None,
    subject: UUID | None = None,
    operator: UUID | None = None,
    **facts: str,
) -> None:
    """Add an entry. Ids and plain words only: the log outlives the account, so no name, address or token."""
    await tx.execute(
        "INSERT INTO audit_log (action, actor_id, subject_id, operator_id, facts)"
        " VALUES (%s, %s, %s, %s, %s)",
        (action, actor, subject, operator, Jsonb(facts)),
    )


async def recorded(tx: Transaction, wanted: AuditFilter, *, limit: int) -> list[AuditRow]:
    """Entries, the newest first."""
    given = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    conditions = " AND ".join(_CONDITIONS[name] for name, value in given.items() if value is not None)
    cursor = await tx.execute(
        "SELECT id, at, action, actor_id, subject_id, operator_id, facts FROM audit_log"  # noqa: S608
        f" WHERE {conditions or 'true'} ORDER BY id DESC LIMIT %(limit)s",
        {**given, "limit": limit},
    )
    return [AuditRow(**row) for row in await cursor.fetchall()]

"""What the domain holds of somebody, in pieces for a copy to take away: no password, no token."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from shared.db import AuditFilter, AuditRow, Database, recorded
from shared.users import repository, sessions
from shared.users.standing import standing

ENTRIES_AT_ONCE = 1_000
_ABOUT_PEOPLE = frozenset({"person-removed"})

type Fields = dict[str, Any]


async def account(user_id: UUID, *, db: Database) -> Fields | None:
    """Profile, standing and sessions; None for an account that is gone."""
    async with db.transaction() as tx:
        profile, stands = await repository.profile(tx, user_id), await standing(tx, user_id)
        live = await sessions.listed(tx, user_id)
    if profile is None or stands is None:
        return None
    return {
        **profile.model_dump(mode="json", by_alias=True),
        "revision": profile.revision,
        "failedSignIns": stands.failed_sign_ins,
        "lockedUntil": stands.locked_until,
        "sessions": [session.model_dump(mode="json", by_alias=True) for session in live],
    }


async def audit(user_id: UUID, *, db: Database) -> AsyncIterator[list[Fields]]:
    """Pages of the audit log, newest first: what the person did, and what was done to the account."""
    below: int | None = None
    while True:
        async with db.transaction() as tx:
            wanted = AuditFilter(account=user_id, below=below)
            rows = await recorded(tx, wanted, limit=ENTRIES_AT_ONCE)
        if not rows:
            return
        yield [_entry(row, user_id) for row in rows]
        below = rows[-1].id


def _entry(row: AuditRow, user_id: UUID) -> Fields:
    """Who else acted, or was acted on, is told by kind alone: other people's ids are theirs."""
    by = "you" if row.actor_id == user_id else "operator" if row.operator_id else "somebody else"
    told = row.subject_id == user_id or (by == "you" and row.action not in _ABOUT_PEOPLE)
    return {
        "id": row.id,
        "at": row.at,
        "action": row.action,
        "by": by,
        "subjectId": row.subject_id if told else None,
        "facts": {} if by == "operator" else row.facts,
    }

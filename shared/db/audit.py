"""The audit log: who did what to whom, written in the transaction of the deed and never changed again."""

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
    "invitation-made",
    "invitation-revoked",
    "trip-joined",
    "person-removed",
]


async def record(
    tx: Transaction, action: Action, *, actor: UUID | None, subject: UUID | None = None, **facts: str
) -> None:
    """Add an entry. Ids and plain words only: the log outlives the account, so no name, address or token."""
    await tx.execute(
        "INSERT INTO audit_log (action, actor_id, subject_id, facts) VALUES (%s, %s, %s, %s)",
        (action, actor, subject, Jsonb(facts)),
    )

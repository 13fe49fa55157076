"""What happens to sessions: they start with a sign-in, are refreshed, and end, one or all of a user."""

from uuid import UUID

from shared.auth import LIFETIME, Bearer, Tokens
from shared.db import Database, Transaction, new_id, record
from shared.errors import Unauthenticated
from shared.users.sessions import repository
from shared.users.sessions.ended import TOLD, EndedSessions
from shared.users.sessions.model import (
    MOST_SESSIONS,
    RefreshRequest,
    Session,
    digest,
    lifetime,
    new_refresh_token,
)
from shared.users.sessions.repository import Live


async def start(tx: Transaction, user_id: UUID, *, remember: bool, tokens: Tokens) -> Session:
    """A new session inside the transaction of the sign-in; the oldest of too many ends."""
    live = Live(new_id(), user_id, remember)
    await repository.insert(tx, live, lifetime=lifetime(remember=remember))
    session = await _handed_out(tx, live, tokens=tokens)
    outdated = await repository.beyond(tx, user_id, most=MOST_SESSIONS)
    if outdated:
        await repository.end(tx, outdated, user_id=user_id, told=TOLD)
    await record(tx, "session-started", actor=user_id, subject=live.id)
    return session


async def refresh(request: RefreshRequest, *, tokens: Tokens, ended: EndedSessions, db: Database) -> Session:
    """New tokens for a refresh token, which is used up; one that was used before ends its whole session.

    Raises `Unauthenticated` for a token that is used, expired, of an ended session, or not ours.
    """
    sent = digest(request.refresh_token.get_secret_value())
    async with db.transaction() as tx:
        live = await repository.use_token(tx, sent)
        if live is not None:
            await repository.prolong(tx, live.id, lifetime=lifetime(remember=live.remember))
            return await _handed_out(tx, live, tokens=tokens)
        stolen = await repository.of_used_token(tx, sent)
        if stolen is not None:
            # Either the thief or the owner came second; nobody can tell which, so both are out.
            await repository.end(tx, [stolen.id], user_id=stolen.user_id, told=TOLD)
            await record(tx, "refresh-token-reused", actor=stolen.user_id, subject=stolen.id)
    if stolen is not None:
        ended.add(stolen.id)
    raise Unauthenticated("The refresh token is not valid any more. Sign in again.")


async def end(bearer: Bearer, *, ended: EndedSessions, db: Database) -> None:
    """Sign out here. Twice is once."""
    async with db.transaction() as tx:
        await repository.end(tx, [bearer.session_id], user_id=bearer.user_id, told=TOLD)
        await record(tx, "session-ended", actor=bearer.user_id, subject=bearer.session_id)
    ended.add(bearer.session_id)


async def end_all(
    tx: Transaction, user_id: UUID, *, but: UUID | None = None, operator: UUID | None = None
) -> list[UUID]:
    """Sign out everywhere, or everywhere `but` in one session; returns what ended.

    The user does it, unless an `operator` does. The caller tells `EndedSessions` after its commit.
    """
    over = [session_id for session_id in await repository.of_user(tx, user_id) if session_id != but]
    await repository.end(tx, over, user_id=user_id, told=TOLD)
    count = str(len(over))
    if operator is None:
        await record(tx, "sessions-ended", actor=user_id, count=count)
    else:
        await record(tx, "operator-ended-sessions", subject=user_id, operator=operator, count=count)
    return over


async def _handed_out(tx: Transaction, live: Live, *, tokens: Tokens) -> Session:
    refresh_token = new_refresh_token()
    await repository.add_token(tx, live.id, digest=digest(refresh_token))
    return Session(
        access_token=tokens.issue(live.user_id, session_id=live.id),
        refresh_token=refresh_token,
        expires_in=int(LIFETIME.total_seconds()),
        refresh_expires_in=int(lifetime(remember=live.remember).total_seconds()),
        user_id=live.user_id,
    )

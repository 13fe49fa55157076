"""What people do with accounts: sign up, sign in, see their profile."""

from datetime import timedelta
from uuid import UUID

from shared.auth import Passwords, Tokens
from shared.auth.tokens import LIFETIME
from shared.cache import Cache
from shared.db import Database, new_id
from shared.errors import NotFound, RateLimited, Unauthenticated
from shared.users import repository
from shared.users.model import Availability, Profile, Session, SignIn, SignUp
from shared.users.repository import UniqueField

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=30)
SIGN_INS_PER_MINUTE = 60


async def sign_up(wanted: SignUp, *, passwords: Passwords, db: Database) -> Profile:
    """Open an account; `Conflict` when the username or the email is taken."""
    password_hash = await passwords.hash(wanted.password.get_secret_value())
    async with db.transaction() as tx:
        return await repository.insert(tx, new_id(), wanted, password_hash=password_hash)


async def sign_in(
    attempt: SignIn, *, address: str, passwords: Passwords, tokens: Tokens, db: Database, cache: Cache
) -> Session:
    """A session, or `Unauthenticated`: the same answer, after the same work, whatever the cause.

    A locked account lets nobody in, the right password included: that is what locking is for.
    """
    await _limit(address, cache=cache)
    async with db.transaction() as tx:
        known = await repository.credentials(tx, attempt.login)
    matches = await passwords.verify(
        attempt.password.get_secret_value(), known.password_hash if known else None
    )
    async with db.transaction() as tx:
        is_open = await repository.settle_sign_in(
            tx,
            known.user_id if known else None,
            matched=matches,
            limit=FAILURES_ALLOWED,
            lock=LOCKED_FOR,
        )
    if known is None or not is_open or not matches:
        raise Unauthenticated(
            "Login or password are wrong, or the account is locked for half an hour after five failures."
        )
    return Session(
        access_token=tokens.issue(known.user_id),
        expires_in=int(LIFETIME.total_seconds()),
        user_id=known.user_id,
    )


async def profile(user_id: UUID, *, db: Database) -> Profile:
    async with db.transaction() as tx:
        found = await repository.profile(tx, user_id)
    if found is None:
        raise NotFound("This account does not exist any more.")
    return found


async def availability(field: UniqueField, value: str, *, db: Database) -> Availability:
    async with db.transaction() as tx:
        return Availability(available=await repository.is_free(tx, field, value))


async def _limit(address: str, *, cache: Cache) -> None:
    tried = await cache.count(f"sign-in:{address}", seconds=60)
    if tried is not None and tried > SIGN_INS_PER_MINUTE:
        raise RateLimited("Too many sign-ins from this address. Wait a minute.", retry_after=60)

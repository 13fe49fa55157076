"""What people do with accounts: sign up, sign in, see and change their profile."""

from datetime import timedelta
from uuid import UUID

from shared.auth import Bearer, Passwords, Tokens
from shared.cache import Cache
from shared.db import Database, Transaction, forget, new_id, record
from shared.errors import FieldError, InvalidRequest, NotFound, PreconditionFailed, Unauthenticated
from shared.messaging import EraseInbox, post
from shared.users import repository, sessions
from shared.users.model import (
    Availability,
    PasswordChange,
    Profile,
    ProfileChange,
    SignIn,
    SignUp,
)
from shared.users.repository import UniqueField
from shared.users.sessions import EndedSessions, Session

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=30)
SIGN_INS_PER_MINUTE = 60
_NEVER_EMPTY = ("username", "email", "name")


async def sign_up(wanted: SignUp, *, passwords: Passwords, db: Database) -> Profile:
    """Open an account; `Conflict` when the username or the email is taken."""
    password_hash = await passwords.hash(wanted.password.get_secret_value())
    async with db.transaction() as tx:
        opened = await repository.insert(tx, new_id(), wanted, password_hash=password_hash)
        await record(tx, "account-created", actor=opened.id)
        return opened


async def sign_in(
    attempt: SignIn, *, address: str, passwords: Passwords, tokens: Tokens, db: Database, cache: Cache
) -> Session:
    """A session, or `Unauthenticated`: the same answer, after the same work, whatever the cause.

    A locked account lets nobody in, the right password included: that is what locking is for.
    """
    await cache.limit(f"sign-in:{address}", most=SIGN_INS_PER_MINUTE, seconds=60)
    async with db.transaction() as tx:
        known = await repository.credentials(tx, attempt.login)
    user_id = known.user_id if known else None
    matches = await passwords.verify(
        attempt.password.get_secret_value(), known.password_hash if known else None
    )
    async with db.transaction() as tx:
        is_open = await _settle(tx, user_id, matched=matches)
        if user_id is not None and is_open and matches:
            return await sessions.start(tx, user_id, remember=attempt.remember, tokens=tokens)
        await record(tx, "sign-in-refused", actor=user_id)
    raise Unauthenticated(
        "Login or password are wrong, or the account is locked for half an hour after five failures."
    )


async def profile(user_id: UUID, *, db: Database) -> Profile:
    async with db.transaction() as tx:
        return _existing(await repository.profile(tx, user_id))


async def change_profile(user_id: UUID, wanted: ProfileChange, *, seen: int | None, db: Database) -> Profile:
    """Change what was sent; `seen` is the revision the caller knows, None when it does not care."""
    for name in _NEVER_EMPTY:
        if name in wanted.model_fields_set and getattr(wanted, name) is None:
            fix = "This field cannot be emptied. Leave it out to keep it."
            raise InvalidRequest(fix, errors=[FieldError(f"/{name}", fix)])
    async with db.transaction() as tx:
        before = await _locked(tx, user_id, seen=seen)
        after = await repository.update(tx, before, wanted)
        await record(tx, "profile-changed", actor=user_id, fields=" ".join(sorted(wanted.model_fields_set)))
        return after


async def change_password(
    bearer: Bearer, wanted: PasswordChange, *, passwords: Passwords, ended: EndedSessions, db: Database
) -> None:
    """Set a new password; every other session of the user ends. A wrong guess counts like one at sign-in."""
    async with db.transaction() as tx:
        known = await repository.credentials_of(tx, bearer.user_id)
    matches = await passwords.verify(
        wanted.current_password.get_secret_value(), known.password_hash if known else None
    )
    password_hash = await passwords.hash(wanted.new_password.get_secret_value())
    async with db.transaction() as tx:
        is_open = await _settle(tx, bearer.user_id, matched=matches)
        if is_open and matches:
            await repository.set_password(tx, bearer.user_id, password_hash)
            await record(tx, "password-changed", actor=bearer.user_id)
            over = await sessions.end_all(tx, bearer.user_id, but=bearer.session_id)
    if not (is_open and matches):
        fix = "This is not your password, or the account is locked for half an hour after five failures."
        raise InvalidRequest(fix, errors=[FieldError("/currentPassword", fix)])
    ended.add(*over)


async def delete_account(user_id: UUID, *, seen: int | None, ended: EndedSessions, db: Database) -> None:
    """Remove the account with everything of it, in every store.

    Rows go here and now, trips and jobs with them; plans follow as leftovers of their versions, and the inbox
    by message, both also when this process dies right after the commit.
    """
    async with db.transaction() as tx:
        await _locked(tx, user_id, seen=seen)
        over = await sessions.end_all(tx, user_id)
        await repository.delete(tx, user_id)
        await forget(tx, user_id)
        await post(tx, EraseInbox(user_id=user_id))
        await record(tx, "account-deleted", actor=user_id)
    ended.add(*over)


async def sign_out_everywhere(user_id: UUID, *, ended: EndedSessions, db: Database) -> None:
    """End every session of the user, this one too."""
    async with db.transaction() as tx:
        over = await sessions.end_all(tx, user_id)
    ended.add(*over)


async def availability(field: UniqueField, value: str, *, db: Database) -> Availability:
    async with db.transaction() as tx:
        return Availability(available=await repository.is_free(tx, field, value))


async def _settle(tx: Transaction, user_id: UUID | None, *, matched: bool) -> bool:
    return await repository.settle_sign_in(
        tx, user_id, matched=matched, limit=FAILURES_ALLOWED, lock=LOCKED_FOR
    )


async def _locked(tx: Transaction, user_id: UUID, *, seen: int | None) -> Profile:
    found = _existing(await repository.lock(tx, user_id))
    if seen is not None and seen != found.revision:
        raise PreconditionFailed("The profile was changed elsewhere. Read it again, then repeat.")
    return found


def _existing(found: Profile | None) -> Profile:
    if found is None:
        raise NotFound("This account does not exist any more.")
    return found

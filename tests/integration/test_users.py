"""Accounts in real PostgreSQL: one owner per name, and a door that does not tell who lives there."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest
import pytest_asyncio

from shared import users
from shared.cache import Cache
from shared.db import Database, new_id
from shared.errors import Conflict, NotFound, RateLimited
from shared.users import Profile
from shared.users.service import SIGN_INS_PER_MINUTE
from tests.integration.door import Door, Recorder, Slow
from tests.integration.travellers import PHRASE, wanted


@pytest.fixture(scope="module")
def passwords() -> Recorder:
    return Recorder()


@pytest_asyncio.fixture
async def door(db: Database, cache: Cache) -> Door:
    made = Door(db, cache)
    await made.open()
    return made


def cases(name: str) -> Iterator[str]:
    yield from (name.lower(), name.upper(), name.swapcase())


async def test_a_new_account_is_read_back_as_it_was_asked_for(db: Database, passwords: Recorder) -> None:
    asked = wanted(name="Ada Lovelace", phone="+4915112345678")
    profile = await users.sign_up(asked, passwords=passwords, db=db)
    assert (profile.username, profile.email, profile.name, profile.phone) == (
        asked.username,
        asked.email,
        "Ada Lovelace",
        "+4915112345678",
    )
    assert await users.profile(profile.id, db=db) == profile


async def test_an_account_that_is_gone_has_no_profile(db: Database) -> None:
    with pytest.raises(NotFound):
        await users.profile(new_id(), db=db)


async def test_only_the_hash_of_a_password_is_stored(door: Door) -> None:
    async with door.db.transaction() as tx:
        cursor = await tx.execute(
            "SELECT users::text AS row FROM users WHERE username = %s", (door.wanted.username,)
        )
        row = await cursor.fetchone()
    assert row is not None
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in row["row"]
    assert PHRASE not in row["row"]


async def test_a_username_is_unique_without_case(door: Door) -> None:
    for username in cases(door.wanted.username):
        with pytest.raises(Conflict, match="This username is taken"):
            await users.sign_up(wanted(username=username), passwords=door.passwords, db=door.db)


@pytest.mark.parametrize("local", ["ada", "Ärger", "straße", "Σίσυφος"])
async def test_an_email_address_is_unique_without_case(db: Database, passwords: Recorder, local: str) -> None:
    domain = f"{new_id().hex[-12:]}.example.org"
    await users.sign_up(wanted(email=f"{local}@{domain}"), passwords=passwords, db=db)
    for other in cases(local):
        assert not (await users.availability("email", f"{other}@{domain}", db=db)).available
        with pytest.raises(Conflict, match="This email is taken") as refusal:
            await users.sign_up(wanted(email=f"{other}@{domain}"), passwords=passwords, db=db)
        assert domain not in f"{refusal.value!r} {refusal.value.__cause__} {refusal.value.__context__}"


async def test_a_name_is_free_until_somebody_takes_it(db: Database, passwords: Recorder) -> None:
    asked = wanted()
    for moment in (True, False):
        assert (await users.availability("username", asked.username.upper(), db=db)).available is moment
        assert (await users.availability("email", asked.email.upper(), db=db)).available is moment
        if moment:
            await users.sign_up(asked, passwords=passwords, db=db)


async def test_of_two_hundred_sign_ups_at_once_for_one_username_exactly_one_wins(
    db: Database, passwords: Recorder
) -> None:
    username = wanted().username
    outcomes = await asyncio.gather(
        *(users.sign_up(wanted(username=username), passwords=passwords, db=db) for _ in range(200)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Profile) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 199


async def test_signing_in_by_username_or_email_in_any_case_gives_a_token_of_that_user(door: Door) -> None:
    asked = door.wanted
    for login in (asked.username, asked.username.upper(), asked.email, asked.email.upper()):
        session = await door.attempt(login=login)
        assert door.tokens.verify(session.access_token).user_id == session.user_id
        assert isinstance(session.user_id, UUID)
        assert (session.token_type, session.expires_in) == ("Bearer", 900)


async def test_five_failures_in_a_row_lock_the_account_for_thirty_minutes(door: Door) -> None:
    await door.fail(5)
    await door.refused(PHRASE)
    await door.let_lock_age(29)
    await door.refused(PHRASE)
    await door.let_lock_age(1)
    await door.attempt()


async def test_four_failures_do_not_lock_and_a_sign_in_starts_the_count_anew(door: Door) -> None:
    for _ in range(2):
        await door.fail(4)
        await door.attempt()


async def test_after_a_lock_five_more_failures_are_needed_for_the_next(door: Door) -> None:
    await door.fail(5)
    await door.let_lock_age(30)
    await door.fail(4)
    await door.attempt()
    await door.fail(5)
    await door.refused(PHRASE)


async def test_attempts_on_a_locked_account_do_not_prolong_the_lock(door: Door) -> None:
    await door.fail(5)
    await door.let_lock_age(29)
    await door.fail(6)
    await door.let_lock_age(1)
    await door.attempt()


async def test_a_lock_that_falls_while_a_password_is_verified_holds(door: Door) -> None:
    async def others_guess() -> None:
        door.verifier = door.passwords
        await door.fail(5)

    door.verifier = Slow(others_guess)
    await door.refused(PHRASE)


async def test_guesses_at_the_same_moment_all_count(door: Door) -> None:
    await asyncio.gather(*(door.refused() for _ in range(12)))
    await door.refused(PHRASE)


async def test_nobody_learns_why_a_sign_in_was_refused(door: Door) -> None:
    before = door.passwords.verified
    unknown = await door.refused(login=wanted().username)
    wrong = await door.refused()
    await door.fail(4)
    locked_and_wrong = await door.refused()
    locked_and_right = await door.refused(PHRASE)
    assert unknown == wrong == locked_and_wrong == locked_and_right
    assert door.wanted.username not in unknown
    assert door.passwords.verified - before == 8, "every attempt verifies a password, known or not"


async def test_an_address_that_tries_too_often_is_told_to_wait(door: Door) -> None:
    for _ in range(SIGN_INS_PER_MINUTE):
        await door.cache.count(f"sign-in:{door.address}", seconds=60)
    with pytest.raises(RateLimited) as refusal:
        await door.attempt()
    assert refusal.value.retry_after == 60
    door.address = new_id().hex
    await door.attempt()


async def test_without_redis_people_still_sign_in(door: Door) -> None:
    door.cache = Cache("redis://127.0.0.1:9")
    await door.attempt()
    await door.cache.close()

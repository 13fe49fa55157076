"""Profiles and passwords in real PostgreSQL: no change lost, no old session left."""

import asyncio

import pytest
import pytest_asyncio
from pydantic import SecretStr

from shared import users
from shared.cache import Cache
from shared.db import Database, new_id
from shared.errors import Conflict, InvalidRequest, NotFound, PreconditionFailed
from shared.users import PasswordChange, Profile, ProfileChange, Session
from tests.integration.door import WRONG, Door
from tests.integration.travellers import PHRASE, wanted

NEW_PHRASE = "another-horse-8"


@pytest_asyncio.fixture
async def door(db: Database, cache: Cache) -> Door:
    made = Door(db, cache)
    await made.open()
    return made


async def my_profile(door: Door) -> Profile:
    return await users.profile((await door.attempt()).user_id, db=door.db)


async def change_password(door: Door, session: Session, *, current: str, new: str = NEW_PHRASE) -> None:
    await users.change_password(
        door.tokens.verify(session.access_token),
        PasswordChange(current_password=SecretStr(current), new_password=SecretStr(new)),
        passwords=door.verifier,
        ended=door.ended,
        db=door.db,
    )


async def test_what_is_sent_changes_and_the_rest_stays(door: Door) -> None:
    before = await my_profile(door)
    after = await users.change_profile(
        before.id, ProfileChange(name="Ada King", phone="+4915112345678"), seen=before.revision, db=door.db
    )
    assert (after.name, after.phone, after.revision) == ("Ada King", "+4915112345678", before.revision + 1)
    assert (after.username, after.email) == (before.username, before.email)
    removed = await users.change_profile(before.id, ProfileChange(phone=None), seen=None, db=door.db)
    assert (removed.name, removed.phone) == ("Ada King", None)


async def test_of_two_edits_at_once_one_is_told_that_it_is_late(door: Door) -> None:
    before = await my_profile(door)
    outcomes = await asyncio.gather(
        *(
            users.change_profile(before.id, ProfileChange(name=name), seen=before.revision, db=door.db)
            for name in ("Ada King", "Ada Byron")
        ),
        return_exceptions=True,
    )
    [won] = [outcome for outcome in outcomes if isinstance(outcome, Profile)]
    assert sum(isinstance(outcome, PreconditionFailed) for outcome in outcomes) == 1
    assert await users.profile(before.id, db=door.db) == won


@pytest.mark.parametrize("field", ["username", "email"])
async def test_a_name_of_somebody_else_is_refused_and_ones_own_in_another_case_is_not(
    door: Door, field: str
) -> None:
    mine, other = await my_profile(door), wanted()
    await users.sign_up(other, passwords=door.passwords, db=door.db)
    taken = ProfileChange.model_validate({field: getattr(other, field).upper()})
    with pytest.raises(Conflict, match=f"This {field} is taken"):
        await users.change_profile(mine.id, taken, seen=None, db=door.db)
    louder = ProfileChange.model_validate({field: getattr(mine, field).upper()})
    await users.change_profile(mine.id, louder, seen=None, db=door.db)
    await door.attempt()


@pytest.mark.parametrize("field", ["username", "email", "name"])
async def test_what_an_account_needs_cannot_be_emptied(door: Door, field: str) -> None:
    mine = await my_profile(door)
    with pytest.raises(InvalidRequest) as refusal:
        await users.change_profile(mine.id, ProfileChange(**{field: None}), seen=None, db=door.db)
    assert [error.pointer for error in refusal.value.errors] == [f"/{field}"]


async def test_an_account_that_is_gone_cannot_be_changed(door: Door) -> None:
    with pytest.raises(NotFound):
        await users.change_profile(new_id(), ProfileChange(name="Nobody"), seen=None, db=door.db)


async def test_a_new_password_ends_the_other_sessions_and_this_one_stays(door: Door) -> None:
    here, there = await door.attempt(), await door.attempt()
    await change_password(door, here, current=PHRASE)
    assert door.opens(here)
    assert not door.opens(there)
    await door.refresh(here.refresh_token)
    await door.refused(PHRASE)
    await door.attempt(NEW_PHRASE)


async def test_a_wrong_current_password_changes_nothing_and_counts(door: Door) -> None:
    session = await door.attempt()
    for _ in range(5):
        with pytest.raises(InvalidRequest) as refusal:
            await change_password(door, session, current=WRONG)
        assert [error.pointer for error in refusal.value.errors] == ["/currentPassword"]
    with pytest.raises(InvalidRequest):
        await change_password(door, session, current=PHRASE)
    await door.refused(PHRASE)
    await door.let_lock_age(30)
    await door.attempt()


async def test_deeds_are_on_record_without_names_and_the_record_keeps_its_rows(door: Door) -> None:
    session = await door.attempt()
    await door.refused()
    await users.change_profile(session.user_id, ProfileChange(name="Ada King"), seen=None, db=door.db)
    await change_password(door, session, current=PHRASE)
    rows = await door.execute(
        "SELECT action, facts FROM audit_log WHERE actor_id = %s ORDER BY id", session.user_id
    )
    assert [row["action"] for row in rows] == [
        "account-created",
        "session-started",
        "sign-in-refused",
        "profile-changed",
        "password-changed",
        "sessions-ended",
    ]
    for private in (door.wanted.username, door.wanted.email, "Ada", PHRASE, NEW_PHRASE):
        assert private not in str(rows)
    for statement in ("DELETE FROM audit_log", "UPDATE audit_log SET action = 'x'", "TRUNCATE audit_log"):
        with pytest.raises(Exception, match="append-only"):
            await door.execute(statement)

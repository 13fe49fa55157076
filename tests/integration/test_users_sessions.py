"""Sessions in real PostgreSQL: tokens for one use, thieves noticed, sign-outs that hold everywhere."""

import asyncio

import pytest
import pytest_asyncio

from shared import users
from shared.cache import Cache
from shared.db import Database
from shared.errors import Unauthenticated
from shared.users import EndedSessions, Session
from shared.users.sessions.model import MOST_SESSIONS
from tests.integration.door import Door

DAY = 86_400


@pytest_asyncio.fixture
async def door(db: Database, cache: Cache) -> Door:
    made = Door(db, cache)
    await made.open()
    return made


async def is_over(door: Door, session: Session) -> bool:
    """Whether neither token of the session is good for anything."""
    if door.opens(session):
        return False
    with pytest.raises(Unauthenticated):
        await door.refresh(session.refresh_token)
    return True


async def let_tokens_age(door: Door, session: Session, days: float) -> None:
    await door.execute(
        "UPDATE sessions SET expires_at = expires_at - %s * interval '1 day' WHERE user_id = %s",
        days,
        session.user_id,
    )


async def test_a_refresh_gives_new_tokens_of_the_same_session(door: Door) -> None:
    first = await door.attempt()
    second = await door.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert door.tokens.verify(second.access_token) == door.tokens.verify(first.access_token)
    assert (second.expires_in, second.refresh_expires_in) == (900, 14 * DAY)
    await door.refresh(second.refresh_token)


@pytest.mark.parametrize(("remember", "days"), [(False, 14), (True, 30)])
async def test_a_refresh_token_lives_fourteen_days_or_thirty(
    door: Door, *, remember: bool, days: int
) -> None:
    session = await door.attempt(remember=remember)
    assert session.refresh_expires_in == days * DAY
    await let_tokens_age(door, session, days - 0.01)
    session = await door.refresh(session.refresh_token)
    assert session.refresh_expires_in == days * DAY
    await let_tokens_age(door, session, days)
    with pytest.raises(Unauthenticated):
        await door.refresh(session.refresh_token)


async def test_a_refresh_token_that_comes_again_ends_the_whole_session(door: Door) -> None:
    stolen = await door.attempt()
    bystander = await door.attempt()
    newest = await door.refresh((await door.refresh(stolen.refresh_token)).refresh_token)
    with pytest.raises(Unauthenticated):
        await door.refresh(stolen.refresh_token)
    assert await is_over(door, newest)
    assert door.opens(bystander)
    await door.refresh(bystander.refresh_token)


async def test_of_two_refreshes_at_once_neither_leaves_a_session_behind(door: Door) -> None:
    session = await door.attempt()
    outcomes = await asyncio.gather(
        *(door.refresh(session.refresh_token) for _ in range(8)), return_exceptions=True
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, Session)]
    assert len(won) == 1
    assert all(isinstance(outcome, Session | Unauthenticated) for outcome in outcomes)
    assert await is_over(door, won[0])


@pytest.mark.parametrize("token", ["garbage", "ü", "A" * 43, "\x00"])
async def test_a_token_we_never_gave_refreshes_nothing_and_ends_nothing(door: Door, token: str) -> None:
    session = await door.attempt()
    with pytest.raises(Unauthenticated):
        await door.refresh(token)
    assert door.opens(session)


async def test_signing_out_ends_this_session_and_no_other(door: Door) -> None:
    here, there = await door.attempt(), await door.attempt()
    bearer = door.tokens.verify(here.access_token)
    for _ in range(2):
        await users.sessions.end(bearer, ended=door.ended, db=door.db)
    assert await is_over(door, here)
    assert door.opens(there)


async def test_signing_out_everywhere_ends_every_session_of_this_user_only(door: Door) -> None:
    neighbour = Door(door.db, door.cache)
    await neighbour.open()
    next_door = await neighbour.attempt()
    mine = [await door.attempt() for _ in range(3)]
    await users.sign_out_everywhere(mine[0].user_id, ended=door.ended, db=door.db)
    for session in mine:
        assert await is_over(door, session)
    await neighbour.refresh(next_door.refresh_token)


async def test_another_replica_learns_within_its_next_reading(door: Door) -> None:
    session = await door.attempt()
    elsewhere = EndedSessions(door.db)
    await elsewhere.read()
    bearer = door.tokens.verify(session.access_token)
    assert bearer.session_id not in elsewhere
    await users.sessions.end(bearer, ended=door.ended, db=door.db)
    await elsewhere.read()
    assert bearer.session_id in elsewhere


async def test_a_replica_that_watches_needs_no_asking(door: Door) -> None:
    session = await door.attempt()
    elsewhere = EndedSessions(door.db, every_seconds=0.01)
    elsewhere.watch()
    bearer = door.tokens.verify(session.access_token)
    await users.sessions.end(bearer, ended=door.ended, db=door.db)
    async with asyncio.timeout(20):
        while bearer.session_id not in elsewhere:  # noqa: ASYNC110 - its own task reads
            await asyncio.sleep(0.01)
    await elsewhere.close()


async def test_a_sign_in_too_many_ends_the_oldest_session(door: Door) -> None:
    oldest = await door.attempt()
    rest = [await door.attempt() for _ in range(MOST_SESSIONS)]
    with pytest.raises(Unauthenticated):
        await door.refresh(oldest.refresh_token)
    await door.refresh(rest[0].refresh_token)


async def test_no_token_is_stored_as_it_is(door: Door) -> None:
    session = await door.attempt()
    rows = await door.execute(
        "SELECT encode(digest, 'escape') AS token FROM refresh_tokens t JOIN sessions s ON s.id = session_id"
        " WHERE s.user_id = %s",
        session.user_id,
    )
    assert len(rows) == 1
    assert session.refresh_token not in str(rows)

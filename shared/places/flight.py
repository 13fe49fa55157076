"""One call to a provider, however many ask at the same time, in however many processes.

Who comes first takes a row in PostgreSQL and makes the call; the others wait for what it leaves where all of
them look. A leader that died is followed by the next one when its lease ends; one that failed fails those
that wait, and those that come within a few seconds, so that a service in trouble is not asked by everybody in
turn. Redis only wakes the waiting: without it they look twice a second.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

from shared.cache import Cache
from shared.db import Database
from shared.errors import Transient
from shared.places import repository

LEASE = timedelta(seconds=25)
"""Longer than any call may take, so that nobody has to renew it."""
LONGEST_CALL_SECONDS = 20.0
REST = timedelta(seconds=3)

_BUSY = "The map service is busy. Try again in a moment."


async def once[T](
    key: str,
    *,
    look: Callable[[], Awaitable[T | None]],
    call: Callable[[], Awaitable[T]],
    patience: float,
    db: Database,
    cache: Cache,
) -> T:
    """What `look` finds, or what `call` makes of it; `call` must leave it where `look` finds it.

    `Transient` when it failed elsewhere a moment ago or takes longer than `patience` seconds; what `call`
    raises in the process that makes it.
    """
    deadline = time.monotonic() + patience
    async with cache.listening(_channel(key)) as news:
        while True:
            holder = await _claim(key, db=db)
            if holder is not None:
                found = await look()  # whoever was on it before may have left something since we looked
                return await _lead(key, holder, found, call=call, patience=patience, db=db, cache=cache)
            left = deadline - time.monotonic()
            if left <= 0:
                raise Transient(_BUSY)
            await news.wait(min(left, 1.0))
            found = await look()
            if found is not None:
                return found


async def _claim(key: str, *, db: Database) -> UUID | None:
    """The holder of a new flight, None while somebody else is on it; `Transient` when it just failed."""
    holder = uuid4()
    async with db.transaction() as tx:
        if await repository.claim_flight(tx, key, holder=holder, lease=LEASE):
            return holder
        if await repository.flight_failed(tx, key):
            raise Transient(_BUSY)
    return None


async def _lead[T](
    key: str,
    holder: UUID,
    found: T | None,
    *,
    call: Callable[[], Awaitable[T]],
    patience: float,
    db: Database,
    cache: Cache,
) -> T:
    try:
        if found is None:
            async with asyncio.timeout(min(patience, LONGEST_CALL_SECONDS)):
                found = await call()
    except BaseException as error:
        with contextlib.suppress(Transient):  # without a database the lease ends by itself
            async with db.transaction() as tx:
                await repository.fail_flight(tx, key, holder=holder, rest=REST)
        await cache.call(_channel(key))
        if isinstance(error, TimeoutError):
            raise Transient("The map service did not answer in time. Try again in a moment.") from error
        raise
    with contextlib.suppress(Transient):
        async with db.transaction() as tx:
            await repository.end_flight(tx, key, holder=holder)
    await cache.call(_channel(key))
    return found


def _channel(key: str) -> str:
    return f"places-flight:{key}"

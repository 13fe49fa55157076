"""The pool, and the transaction every unit of work runs in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shared.db.address import TOKEN_SCOPE
from shared.errors import Transient
from shared.identity import Identity

WAIT_SECONDS = 8.0
POOL_SIZE = 16
UNCHECKED_SECONDS = 2.0
"""A connection used this recently is taken to live: asking it costs a round trip per request."""


_ABSENT = "The database did not answer. Try again in a moment."


class Transaction(AsyncConnection[DictRow]):
    """A connection inside a transaction; `posted` says that messages wait in the outbox for its commit."""

    posted: bool = False
    used_at: float = 0.0


class Database:
    """Transactions on a pool that opens on first use, in the loop that uses it.

    With an `identity` its token is the password of each new connection; PostgreSQL asks for it only then.
    """

    def __init__(self, url: str, *, identity: Identity | None = None, patience: float = WAIT_SECONDS) -> None:
        """`patience` is how many seconds a transaction waits for a connection."""
        self._identity = identity
        self._pool = AsyncConnectionPool[Transaction](
            url,
            connection_class=Transaction,
            kwargs=self._parameters,
            min_size=1,
            max_size=POOL_SIZE,
            timeout=patience,
            check=_check,
            open=False,
        )
        self._on_posted: Callable[[], None] = lambda: None

    def when_posted(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit that left messages in the outbox."""
        self._on_posted = wake

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit when the block ends, roll back when it raises; an absent database is `Transient`."""
        # Opened here, not at import: a pool must open in the loop that uses it (psycopg issue 737).
        await self._pool.open()
        try:
            async with self._pool.connection() as connection:
                connection.posted = False
                yield connection
                connection.used_at = monotonic()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Transient(_ABSENT) from error
        if connection.posted:
            self._on_posted()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A connection for one SELECT: without a transaction around it, two round trips less."""
        await self._pool.open()
        try:
            async with self._pool.connection() as connection:
                await connection.set_autocommit(True)
                try:
                    yield connection
                finally:
                    if not connection.closed:
                        await connection.set_autocommit(False)
                connection.used_at = monotonic()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Transient(_ABSENT) from error

    async def answers(self) -> bool:
        """Whether PostgreSQL is there right now."""
        try:
            async with self.transaction() as tx:
                await tx.execute("SELECT 1")
        except Transient:
            return False
        return True

    async def close(self) -> None:
        await self._pool.close()

    async def _parameters(self) -> dict[str, Any]:
        """What each new connection is opened with."""
        if self._identity is None:
            return {"row_factory": dict_row}
        return {"row_factory": dict_row, "password": (await self._identity.token(TOKEN_SCOPE)).token}


async def _check(connection: Transaction) -> None:
    """Make sure that a connection lives before it is handed out, unless it did a moment ago."""
    if monotonic() - connection.used_at > UNCHECKED_SECONDS:
        await AsyncConnectionPool.check_connection(connection)

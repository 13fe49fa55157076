"""The pool, and the transaction every unit of work runs in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shared.errors import Transient

WAIT_SECONDS = 8.0
POOL_SIZE = 16


class Transaction(AsyncConnection[DictRow]):
    """A connection inside a transaction; `posted` says that messages wait in the outbox for its commit."""

    posted: bool = False


class Database:
    """Transactions on a pool that opens on first use, in the loop that uses it."""

    def __init__(self, url: str) -> None:
        self._pool = AsyncConnectionPool[Transaction](
            url,
            connection_class=Transaction,
            kwargs={"row_factory": dict_row},
            min_size=1,
            max_size=POOL_SIZE,
            timeout=WAIT_SECONDS,
            check=AsyncConnectionPool.check_connection,
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
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Transient("The database did not answer. Try again in a moment.") from error
        if connection.posted:
            self._on_posted()

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

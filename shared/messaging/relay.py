"""The relay: outbox rows become Service Bus messages, at least once, usually within milliseconds."""

import asyncio
import logging
from itertools import groupby

from shared.bus import Bus, Letter
from shared.db import Database, Transaction
from shared.errors import Transient

logger = logging.getLogger(__name__)

BATCH = 100


class Relay:
    """One task per process sends what its own transactions posted; a timer sweeps what was left behind."""

    def __init__(self, *, db: Database, bus: Bus) -> None:
        self._db = db
        self._bus = bus
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Send soon; called after each commit that posted."""
        self._wanted.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def sweep(self) -> int:
        """Send everything that waits; returns how many. `Transient` leaves the rest in the outbox."""
        total = 0
        while sent := await self._relay_batch():
            total += sent
        return total

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self._wanted.is_set():
            self._wanted.clear()
            try:
                await self.sweep()
            except Transient as error:
                logger.warning("messages stay in the outbox for now: %s", error)

    async def _relay_batch(self) -> int:
        # The one transaction held across a network call: the rows stay locked until the bus has them,
        # so no two relays send the same row, and a crash in between leaves it to the next one.
        async with self._db.transaction() as tx:
            rows = await _lock_oldest(tx)
            for queue, group in groupby(rows, key=lambda row: row[0]):
                await self._bus.send(queue, [letter for _, letter in group])
            await tx.execute("DELETE FROM outbox WHERE id = ANY(%s::uuid[])", ([r[1].id for r in rows],))
        return len(rows)


async def _lock_oldest(tx: Transaction) -> list[tuple[str, Letter]]:
    cursor = await tx.execute(
        "SELECT id, queue, body, properties FROM outbox ORDER BY queue, id LIMIT %s FOR UPDATE SKIP LOCKED",
        (BATCH,),
    )
    return [
        (row["queue"], Letter(id=str(row["id"]), body=row["body"], properties=row["properties"]))
        for row in await cursor.fetchall()
    ]

"""The relay: outbox rows become Service Bus messages, at least once, usually within milliseconds."""

import asyncio
import logging

from shared.bus import Bus, Letter
from shared.db import Database, Transaction
from shared.errors import Transient
from shared.messaging.contracts import CONTRACTS
from shared.telemetry import meters

logger = logging.getLogger(__name__)

BATCH = 100
QUEUES = tuple(sorted({model.queue for model in CONTRACTS}))


class Relay:
    """One task per process sends what its own transactions posted; a timer sweeps what was left behind."""

    def __init__(self, *, db: Database, bus: Bus) -> None:
        self._db = db
        self._bus = bus
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None

    def warm(self) -> None:
        """Open the senders now, in the background: the first message should not wait for them."""
        self._warming = asyncio.create_task(self._bus.warm(QUEUES))

    def wake(self) -> None:
        """Send soon; called after each commit that posted."""
        self._wanted.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def sweep(self) -> int:
        """Send everything that waits; returns how many.

        `Transient` when a queue did not take its messages: they stay, those of the other queues are sent.
        """
        total = 0
        failures: list[Transient] = []
        for queue in await self._waiting():
            try:
                total += await self._drain(queue)
            except Transient as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return total

    async def close(self) -> None:
        for task in (self._task, self._warming):
            if task is not None:
                task.cancel()

    async def _run(self) -> None:
        while self._wanted.is_set():
            self._wanted.clear()
            try:
                await self.sweep()
            except Transient as error:
                logger.warning("messages stay in the outbox for now: %s", error)

    async def _waiting(self) -> list[str]:
        async with self._db.transaction() as tx:
            cursor = await tx.execute(
                "SELECT queue, extract(epoch FROM now() - min(posted_at))::float AS age FROM outbox"
                " GROUP BY queue ORDER BY queue"
            )
            ages = {row["queue"]: row["age"] for row in await cursor.fetchall()}
        for queue in {*QUEUES, *ages}:
            meters.OUTBOX_AGE.set(ages.get(queue, 0.0), {"messaging.destination.name": queue})
        return list(ages)

    async def _drain(self, queue: str) -> int:
        total = 0
        while sent := await self._relay_batch(queue):
            total += sent
            if sent < BATCH:
                break
        return total

    async def _relay_batch(self, queue: str) -> int:
        # The one transaction held across a network call: the rows stay locked until the bus has them,
        # so no two relays send the same row, and a crash in between leaves it to the next one.
        async with self._db.transaction() as tx:
            letters = await _lock_oldest(tx, queue)
            if letters:
                await self._bus.send(queue, letters)
                await tx.execute("DELETE FROM outbox WHERE id = ANY(%s::uuid[])", ([x.id for x in letters],))
        return len(letters)


async def _lock_oldest(tx: Transaction, queue: str) -> list[Letter]:
    cursor = await tx.execute(
        "SELECT id, body, properties FROM outbox WHERE queue = %s ORDER BY id LIMIT %s"
        " FOR UPDATE SKIP LOCKED",
        (queue, BATCH),
    )
    return [
        Letter(id=str(row["id"]), body=row["body"], properties=row["properties"])
        for row in await cursor.fetchall()
    ]

"""The relay: outbox rows become Service Bus messages, at least once, usually within milliseconds."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from shared.bus import Bus, Letter
from shared.db import Database, Transaction
from shared.errors import Transient
from shared.messaging.contracts import CONTRACTS
from shared.telemetry import meters

logger = logging.getLogger(__name__)

BATCH = 100
QUEUES = tuple(sorted({model.queue for model in CONTRACTS}))

# The commit does not wait for the disk: after a crash of the database the message is sent again, and the
# broker drops it by its id.
_DELETE = """
    WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
    DELETE FROM outbox USING unhurried WHERE id = ANY(%s::uuid[])
"""


class Relay:
    """One task per process sends what its own transactions posted; a timer sweeps what was left behind."""

    def __init__(self, *, db: Database, bus: Bus) -> None:
        self._db = db
        self._bus = bus
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None

    def warm(self) -> None:
        """Open the senders in the background, once: called where a message is likely to be posted soon."""
        if self._warming is None:
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
        total, taken = 0, BATCH
        refused: dict[str, Transient] = {}
        while taken == BATCH:
            taken, sent = await self._relay_batch(refused)
            total += sent
        if refused:
            raise next(iter(refused.values()))
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

    async def measure(self) -> None:
        """Tell how long the oldest message of every queue has been waiting."""
        async with self._db.transaction() as tx:
            cursor = await tx.execute(
                "SELECT queue, extract(epoch FROM now() - min(posted_at))::float AS age FROM outbox"
                " GROUP BY queue"
            )
            ages = {row["queue"]: row["age"] for row in await cursor.fetchall()}
        for queue in {*QUEUES, *ages}:
            meters.OUTBOX_AGE.set(ages.get(queue, 0.0), {"messaging.destination.name": queue})

    async def _relay_batch(self, refused: dict[str, Transient]) -> tuple[int, int]:
        """How many messages were looked at and how many sent; a queue that takes nothing joins `refused`."""
        # The one transaction held across a network call: the rows stay locked until the bus has them,
        # so no two relays send the same row, and a crash in between leaves it to the next one.
        async with self._db.transaction() as tx:
            waiting = await _lock_oldest(tx, but=list(refused))
            sent: list[str] = []
            for queue, letters in waiting.items():
                try:
                    await self._bus.send(queue, letters)
                except Transient as error:
                    refused[queue] = error
                else:
                    sent += [letter.id for letter in letters]
            if sent:
                await tx.execute(_DELETE, (sent,))
        return sum(map(len, waiting.values())), len(sent)


async def _lock_oldest(tx: Transaction, *, but: Sequence[str]) -> dict[str, list[Letter]]:
    """The oldest messages by queue, leaving out those of some queues and those that another relay has."""
    cursor = await tx.execute(
        "SELECT id, queue, body, properties FROM outbox WHERE queue <> ALL(%s) ORDER BY id LIMIT %s"
        " FOR UPDATE SKIP LOCKED",
        (but, BATCH),
    )
    found: dict[str, list[Letter]] = defaultdict(list)
    for row in await cursor.fetchall():
        letter = Letter(id=str(row["id"]), body=row["body"], properties=row["properties"])
        found[row["queue"]].append(letter)
    return found

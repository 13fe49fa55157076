"""A worker under observation: it may stand still at a moment, and what it does without its lease shows."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from shared.db import Database, Transaction
from shared.documents import Documents
from shared.documents.cosmos import Document
from shared.messaging import Message
from shared.schedules import Tools
from tests.integration.planners import handle

type Use = Literal["transaction", "read", "write"]


class Standstill:
    """A process that is frozen at its first use of a store after one of a kind, until it may go on.

    Its heart beat is frozen with it. After the first transaction a job is claimed, after the first read its
    places are known, after the first write its plan is stored and nobody knows of it.
    """

    def __init__(self, after: Use) -> None:
        self._after, self._due = after, False
        self.reached, self.over = asyncio.Event(), asyncio.Event()

    async def use(self, kind: Use) -> None:
        """Called before a use of a store."""
        if self._due:
            self.reached.set()
            await self.over.wait()
        self._due = self._due or kind == self._after


@dataclass(frozen=True)
class Seen:
    """What one transaction finds or leaves of a job."""

    holder: UUID | None
    state: str
    events: int
    posted: int


class WatchedDatabase(Database):
    """Notes in `strays` every commit that moved the job while its lease was another worker's or nobody's.

    The lease is this worker's from the commit that took it.
    """

    def __init__(self, living: Database, still: Standstill, job_id: UUID) -> None:
        self._living, self._still, self._job_id = living, still, job_id
        self._mine: UUID | None = None
        self.strays: list[str] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        await self._still.use("transaction")
        async with self._living.transaction() as tx:
            before = await self._look(tx)
            yield tx
            after = await self._look(tx)
        self._judge(before, after)

    def _judge(self, before: Seen | None, after: Seen | None) -> None:
        if before is None or after is None:
            return
        if after.holder is not None and after.holder != before.holder:
            self._mine = after.holder
        elif self._mine not in {None, before.holder} and replace(after, holder=before.holder) != before:
            self.strays.append(f"without its lease: {before} became {after}")

    async def _look(self, tx: Transaction) -> Seen | None:
        cursor = await tx.execute(_LOOK, {"job": self._job_id, "body": f"%{self._job_id}%"})
        row = await cursor.fetchone()
        return Seen(**row) if row else None


_LOOK = (
    "SELECT lease_holder AS holder, state,"
    " (SELECT count(*) FROM schedule_job_events WHERE job_id = %(job)s) AS events,"
    " (SELECT count(*) FROM outbox WHERE body LIKE %(body)s) AS posted"
    " FROM schedule_jobs WHERE id = %(job)s"
)


class WatchedDocuments(Documents):
    """Stands still before a document is read, written or dropped."""

    def __init__(self, living: Documents, still: Standstill) -> None:
        self._living, self._still = living, still

    async def find(self, container: str, document_id: str, *, partition: str) -> Document | None:
        await self._still.use("read")
        return await self._living.find(container, document_id, partition=partition)

    async def put(self, container: str, document: Mapping[str, Any]) -> None:
        await self._still.use("write")
        await self._living.put(container, document)

    async def put_all(self, container: str, documents: Sequence[Mapping[str, Any]]) -> None:
        await self._still.use("write")
        await self._living.put_all(container, documents)

    async def drop(self, container: str, document_id: str, *, partition: str) -> None:
        await self._still.use("write")
        await self._living.drop(container, document_id, partition=partition)

    async def query(
        self, container: str, sql: str, *, partition: str, parameters: Mapping[str, Any] | None = None
    ) -> list[Document]:
        await self._still.use("read")
        return await self._living.query(container, sql, partition=partition, parameters=parameters)


class Observed:
    """A worker with a message, at work in the running loop until it stands still."""

    def __init__(self, message: Message, tools: Tools, *, job_id: UUID, after: Use) -> None:
        self._still = Standstill(after)
        self._db = WatchedDatabase(tools.db, self._still, job_id)
        documents = WatchedDocuments(tools.documents, self._still)
        self._work = asyncio.create_task(handle(message, replace(tools, db=self._db, documents=documents)))

    async def stands(self) -> None:
        """Until it stands still, or is done because it never got so far."""
        standing = asyncio.create_task(self._still.reached.wait())
        await asyncio.wait({self._work, standing}, return_when=asyncio.FIRST_COMPLETED)
        standing.cancel()

    async def goes_on(self) -> list[str]:
        """To the end; what it did without its lease."""
        self._still.over.set()
        await self._work
        return self._db.strays

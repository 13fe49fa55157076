"""Workers that die: their stores stop answering at a chosen moment, and everything they held stays behind."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from shared.db import Database, Transaction
from shared.documents import Documents
from shared.documents.cosmos import Document
from shared.schedules import Tools


class WorkerDied(Exception):
    """The process is gone; nothing it does from here on has an effect."""


class Fuse:
    """Burns down with every use of a store; None burns for ever."""

    def __init__(self, length: int | None) -> None:
        self._left = length

    def burn(self) -> None:
        if self._left is None:
            return
        if self._left == 0:
            raise WorkerDied
        self._left -= 1


class MortalDatabase(Database):
    """Dies before a transaction, right before its commit, or right after it."""

    def __init__(self, living: Database, fuse: Fuse) -> None:
        self._living, self._fuse = living, fuse

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        self._fuse.burn()
        async with self._living.transaction() as tx:
            yield tx
            self._fuse.burn()
        self._fuse.burn()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        self._fuse.burn()
        async with self._living.reading() as connection:
            yield connection


class MortalDocuments(Documents):
    """Dies before a document is read, written or dropped, or right after."""

    def __init__(self, living: Documents, fuse: Fuse) -> None:
        self._living, self._fuse = living, fuse

    async def find(self, container: str, document_id: str, *, partition: str) -> Document | None:
        self._fuse.burn()
        return await self._living.find(container, document_id, partition=partition)

    async def put(self, container: str, document: Mapping[str, Any]) -> None:
        self._fuse.burn()
        await self._living.put(container, document)
        self._fuse.burn()

    async def put_all(self, container: str, documents: Sequence[Mapping[str, Any]]) -> None:
        self._fuse.burn()
        await self._living.put_all(container, documents)
        self._fuse.burn()

    async def drop(self, container: str, document_id: str, *, partition: str) -> None:
        self._fuse.burn()
        await self._living.drop(container, document_id, partition=partition)

    async def query(
        self, container: str, sql: str, *, partition: str, parameters: Mapping[str, Any] | None = None
    ) -> list[Document]:
        self._fuse.burn()
        return await self._living.query(container, sql, partition=partition, parameters=parameters)


def mortal(tools: Tools, life: int | None) -> Tools:
    """The same tools in the hands of a worker that dies after so many uses of a store."""
    fuse = Fuse(life)
    return replace(tools, db=MortalDatabase(tools.db, fuse), documents=MortalDocuments(tools.documents, fuse))

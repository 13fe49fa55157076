"""The few Cosmos DB operations the domains need; an absent service is `Transient`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from shared.errors import AppError, Transient
from shared.identity import Identity

if TYPE_CHECKING:  # a tenth of a second to import: not before the first document
    from azure.cosmos.aio import ContainerProxy, CosmosClient

logger = logging.getLogger(__name__)

type Document = dict[str, Any]

FORBIDDEN, MISSING, TAKEN = 403, 404, 409
BUSY = {408, 429, 449, 503}
PARALLEL_WRITES = 8


class Documents:
    """One client per process, opened on first use in the loop that uses it."""

    def __init__(self, *, endpoint: str, key: str | Identity, database: str) -> None:
        """`key` is that of the account, or the identity whose tokens stand in for it."""
        self._endpoint, self._key, self._database = endpoint, key, database
        self._client: CosmosClient | None = None
        self._opening = asyncio.Lock()

    async def find(self, container: str, document_id: str, *, partition: str) -> Document | None:
        """The document, or None."""
        async with self._reached(container) as documents:
            try:
                return dict(await documents.read_item(document_id, partition_key=partition))
            except HttpResponseError as error:
                if error.status_code != MISSING:
                    raise
                return None

    async def put(self, container: str, document: Mapping[str, Any]) -> None:
        """Write a document whole, new or not. `ttl` in it is its lifetime in seconds."""
        async with self._reached(container) as documents:
            await documents.upsert_item(dict(document))

    async def add(self, container: str, document: Mapping[str, Any]) -> bool:
        """Write a document that is not there yet; False, and nothing written, when it is."""
        async with self._reached(container) as documents:
            try:
                await documents.create_item(dict(document))
            except HttpResponseError as error:
                if error.status_code != TAKEN:
                    raise
                return False
            return True

    async def put_all(self, container: str, documents: Sequence[Mapping[str, Any]]) -> None:
        """Write many, a few at a time; each is whole, the set is not: the first failure stops the rest."""
        gate = asyncio.Semaphore(PARALLEL_WRITES)

        async def write(document: Mapping[str, Any]) -> None:
            async with gate:
                await self.put(container, document)

        try:
            async with asyncio.TaskGroup() as group:
                for document in documents:
                    group.create_task(write(document))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def drop(self, container: str, document_id: str, *, partition: str) -> None:
        """Delete a document; one that is gone already is fine."""
        async with self._reached(container) as documents:
            try:
                await documents.delete_item(document_id, partition_key=partition)
            except HttpResponseError as error:
                if error.status_code != MISSING:
                    raise

    async def query(
        self, container: str, sql: str, *, partition: str, parameters: Mapping[str, Any] | None = None
    ) -> list[Document]:
        """All results of a query inside one partition; a parameter `name` is `@name` in the text."""
        named: list[dict[str, object]] = [
            {"name": f"@{k}", "value": v} for k, v in (parameters or {}).items()
        ]
        async with self._reached(container) as documents:
            pages = documents.query_items(sql, parameters=named, partition_key=partition)
            return [dict(document) async for document in pages]

    async def answers(self) -> bool:
        """Whether Cosmos DB is there right now; one that keeps a container from this identity is."""
        try:
            async with self._reached("schedules") as documents:
                try:
                    await documents.read()
                except HttpResponseError as error:
                    if error.status_code != FORBIDDEN:
                        raise
        except Transient:
            return False
        return True

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    @asynccontextmanager
    async def _reached(self, container: str) -> AsyncIterator["ContainerProxy"]:
        try:
            client = await self._opened()
            yield client.get_database_client(self._database).get_container_client(container)
        except ClientAuthenticationError as error:
            logger.error("no token for the document store: %s", error.message)  # noqa: TRY400
            raise Transient(
                "The document store was not asked: the identity service gave no token."
            ) from error
        except HttpResponseError as error:
            if error.status_code in BUSY:
                raise Transient("The document store is busy. Try again in a moment.") from error
            raise AppError(f"The document store refused our request ({error.status_code}).") from error
        except (AzureError, OSError, TimeoutError) as error:
            raise Transient("The document store did not answer. Try again in a moment.") from error

    async def _opened(self) -> "CosmosClient":
        from azure.cosmos.aio import CosmosClient  # noqa: PLC0415

        async with self._opening:
            if self._client is None:
                key = self._key if isinstance(self._key, str) else await self._key.credential()
                client = CosmosClient(
                    self._endpoint, key, retry_total=2, connection_timeout=2, read_timeout=8
                )
                try:
                    await client.__aenter__()
                except BaseException:
                    await client.close()
                    raise
                self._client = client
        return self._client

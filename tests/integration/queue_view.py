"""A look into the queues of the bus, and a fresh start for them."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.integration.stores import BusServer


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits in each queue, by the bus's control surface."""

    server: BusServer

    async def clear(self) -> None:
        async with httpx2.AsyncClient(base_url=self.server.control) as client:
            (await client.post("/reset")).raise_for_status()

    async def messages(self, queue: str, *, dead: bool = False) -> list[dict[str, Any]]:
        """Active and scheduled messages, or the dead-lettered ones."""
        async with httpx2.AsyncClient(base_url=self.server.control) as client:
            answer = await client.get(f"/queues/{queue}/messages", params={"deadLetter": str(dead).lower()})
            answer.raise_for_status()
            found: list[dict[str, Any]] = answer.json()
            return found

    async def await_messages(self, queue: str, count: int) -> list[dict[str, Any]]:
        """Wait for so many messages; the test's own timeout ends a wait in vain."""
        while len(found := await self.messages(queue)) < count:  # noqa: ASYNC110 - another process sends
            await asyncio.sleep(0.02)
        return found

"""Sessions that are over while their access tokens are not: known in memory, so that no request asks."""

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

from shared.auth import LIFETIME
from shared.db import Database
from shared.errors import AppError
from shared.users.sessions import repository

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
TOLD = LIFETIME + timedelta(minutes=2)
"""Longer than any access token lives, clock skew between replicas included."""


class EndedSessions:
    """Read from PostgreSQL every second; a session that ended here is known at once."""

    def __init__(self, db: Database, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._db = db
        self._every_seconds = every_seconds
        self._known: set[UUID] = set()
        self._own: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._known or session_id in self._own

    def watch(self) -> None:
        """Keep the knowledge fresh for the life of the process."""
        self._task = asyncio.create_task(self._watch())

    def add(self, *session_ids: UUID) -> None:
        """These have ended just now."""
        self._own.update(session_ids)

    async def read(self) -> None:
        """Learn of all that ended recently, here or elsewhere."""
        own = set(self._own)
        async with self._db.transaction() as tx:
            self._known = await repository.ended_within(tx, TOLD)
        self._own -= own & self._known

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        while True:
            try:
                await self.read()
            except AppError:
                # Nothing can be read without the database either, so nobody gets in by this.
                logger.warning("the database did not tell which sessions ended")
            await asyncio.sleep(self._every_seconds)

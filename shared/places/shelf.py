"""Answers of outside services, kept: hot in Redis, for a week in Cosmos DB, and asked for by one at a time.

An answer is fresh for a day. After that it is asked for again, and served all the same, marked as stale,
while the service does not answer.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from shared.cache import Cache
from shared.db import Database
from shared.documents import Documents
from shared.errors import AppError
from shared.places import flight

logger = logging.getLogger(__name__)

CONTAINER = "places"
FRESH = timedelta(days=1)
KEPT_SECONDS = 7 * 86_400
HOT_SECONDS = 3_600

WORKER_PATIENCE, READER_PATIENCE = 30.0, 8.0
"""Seconds somebody waits for an answer: a worker, and a person in front of a screen."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an answer is kept: `region` is the partition, `name` the document."""

    region: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.region}/{self.name}"


@dataclass(frozen=True, slots=True)
class Kept[M]:
    """An answer and when it was given; `stale` when nobody could give a newer one."""

    value: M
    at: datetime
    stale: bool = False


class Shelf:
    """Keeps answers, each whole or not at all."""

    def __init__(
        self,
        *,
        db: Database,
        cache: Cache,
        documents: Documents,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.db, self.cache, self.now = db, cache, now
        self._documents = documents

    async def get[M: BaseModel](
        self,
        slot: Slot,
        model: type[M],
        ask: Callable[[], Awaitable[M]],
        *,
        patience: float = READER_PATIENCE,
    ) -> Kept[M]:
        """The answer, asked for when there is no fresh one; `Transient` when there is none at all."""
        kept = await self.peek(slot, model)
        if kept is not None and not kept.stale:
            return kept

        async def look() -> Kept[M] | None:
            stored = await self._stored(slot, model)
            return None if stored is None or stored.stale else stored

        async def call() -> Kept[M]:
            return await self._put(slot, await ask())

        try:
            return await flight.once(
                slot.key, look=look, call=call, patience=patience, db=self.db, cache=self.cache
            )
        except AppError as error:
            if kept is None:
                raise
            logger.warning("serving what was known of %s at %s: %s", slot.key, kept.at, error)
            return kept

    async def peek[M: BaseModel](self, slot: Slot, model: type[M]) -> Kept[M] | None:
        """The answer as it is kept, fresh or stale; nobody is asked."""
        hot = await self.cache.read(_hot(slot))
        if hot is not None:
            told, _, body = hot.partition(" ")
            at = datetime.fromisoformat(told)
            return Kept(model.model_validate_json(body), at, stale=self._is_stale(at))
        kept = await self._stored(slot, model)
        if kept is not None and not kept.stale:
            await self._warm(slot, kept)
        return kept

    async def region[M: BaseModel](self, region: str, model: type[M]) -> list[M]:
        """All answers of a region, by name."""
        rows = await self._documents.query(CONTAINER, "SELECT * FROM c ORDER BY c.id", partition=region)
        return [model.model_validate(row["answer"]) for row in rows if "answer" in row]

    async def fresh(self, region: str) -> set[str]:
        """The names of a region's fresh answers."""
        rows = await self._documents.query(CONTAINER, "SELECT c.id, c.at FROM c", partition=region)
        return {row["id"] for row in rows if not self._is_stale(datetime.fromisoformat(row["at"]))}

    async def _stored[M: BaseModel](self, slot: Slot, model: type[M]) -> Kept[M] | None:
        row = await self._documents.find(CONTAINER, slot.name, partition=slot.region)
        if row is None:
            return None
        at = datetime.fromisoformat(row["at"])
        return Kept(model.model_validate(row["answer"]), at, stale=self._is_stale(at))

    async def put_all(self, answers: Sequence[tuple[Slot, BaseModel]]) -> None:
        """Keep answers nobody asked for one by one."""
        await self._documents.put_all(CONTAINER, [_document(slot, a, self.now()) for slot, a in answers])

    async def _put[M: BaseModel](self, slot: Slot, answer: M) -> Kept[M]:
        kept = Kept(answer, self.now())
        await self._documents.put(CONTAINER, _document(slot, answer, kept.at))
        await self._warm(slot, kept)
        return kept

    async def _warm[M: BaseModel](self, slot: Slot, kept: Kept[M]) -> None:
        seconds = min(HOT_SECONDS, int((kept.at + FRESH - self.now()).total_seconds()))
        if seconds > 0:
            text = f"{kept.at.isoformat()} {kept.value.model_dump_json(by_alias=True)}"
            await self.cache.write(_hot(slot), text, seconds=seconds)

    def _is_stale(self, at: datetime) -> bool:
        return at + FRESH <= self.now()


async def all_of[M](asked: list[Awaitable[Kept[M]]]) -> list[Kept[M]]:
    """Several answers at a time, in order; the first that cannot be had is raised once all are through."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    found: list[Kept[M]] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        found.append(answer)
    return found


def _document(slot: Slot, answer: BaseModel, at: datetime) -> dict[str, object]:
    return {
        "id": slot.name,
        "region": slot.region,
        "at": at.isoformat(),
        "answer": answer.model_dump(mode="json", by_alias=True),
        "ttl": KEPT_SECONDS,
    }


def _hot(slot: Slot) -> str:
    return f"places:{hashlib.sha256(slot.key.encode()).hexdigest()[:32]}"

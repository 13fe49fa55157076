"""The worker's side of an export: gather an account and keep it as zip files.

A run takes the place of the one before it, whose files go: a message that comes again starts again, and the
export is one run's work whoever dies.
"""

import asyncio
import logging
from uuid import UUID

from shared.db import Database, new_id
from shared.errors import NotFound
from shared.exports import repository
from shared.exports.sections import LEFT_OUT, SECTIONS, written
from shared.exports.volumes import LARGEST, MOST, Oversized, Volumes
from shared.messaging import ExportAccount
from shared.schedules import Tools

logger = logging.getLogger(__name__)

FORMAT = 1
SECONDS = 240.0
"""A minute less than a function may run."""
_TOO_MUCH = "Your account holds more than we can copy at once. Write to us: we make the copy by hand."


class _Replaced(Exception):
    """Another run gathers this export now, or nobody needs it any more."""


async def run(
    order: ExportAccount,
    *,
    tools: Tools,
    largest: int = LARGEST,
    most: int = MOST,
    seconds: float = SECONDS,
) -> None:
    """Gather an export; one that has ended, or is gone, is left alone. `Transient` when a store is away."""
    this = new_id()
    async with tools.db.transaction() as tx:
        owner = await repository.claim(tx, order.export_id, run=this)
    if owner is None:
        return
    shelf = _Shelf(order.export_id, this, tools.db)
    try:
        async with asyncio.timeout(seconds):
            with Volumes(shelf.keep, largest=largest, most=most) as volumes:
                await _gather(owner, volumes, tools=tools)
    except (Oversized, TimeoutError) as error:
        logger.error("export %s is too large: %s", order.export_id, error)  # noqa: TRY400 - nothing is broken
        await shelf.give_up(_TOO_MUCH)
    except (_Replaced, NotFound):
        logger.info("export %s is not needed any more", order.export_id)
    else:
        await shelf.finish()


async def _gather(owner: UUID, volumes: Volumes, *, tools: Tools) -> None:
    await volumes.add("contents.json", _contents())
    for section in SECTIONS.values():
        async for name, content in section.portions(owner, tools):
            await volumes.add(name, content)
    await volumes.close()


def _contents() -> bytes:
    return written(
        {
            "format": FORMAT,
            "files": {name: section.holds for name, section in SECTIONS.items()},
            "leftOut": LEFT_OUT,
        }
    )


class _Shelf:
    """Where one run keeps what it gathered, as long as it is the run that counts."""

    def __init__(self, export_id: UUID, run: UUID, db: Database) -> None:
        self._id, self._run, self._db = export_id, run, db

    async def keep(self, number: int, volume: bytes) -> None:
        async with self._db.transaction() as tx:
            if not await repository.hold(tx, self._id, run=self._run):
                raise _Replaced
            await repository.keep(tx, self._id, number, volume)

    async def finish(self) -> None:
        async with self._db.transaction() as tx:
            if await repository.hold(tx, self._id, run=self._run):
                await repository.finish(tx, self._id)

    async def give_up(self, reason: str) -> None:
        async with self._db.transaction() as tx:
            await repository.fail(tx, self._id, run=self._run, reason=reason)

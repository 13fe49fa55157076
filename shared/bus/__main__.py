"""`python -m shared.bus list|replay QUEUE` shows dead letters or sends them again."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from azure.core.exceptions import AzureError

from shared.bus.dead_letters import listed, replay
from shared.bus.namespace import Namespace, place_of
from shared.config import BusSettings
from shared.errors import Transient
from shared.identity import Identity

type Work = Callable[[str | Namespace, argparse.Namespace], Awaitable[None]]


def main(arguments: list[str]) -> int:
    """0 when it was done, 1 when the bus that the settings name refused or did not answer."""
    parser = argparse.ArgumentParser(prog="python -m shared.bus", description=__doc__)
    parser.add_argument("action", choices=("list", "replay"))
    parser.add_argument("queue")
    parser.add_argument("--limit", type=int, help="replay so many at most")
    options = parser.parse_args(arguments)
    work = _list if options.action == "list" else _replay
    try:
        asyncio.run(_reached(work, options))
    except (AzureError, Transient) as error:
        sys.stderr.write(f"{options.queue}: {error}\n")
        return 1
    return 0


async def _reached(work: Work, options: argparse.Namespace) -> None:
    settings = BusSettings()
    identity = Identity(settings)
    try:
        await work(place_of(settings, identity), options)
    finally:
        await identity.close()


async def _list(place: str | Namespace, options: argparse.Namespace) -> None:
    async for letter in listed(place, options.queue):
        sys.stdout.write(f"{letter.sequence} {letter.id} {letter.reason}: {letter.description}\n")


async def _replay(place: str | Namespace, options: argparse.Namespace) -> None:
    done = await replay(place, options.queue, limit=options.limit)
    sys.stdout.write(f"{done} sent again to {options.queue}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

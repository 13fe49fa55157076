"""`python -m shared.bus list|replay QUEUE` shows dead letters or sends them again."""

import argparse
import asyncio
import sys

from azure.core.exceptions import AzureError

from shared.bus.dead_letters import listed, replay
from shared.config import BusSettings
from shared.errors import Transient


def main(arguments: list[str]) -> int:
    """0 when it was done, 1 when the bus, which the setting `ServiceBus` names, refused or did not answer."""
    parser = argparse.ArgumentParser(prog="python -m shared.bus", description=__doc__)
    parser.add_argument("action", choices=("list", "replay"))
    parser.add_argument("queue")
    parser.add_argument("--limit", type=int, help="replay so many at most")
    options = parser.parse_args(arguments)
    connection = BusSettings().service_bus.get_secret_value()
    work = _list if options.action == "list" else _replay
    try:
        asyncio.run(work(connection, options))
    except (AzureError, Transient) as error:
        sys.stderr.write(f"{options.queue}: {error}\n")
        return 1
    return 0


async def _list(connection: str, options: argparse.Namespace) -> None:
    async for letter in listed(connection, options.queue):
        sys.stdout.write(f"{letter.sequence} {letter.id} {letter.reason}: {letter.description}\n")


async def _replay(connection: str, options: argparse.Namespace) -> None:
    done = await replay(connection, options.queue, limit=options.limit)
    sys.stdout.write(f"{done} sent again to {options.queue}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The same hop with procrastinate: a job row in PostgreSQL, LISTEN/NOTIFY, a worker process."""

# mypy: disable-error-code="import-not-found"
# procrastinate is there once `./tripgen bench` ran; `./tripgen check` must not depend on that.

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

from procrastinate import App, PsycopgConnector

from benchmarks.journal import Journal, clock
from devstack.serving import command_line, told_to_stop

TASK, QUEUE = "hop", "hops"


def jobs(url: str) -> Any:
    """The application on a database of its own, its connector with the library's defaults."""
    return App(connector=PsycopgConnector(conninfo=url))


def register(app: Any, journal: Journal) -> None:
    """The handler."""

    async def hop(job_id: str, number: int, posted_at: int) -> None:
        journal.note(number, clock() - posted_at)

    app.task(name=TASK, queue=QUEUE)(hop)


async def work(app: Any, *, concurrency: int, leash: bool) -> None:
    """Take jobs until told to stop."""
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(concurrency=concurrency, install_signal_handlers=False)
        )
        sys.stdout.write("ready procrastinate://127.0.0.1:0\n")
        sys.stdout.flush()
        await told_to_stop(leash=leash)
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker


def main() -> None:
    """Run a worker; `--port` is taken and not used, there is nothing to connect to."""
    parser = command_line("procrastinate", "A procrastinate worker.")
    parser.add_argument("--database", required=True, help="postgresql:// URL")
    parser.add_argument("--journal", type=Path, required=True, help="file for what the handler notes")
    parser.add_argument("--concurrency", type=int, required=True, help="jobs at once")
    options = parser.parse_args()
    app = jobs(options.database)
    register(app, Journal(options.journal))
    asyncio.run(work(app, concurrency=options.concurrency, leash=options.leash))


if __name__ == "__main__":
    main()

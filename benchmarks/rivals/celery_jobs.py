"""The same jobs with Celery on Redis: a list in Redis, a pool of processes that take from it."""

# mypy: disable-error-code="import-not-found,import-untyped"
# Celery is there once `./tripgen bench` ran; `./tripgen check` must not depend on that.

import os
import signal
import threading
from pathlib import Path
from typing import Any

from celery import Celery, signals

from benchmarks.journal import Journal, clock
from devstack.serving import command_line

TASK = "job"


def jobs(url: str) -> Any:
    """The application, with Celery's defaults but for two.

    A job is acknowledged after its handler, as ours are, and its result is not kept, as nobody asks for it.
    """
    app = Celery("jobs", broker=url)
    app.conf.update(task_acks_late=True, task_ignore_result=True, broker_connection_retry_on_startup=True)
    return app


def register(app: Any, journal: Journal) -> None:
    """The handler."""

    def job(job_id: str, number: int, posted_at: int) -> None:
        journal.note(number, clock() - posted_at)

    app.task(name=TASK)(job)


def main() -> None:
    """Run a worker; `--port` is taken and not used, there is nothing to connect to."""
    parser = command_line("celery", "A Celery worker.")
    parser.add_argument("--broker", required=True, help="redis:// URL")
    parser.add_argument("--journal", type=Path, required=True, help="file for what the handler notes")
    parser.add_argument("--concurrency", type=int, required=True, help="processes that run jobs")
    options = parser.parse_args()
    app = jobs(options.broker)
    register(app, Journal(options.journal))
    signals.worker_ready.connect(_announce)
    if options.leash:
        threading.Thread(target=_stop_with_stdin, daemon=True).start()
    app.Worker(concurrency=options.concurrency, loglevel="WARNING", without_gossip=True).start()


def _announce(**_: object) -> None:
    # Not through sys.stdout: the worker has put its log in the place of that by now.
    os.write(1, b"ready celery://127.0.0.1:0\n")


def _stop_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()

"""Small jobs by the thousand: outbox, relay, bus and host against Celery on Redis."""

import asyncio
from itertools import batched
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import journal
from benchmarks.hop import Post, concurrency, our_host, posting
from benchmarks.measurement import Bar, Measurement
from devstack.service import Say, ServiceSpec
from devstack.stack import Stack
from shared.db import new_id

ROUNDS = 3
JOBS, WARM_UP = 2_000, 200
POSTERS = 8  # transactions at once
WITHIN_S = 60.0
RIVAL, WORKER = "Celery", "celery"
OURS = "jobs"


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """Jobs per second from the first post to the last handler, the median of three alternating rounds."""
    files = {name: stack.slot.path / f"jobs-{name}" for name in (OURS, WORKER)}
    broker = stack.settings["REDIS_URL"].removesuffix("/0") + "/1"
    stack.start_group([our_host(stack, OURS, files[OURS]), _rival_worker(broker, files[WORKER])])
    try:
        found = asyncio.run(_rounds(stack, broker, files, say))
    finally:
        for name in files:
            stack.stop(name)
    ours, theirs = (median(rates) for rates in found.values())
    return [Measurement("jobs", "small jobs", "per s", ours, (Bar("≥", 2.0, "ratio"),), RIVAL, theirs)]


async def _rounds(stack: Stack, broker: str, files: dict[str, Path], say: Say) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in files}
    async with posting(stack) as ours:
        posts = {OURS: ours, WORKER: _rival_post(broker)}
        for number in range(ROUNDS + 1):
            for name in files if number % 2 == 0 else reversed(files):
                first = number * JOBS
                expected = range(first, first + (JOBS if number else WARM_UP))
                rate = await _round(posts[name], files[name], expected)
                if number:
                    found[name].append(rate)
                    say(f"jobs   run {number} of {ROUNDS}  {name:6} {rate:6,.0f} per s")
    return found


async def _round(post: Post, file: Path, expected: range) -> float:
    """Jobs per second: each notes how long after the first post its handler began."""
    begun = journal.clock()

    async def some(numbers: tuple[int, ...]) -> None:
        for number in numbers:
            await post(number, begun)

    shares = batched(expected, len(expected) // POSTERS, strict=True)
    await asyncio.gather(*map(some, shares))
    waits = await asyncio.to_thread(journal.read, file, expected, within_s=WITHIN_S)
    return len(expected) / (max(waits) / 1000)


def _rival_post(broker: str) -> Post:
    from benchmarks.rivals.celery_jobs import TASK, jobs  # noqa: PLC0415 - not always installed

    app: Any = jobs(broker)

    async def post(number: int, posted_at: int) -> None:
        app.send_task(TASK, kwargs={"job_id": str(new_id()), "number": number, "posted_at": posted_at})

    return post


def _rival_worker(broker: str, file: Path) -> ServiceSpec:
    options = ("--broker", broker, "--journal", str(file), "--concurrency", str(concurrency()))
    return ServiceSpec(WORKER, "benchmarks.rivals.celery_jobs", options)

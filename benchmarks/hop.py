"""From posting a message to its handler: outbox, relay, bus and host against procrastinate."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import psycopg

from benchmarks import journal
from benchmarks.hop_contract import Hop
from benchmarks.measurement import Bar, Measurement, percentile
from devstack import settings as settings_file
from devstack.service import Say, ServiceSpec
from devstack.slot import ROOT
from devstack.stack import Stack
from shared.bus import Bus
from shared.db import Database, new_id
from shared.messaging import Relay
from shared.messaging import post as post_to_outbox

ROUNDS = 4
MESSAGES, WARM_UP = 100, 30
PAUSE_S = 0.02
LAST_S = 10.0
RIVAL_DATABASE = "procrastinate"
RIVAL = "procrastinate"

type Post = Callable[[int, int], Awaitable[None]]
"""Posts a message of this number, said to be posted at this time of the journal's clock."""


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """p50 and p99 over four alternating rounds of 100 messages, one every 20 ms."""
    ours, theirs = (stack.slot.path / f"hops-{name}" for name in ("ours", "theirs"))
    url = _rival_database(stack.settings["POSTGRES_URL"])
    asyncio.run(_rival_schema(url))
    stack.start_group([our_host(stack, "hop", ours), _rival_worker(url, theirs)])
    try:
        found = asyncio.run(_rounds(stack, url, {"ours": ours, RIVAL: theirs}, say))
    finally:
        for name in ("hop", RIVAL):
            stack.stop(name)
    return [_line(percent, limit, found) for percent, limit in ((50, 8.0), (99, 30.0))]


def _line(percent: int, limit: float, found: dict[str, list[float]]) -> Measurement:
    ours, theirs = (percentile(samples, percent) for samples in found.values())
    bars = (Bar("≤", limit), Bar("≤", 1.0, "ratio"))
    return Measurement("hop", f"post to handler, p{percent}", "ms", ours, bars, RIVAL, theirs)


async def _rounds(stack: Stack, url: str, files: dict[str, Path], say: Say) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in files}
    async with posting(stack) as ours, _rival_post(url) as theirs:
        posts = list(zip(files, (ours, theirs), strict=True))
        for number in range(ROUNDS + 1):
            for name, post in posts if number % 2 == 0 else posts[::-1]:
                expected = range(number * MESSAGES, number * MESSAGES + (MESSAGES if number else WARM_UP))
                await _post_all(post, expected)
                samples = await asyncio.to_thread(journal.read, files[name], expected, within_s=LAST_S)
                if number:
                    found[name] += samples
                    say(f"hop    run {number} of {ROUNDS}  {name:13} p50 {median(samples):.1f} ms")
    return found


async def _post_all(post: Post, numbers: range) -> None:
    for number in numbers:
        await post(number, journal.clock())
        await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def posting(stack: Stack) -> AsyncIterator[Post]:
    """Our side: each message in a transaction of its own, sent by the relay of this process."""
    db, bus = Database(stack.settings["POSTGRES_URL"]), Bus(stack.settings["ServiceBus"])
    relay = Relay(db=db, bus=bus)
    db.when_posted(relay.wake)

    async def post(number: int, posted_at: int) -> None:
        message = Hop(job_id=new_id(), number=number, posted_at=posted_at)
        async with db.transaction() as tx:
            await post_to_outbox(tx, message)

    try:
        yield post
    finally:
        await relay.close()
        await bus.close()
        await db.close()


@asynccontextmanager
async def _rival_post(url: str) -> AsyncIterator[Post]:
    from benchmarks.rivals.procrastinate_hop import QUEUE, TASK, jobs  # noqa: PLC0415 - not always installed

    app = jobs(url)
    async with app.open_async():
        deferrer = app.configure_task(TASK, queue=QUEUE)

        async def post(number: int, posted_at: int) -> None:
            await deferrer.defer_async(job_id=str(new_id()), number=number, posted_at=posted_at)

        yield post


def our_host(stack: Stack, name: str, file: Path) -> ServiceSpec:
    """Our host with an app of one handler, under the product's own host.json."""
    folder = stack.slot.path / f"{name}-app"
    folder.mkdir()
    shutil.copy(ROOT / "benchmarks" / "hop_app.py", folder / "function_app.py")
    shutil.copy(ROOT / "host.json", folder)
    settings_file.write(folder / settings_file.FILE, {**stack.settings, "HOP_JOURNAL": str(file)})
    options = ("--app", str(folder), "--settings", str(folder / settings_file.FILE))
    return ServiceSpec(
        name, "devstack.host", (*options, "--triggers", "serviceBus"), hidden=frozenset(stack.settings)
    )


def concurrency() -> int:
    """Jobs at once that each side may run: those of the product's own host.json."""
    host = json.loads((ROOT / "host.json").read_text())
    return int(host["extensions"]["serviceBus"]["maxConcurrentCalls"])


def _rival_worker(url: str, file: Path) -> ServiceSpec:
    options = ("--database", url, "--journal", str(file), "--concurrency", str(concurrency()))
    return ServiceSpec(RIVAL, "benchmarks.rivals.procrastinate_hop", options)


def _rival_database(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {RIVAL_DATABASE}")
    return url.rpartition("/")[0] + f"/{RIVAL_DATABASE}"


async def _rival_schema(url: str) -> None:
    from benchmarks.rivals.procrastinate_hop import jobs  # noqa: PLC0415 - not always installed

    app = jobs(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()

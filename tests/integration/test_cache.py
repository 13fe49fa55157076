"""The cache against a real Redis that is there, is killed, and comes back."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devstack import native, processes
from shared.cache import Cache
from shared.cache.counters import MOST_KEYS, LocalCounters
from shared.cache.redis import LISTENERS, POOL_SIZE
from shared.errors import RateLimited
from tests.integration.stores import with_password
from tests.launch import launched, server


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(url: str, clock: Clock | None = None) -> AsyncIterator[Cache]:
    cache = Cache(url, clock=clock or Clock())
    try:
        yield cache
    finally:
        await cache.close()


async def test_value_is_read_as_written_and_unknown_keys_as_none(cache: Cache) -> None:
    await cache.write("written", "Salzburg ☂", seconds=60)
    assert await cache.read("written") == "Salzburg ☂"
    assert await cache.read("never-written") is None


async def test_counter_starts_anew_after_its_window_and_its_window_is_not_prolonged(cache: Cache) -> None:
    assert [await cache.count("counter", seconds=60) for _ in range(3)] == [1, 2, 3]
    assert [await cache.count("short-counter", seconds=1) for _ in range(2)] == [1, 2]
    while await cache.read("short-counter") is not None:
        assert await cache.read("counter") == "3"
        await asyncio.sleep(0.05)
    assert await cache.count("short-counter", seconds=1) == 1


async def test_count_under_concurrency_counts_each_call_once(cache: Cache) -> None:
    counted = await asyncio.gather(*(cache.count("crowd", seconds=60) for _ in range(POOL_SIZE * 3)))
    assert sorted(filter(None, counted)) == list(range(1, POOL_SIZE * 3 + 1))


async def test_listener_is_woken_by_a_call_made_right_after_it_began_to_listen(cache: Cache) -> None:
    async with asyncio.timeout(10), cache.listening("news") as wake:
        await cache.call("news")
        await wake.wait(60)
        assert not wake.lost


async def test_listener_is_not_woken_by_other_channels(cache: Cache) -> None:
    async with cache.listening("mine") as wake:
        await cache.call("theirs")
        waiting = asyncio.create_task(wake.wait(60))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        await cache.call("mine")
        await asyncio.wait_for(waiting, 10)


async def test_more_listeners_than_connections_leave_reads_and_writes_alone(cache: Cache) -> None:
    async with asyncio.TaskGroup() as group:
        ready, leave = asyncio.Semaphore(0), asyncio.Event()
        lost: list[bool] = []

        async def listen() -> None:
            async with cache.listening("crowded") as wake:
                lost.append(wake.lost)
                ready.release()
                await leave.wait()

        for _ in range(LISTENERS + 5):
            group.create_task(listen())
        for _ in range(LISTENERS + 5):
            await ready.acquire()
        await cache.write("beside", "yes", seconds=60)
        assert await cache.read("beside") == "yes"
        leave.set()
    assert lost.count(True) == 5


async def test_without_redis_reads_are_empty_writes_silent_and_listeners_wait_briefly() -> None:
    async with opened(f"redis://127.0.0.1:{native.free_port()}/0") as cache:
        assert await cache.read("key") is None
        await cache.write("key", "value", seconds=60)
        await cache.call("channel")
        assert not await cache.answers()
        async with asyncio.timeout(10), cache.listening("channel") as wake:
            assert wake.lost
            await wake.wait(60)


async def test_without_redis_each_process_counts_for_itself() -> None:
    clock = Clock()
    async with opened(f"redis://127.0.0.1:{native.free_port()}/0", clock) as cache:
        for _ in range(3):
            await cache.limit("door", most=3, seconds=60)
        with pytest.raises(RateLimited) as refusal:
            await cache.limit("door", most=3, seconds=60)
        assert refusal.value.retry_after == 60
        await cache.limit("another door", most=3, seconds=60)
        clock.now += 60
        await cache.limit("door", most=3, seconds=60)


def test_local_counters_forget_the_oldest_key_rather_than_grow() -> None:
    counters = LocalCounters(clock=lambda: 0.0)
    for number in range(MOST_KEYS + 1):
        assert counters.add(str(number), seconds=60) == 1
    assert counters.add(str(MOST_KEYS), seconds=60) == 2
    assert counters.add("0", seconds=60) == 1


async def test_killed_redis_is_used_again_once_it_is_back(tmp_path: Path) -> None:
    clock, port = Clock(), str(native.free_port())
    options = ("--state", str(tmp_path), "--port", port)
    with launched("devstack.valkey", *options) as (bare, process):
        async with opened(with_password(bare, tmp_path), clock) as cache, cache.listening("news") as wake:
            await cache.write("kept", "before", seconds=600)
            processes.send_tree(process.pid, signal.SIGKILL)
            process.wait(10)
            assert await cache.read("kept") is None
            async with asyncio.timeout(10):
                await wake.wait(60)
            assert wake.lost
            with server("devstack.valkey", *options):
                assert await cache.answers()
                assert await cache.read("kept") is None, "left alone for a while after a failure"
                clock.now += 2.0
                assert await cache.read("kept") == "before"
                async with asyncio.timeout(10), cache.listening("news") as again:
                    await cache.call("news")
                    await again.wait(60)
                    assert not again.lost

"""A cache that never fails its caller: an absent Redis reads as empty and forgets what it is told."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from shared.cache.counters import LocalCounters
from shared.errors import RateLimited

if TYPE_CHECKING:
    from redis.asyncio.client import PubSub

    from shared.cache.login import TokenLogin

logger = logging.getLogger(__name__)

POOL_SIZE = 32
LISTENERS = 64
"""Who listens holds a connection for as long; they have their own, so that reads and writes never wait."""
TIMEOUT_SECONDS = 0.5
REST_SECONDS = 2.0
"""How long a Redis that failed is left alone, so that its absence costs one timeout, not one per call."""

type Failures = tuple[type[Exception], ...]


class Cache:
    """Text values with a lifetime, counters per window, and wake-up calls between processes."""

    def __init__(
        self, url: str, *, login: "TokenLogin | None" = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`login` gives user and password where the URL has none."""
        import redis.asyncio as redis  # noqa: PLC0415 - it loads OpenTelemetry's SDK, which few imports need
        from redis.exceptions import MaxConnectionsError, RedisError  # noqa: PLC0415

        from shared.cache.login import BlockingTokenPool, TokenPool  # noqa: PLC0415

        self._failures: Failures = (RedisError, OSError, TimeoutError)
        self._crowded: Failures = (MaxConnectionsError,)
        options: dict[str, Any] = {
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "decode_responses": True,
            **({"credential_provider": login} if login else {}),
        }
        blocking = BlockingTokenPool if login else redis.BlockingConnectionPool
        plain = TokenPool if login else redis.ConnectionPool
        self._redis = redis.Redis.from_pool(
            blocking.from_url(url, max_connections=POOL_SIZE, timeout=TIMEOUT_SECONDS, **options)
        )
        self._ears = redis.Redis.from_pool(plain.from_url(url, max_connections=LISTENERS, **options))
        self._login = login
        self._counters = LocalCounters(clock)
        self._clock = clock
        self._resting_until = 0.0

    async def read(self, key: str) -> str | None:
        """The value, or None when it is unknown, expired or out of reach."""
        if self._resting():
            return None
        try:
            value = await self._redis.get(key)
        except self._failures as error:
            self._rest(error)
            return None
        return value if value is None or isinstance(value, str) else value.decode()

    async def write(self, key: str, value: str, *, seconds: int) -> None:
        """Keep a value for so many seconds, if possible."""
        if self._resting():
            return
        try:
            await self._redis.set(key, value, ex=seconds)
        except self._failures as error:
            self._rest(error)

    async def limit(self, key: str, *, most: int, seconds: int) -> None:
        """Count one more; `RateLimited` beyond `most` in `seconds`."""
        if await self.count(key, seconds=seconds) > most:
            raise RateLimited(f"Too many requests of this kind. Wait {seconds} seconds.", retry_after=seconds)

    async def count(self, key: str, *, seconds: int) -> int:
        """Add one to a counter that starts anew every `seconds`; without Redis this process counts alone."""
        if self._resting():
            return self._counters.add(key, seconds=seconds)
        try:
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.set(key, 0, ex=seconds, nx=True)
                pipeline.incr(key)
                total: int = (await pipeline.execute())[1]
        except self._failures as error:
            self._rest(error)
            return self._counters.add(key, seconds=seconds)
        return total

    async def call(self, channel: str) -> None:
        """Wake whoever listens on a channel."""
        if self._resting():
            return
        try:
            await self._redis.publish(channel, "")
        except self._failures as error:
            self._rest(error)

    @contextlib.asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator["Wake"]:
        """Listen from here on; the yielded object waits for calls, or just waits when Redis is away."""
        pubsub = self._ears.pubsub(ignore_subscribe_messages=True)
        wake = Wake(pubsub, failures=self._failures)
        try:
            if self._resting():
                wake.lost = True
            else:
                await pubsub.subscribe(channel)
                await pubsub.get_message(timeout=TIMEOUT_SECONDS)  # the confirmation: no call is missed now
        except self._crowded:
            wake.lost = True
        except self._failures as error:
            self._rest(error)
            wake.lost = True
        try:
            yield wake
        finally:
            with contextlib.suppress(*self._failures):
                await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def answers(self) -> bool:
        """Whether Redis is there right now."""
        try:
            return bool(await self._redis.ping())
        except self._failures:
            return False

    async def close(self) -> None:
        if self._login:
            await self._login.close()
        await self._redis.aclose()
        await self._ears.aclose()

    def _resting(self) -> bool:
        return self._clock() < self._resting_until

    def _rest(self, error: BaseException) -> None:
        self._resting_until = self._clock() + REST_SECONDS
        logger.warning("working without Redis: %s", type(error).__name__)


class Wake:
    """Waits for a call on one channel."""

    def __init__(self, pubsub: "PubSub", *, failures: Failures) -> None:
        self._pubsub, self._failures = pubsub, failures
        self.lost = False

    async def wait(self, seconds: float) -> None:
        """Return at the next call, or after `seconds`; without Redis after half a second at most."""
        if self.lost:
            await asyncio.sleep(min(seconds, 0.5))
            return
        try:
            await self._pubsub.get_message(timeout=seconds)
        except self._failures:
            self.lost = True

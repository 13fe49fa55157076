"""How often one person may ask: every question may cost money at a provider.

More often is `RateLimited`; without Redis nobody counts.
"""

from uuid import UUID

from shared.cache import Cache
from shared.errors import RateLimited

READS_PER_MINUTE = 240
SEARCHES_PER_MINUTE = 30
RECOMMENDATIONS_PER_MINUTE = 30


async def limit_reads(owner: UUID, *, cache: Cache) -> None:
    """For what is usually answered from what we keep."""
    await _limit("read", owner, most=READS_PER_MINUTE, cache=cache)


async def limit_searches(owner: UUID, *, cache: Cache) -> None:
    """For work in the background."""
    await _limit("search", owner, most=SEARCHES_PER_MINUTE, cache=cache)


async def limit_recommendations(owner: UUID, *, cache: Cache) -> None:
    """For what a model may be asked for."""
    await _limit("recommendation", owner, most=RECOMMENDATIONS_PER_MINUTE, cache=cache)


async def _limit(kind: str, owner: UUID, *, most: int, cache: Cache) -> None:
    asked = await cache.count(f"places-{kind}:{owner}", seconds=60)
    if asked is not None and asked > most:
        raise RateLimited(f"At most {most} such requests a minute. Wait a moment.", retry_after=60)

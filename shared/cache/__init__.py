"""Redis: hot facts, rate limits and wake-ups; the app works, slower, without it."""

from shared.cache.login import TokenLogin
from shared.cache.redis import Cache

__all__ = ["Cache", "TokenLogin"]

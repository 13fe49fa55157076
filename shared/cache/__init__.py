"""Redis: hot facts, rate limits and wake-ups; the app works, slower, without it."""

from shared.cache.redis import Cache

__all__ = ["Cache"]

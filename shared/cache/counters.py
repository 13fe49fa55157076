"""Counters of this process alone, for the time Redis is away: each replica then counts for itself."""

import time
from collections.abc import Callable

MOST_KEYS = 10_000


class LocalCounters:
    """Counts per key that start anew when their window ends; the oldest key makes room for a new one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def add(self, key: str, *, seconds: int) -> int:
        """Add one; returns the count in the running window."""
        now = self._clock()
        ends, total = self._windows.pop(key, (0.0, 0))
        if ends <= now:
            ends, total = now + seconds, 0
        if len(self._windows) >= MOST_KEYS:
            del self._windows[next(iter(self._windows))]
        self._windows[key] = (ends, total + 1)
        return total + 1

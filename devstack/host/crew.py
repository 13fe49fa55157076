"""Loops that wait and work by turns, and stop without breaking off the work at hand."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

_FAREWELL = 2.0  # seconds for a cancelled loop to close its connection


class Crew:
    """A set of such loops; each wraps its work in `working()` and may look at `stopping`."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._working: set[asyncio.Task[None]] = set()
        self.stopping = False

    def add(self, loop: Coroutine[None, None, None]) -> None:
        """Start a loop."""
        self._tasks.add(asyncio.create_task(loop))

    @contextmanager
    def working(self) -> Iterator[None]:
        """Mark the calling loop as busy; when the crew stops meanwhile, the loop ends after this block."""
        task = next(task for task in self._tasks if task is asyncio.current_task())
        self._working.add(task)
        try:
            yield
        finally:
            self._working.discard(task)
        if self.stopping:
            task.cancel()

    async def stop(self, *, grace: float) -> None:
        """End the waiting loops now and the busy ones after their work, or after `grace` seconds."""
        self.stopping = True
        for task in self._tasks - self._working:
            task.cancel()
        if self._working:
            await asyncio.wait(set(self._working), timeout=grace)
        for task in self._working:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_FAREWELL)

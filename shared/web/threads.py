"""Blocking calls beside the event loop, so many at once and no more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context


class Threads:
    """A bound on the calls of one port; the context (meter, log fields, trace) goes along."""

    def __init__(self, name: str, *, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix=name)

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result; a call beyond the bound waits its turn."""
        context = copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: context.run(function, *args, **kwargs))

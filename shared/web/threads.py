"""Blocking calls beside the event loop, so many at once and no more."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context

_left: ContextVar[threading.Event | None] = ContextVar("web_left", default=None)


class Threads:
    """A bound on the calls of one port; the context (meter, log fields, trace) goes along."""

    def __init__(self, name: str, *, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix=name)

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result; a call beyond the bound waits its turn."""
        context, left = copy_context(), threading.Event()
        context.run(_left.set, left)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._pool, lambda: context.run(function, *args, **kwargs))
        except asyncio.CancelledError:
            left.set()
            raise


def is_left() -> bool:
    """Whether whoever asked for this call has gone: the thread cannot be stopped, but need not go on."""
    left = _left.get()
    return left is not None and left.is_set()

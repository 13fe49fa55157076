"""What a job's calls of outside services number and cost."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

_running: ContextVar["Meter | None"] = ContextVar("web_meter", default=None)


class Meter:
    """Calls by operation (`places.searchText`), every attempt counted, whichever thread makes it."""

    def __init__(self, job: str) -> None:
        self.job = job
        self._calls: Counter[str] = Counter()
        self._cost = Decimal(0)
        self._lock = threading.Lock()

    @property
    def calls(self) -> dict[str, int]:
        """How often each operation was asked, attempts that failed included."""
        with self._lock:
            return dict(sorted(self._calls.items()))

    @property
    def cost_usd(self) -> Decimal:
        """The list price of what was answered, before free quotas and volume discounts."""
        with self._lock:
            return self._cost

    def add_call(self, operation: str) -> None:
        """One request has left for a service."""
        with self._lock:
            self._calls[operation] += 1

    def add_cost(self, usd: Decimal) -> None:
        """A request was answered and is billed."""
        with self._lock:
            self._cost += usd


@contextmanager
def metering(job: str) -> Iterator[Meter]:
    """Count what the block asks of outside services; a block inside it has a meter of its own."""
    meter = Meter(job)
    token = _running.set(meter)
    try:
        yield meter
    finally:
        _running.reset(token)


def running() -> Meter | None:
    """The meter of the block this call stands in."""
    return _running.get()

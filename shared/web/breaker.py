"""A circuit breaker: a service that keeps failing is left alone, then tried by one call."""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

FAILURES = 5
REST_SECONDS = 10.0


class Breaker:
    """Closed, open after `failures` in a row, half-open after a rest: one probe decides what is next.

    Safe to share between threads; no lock is held while a call is under way.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._limit, self._rest, self._clock = name, failures, rest_seconds, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False

    def admits(self) -> bool:
        """Whether a call may go out now; who is admitted reports `succeeded` or `failed`."""
        with self._lock:
            if self._opened_at is None:
                return True
            if self._probing or self._clock() - self._opened_at < self._rest:
                return False
            self._probing = True
            return True

    def succeeded(self) -> None:
        """The service answered, be it with a refusal."""
        with self._lock:
            reopened = self._opened_at is not None
            self._failures, self._opened_at, self._probing = 0, None, False
        if reopened:
            logger.warning("%s answers again", self._name)

    def failed(self) -> None:
        """The service did not answer, or not sensibly."""
        with self._lock:
            self._failures += 1
            opens = self._opened_at is None and self._failures >= self._limit
            if self._failures >= self._limit:
                self._opened_at, self._probing = self._clock(), False
        if opens:
            logger.warning("%s is left alone for %g s after %d failures", self._name, self._rest, self._limit)

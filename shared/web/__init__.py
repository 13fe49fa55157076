"""Calls of outside HTTP services: one pooled session, timeouts, retries, a circuit breaker, a meter."""

from shared.web.meter import Meter, metering
from shared.web.retry import Patience
from shared.web.service import Call, Passing, Reading, Service, bill, pooled, retry_after
from shared.web.threads import Threads

__all__ = [
    "Call",
    "Meter",
    "Passing",
    "Patience",
    "Reading",
    "Service",
    "Threads",
    "bill",
    "metering",
    "pooled",
    "retry_after",
]

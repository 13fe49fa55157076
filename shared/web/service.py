"""One group of operations of an outside service: attempts, waits, the breaker, and errors of our own.

No error and no log line repeats an address, a header or a body: any of them may hold the provider's key.
"""

import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter

from shared.errors import AppError, Transient
from shared.telemetry import meters, span, timed
from shared.web import meter
from shared.web.breaker import Breaker
from shared.web.retry import Patience, seconds_asked
from shared.web.threads import is_left

logger = logging.getLogger(__name__)
# urllib3 narrates whole addresses: the geocoder's and the forecast's hold the key.
logging.getLogger("urllib3").setLevel(logging.ERROR)

CONNECTIONS = 16
LARGEST_ANSWER = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_OK, _NOT_FOUND = 200, 404
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_asked: ContextVar[str] = ContextVar("asked_service_group", default="")


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, as the meter counts it, and what the answer costs."""

    operation: str
    usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Passing:
    """An attempt failed in a way that may pass; `asked` is the wait in seconds the service wants."""

    reason: str
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class Reading[T]:
    """What to make of an answer: of its JSON, of a 404, and of a status that is passing by its body alone."""

    read: Callable[[Any], T]
    missing: Callable[[], T] | None = None
    is_passing: Callable[[int, bytes], bool] = lambda _status, _body: False


class Service:
    """`name` is what travellers read, `group` what operators read; each group has its own breaker."""

    def __init__(
        self,
        name: str,
        *,
        group: str,
        patience: Patience,
        breaker: Breaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name, self.group, self.patience = name, group, patience
        self._breaker = breaker or Breaker(group)
        self._sleep = sleep
        self.session = pooled()

    def ask[T](self, call: Call, attempt: Callable[[], T | Passing]) -> T:
        """The result of the first attempt that succeeds; an attempt bills what it was given.

        Raises Transient when the service is away, busy or left alone; lets through the AppError of an
        attempt that was refused.
        """
        if not self._breaker.admits():
            raise Transient(
                f"The {self.name} service is not used for a moment after failures. Try again soon."
            )
        known = {"peer.service": self.group, "tripgen.operation": call.operation}
        with span(call.operation, kind="client", attributes=known), timed(meters.CALLS, known):
            _asked.set(self.group)
            return self._judged(call, attempt)

    def call[T](self, call: Call, method: str, url: str, *, reading: Reading[T], **options: Any) -> T:
        """What `reading` makes of the JSON a service answers with; a shape it cannot read is a failure.

        Raises Transient when the service is away, AppError when it refuses us.
        """
        # Redirects are not followed: the key in a header would go along to wherever they lead.
        timeout = (self.patience.connect_seconds, self.patience.read_seconds)
        options |= {"timeout": timeout, "stream": True, "allow_redirects": False}
        send = partial(self.session.request, method, url, **options)
        return self.ask(call, lambda: self._once(call, send, reading))

    def refused(self, status: object) -> AppError:
        """Our request was understood and not granted: nothing that passes by itself."""
        logger.error("%s refused our call with status %s", self.group, status)
        return AppError(f"The {self.name} service refused our request.")

    def _judged[T](self, call: Call, attempt: Callable[[], T | Passing]) -> T:
        """The result, and the breaker told how it came out."""
        try:
            result = self._attempts(call, attempt)
        except AppError:
            self._breaker.succeeded()
            raise
        except BaseException:
            self._breaker.failed()
            raise
        if isinstance(result, Passing):
            self._breaker.failed()
            logger.warning("%s failed %s: %s", self.group, call.operation, result.reason)
            raise Transient(f"The {self.name} service did not answer. Try again in a moment.")
        self._breaker.succeeded()
        return result

    def _attempts[T](self, call: Call, attempt: Callable[[], T | Passing]) -> T | Passing:
        counted = meter.running()
        for number in range(1, self.patience.attempts + 1):
            if counted:
                counted.add_call(call.operation)
            meters.ATTEMPTS.add(1, {"peer.service": self.group, "tripgen.operation": call.operation})
            result = attempt()
            if not isinstance(result, Passing):
                return result
            wait = self.patience.wait_after(number, asked=result.asked, jitter=random.random())  # noqa: S311
            if wait is None or is_left():
                break
            self._sleep(wait)
        return result

    def _once[T](self, call: Call, send: Callable[[], requests.Response], reading: Reading[T]) -> T | Passing:
        try:
            with send() as answer:
                body = _read(answer, seconds=self.patience.whole_seconds)
        except (requests.RequestException, TimeoutError) as error:
            return Passing(type(error).__name__)
        status = answer.status_code
        if status in _PASSING or reading.is_passing(status, body):
            return Passing(f"status {status}", retry_after(answer))
        if status == _NOT_FOUND and reading.missing is not None:
            return reading.missing()
        if status != _OK:
            raise self.refused(status)
        result = _understood(body, reading.read)
        if not isinstance(result, Passing):
            bill(call)
        return result


def bill(call: Call) -> None:
    """Add what an answer costs to the meter that runs, if one does."""
    meters.COST.add(float(call.usd), {"peer.service": _asked.get(), "tripgen.operation": call.operation})
    if counted := meter.running():
        counted.add_cost(call.usd)


def pooled() -> requests.Session:
    """A session that keeps its connections and leaves retries to us."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))
    return session


def retry_after(answer: requests.Response) -> float | None:
    """The wait a service asks for, in seconds."""
    return seconds_asked(answer.headers.get("Retry-After"), now=datetime.now(UTC))


def _read(answer: requests.Response, *, seconds: float) -> bytes:
    """The whole body; raises TimeoutError when it trickles, RequestException when it breaks or is huge."""
    body = bytearray()
    ends = time.monotonic() + seconds
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if time.monotonic() > ends:
            raise TimeoutError
        if len(body) > LARGEST_ANSWER:
            raise requests.exceptions.ContentDecodingError
    return bytes(body)


def _understood[T](body: bytes, read: Callable[[Any], T]) -> T | Passing:
    """The JSON body, read; gibberish and unexpected shapes are failures of the service."""
    try:
        return read(orjson.loads(body))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return Passing("an answer that cannot be read")

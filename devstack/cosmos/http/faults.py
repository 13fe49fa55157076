"""Faults on request: throttled or failing answers, and an account that is away for a while."""

from collections.abc import Callable
from dataclasses import dataclass

from devstack.cosmos.errors import Refused, bad_request
from devstack.cosmos.values import Json

RETRY_AFTER_MS = 50
THROTTLED, UNAVAILABLE = 429, 503
_TOO_MANY_REQUESTS_SUBSTATUS = 3200  # the request units of the container are used up


@dataclass(slots=True)
class Faults:
    """What the next requests get instead of an answer; `clock` gives seconds."""

    clock: Callable[[], float]
    status: int = 0
    count: int = 0
    down_until: float = 0.0

    def order(self, body: Json) -> None:
        """Take `{"status": 429 or 503, "count": n}` or `{"downSeconds": s}`; 400 for anything else."""
        match body:
            case {"status": 429 | 503 as status, "count": int(count)} if count >= 0:
                self.status, self.count = int(status), count
            case {"downSeconds": int() | float() as seconds} if seconds >= 0:
                self.down_until = self.clock() + seconds
            case _:
                raise bad_request('Send {"status": 429 or 503, "count": n} or {"downSeconds": s}.')

    def clear(self) -> None:
        """Answer normally again."""
        self.count, self.down_until = 0, 0.0

    def check(self, *, data: bool) -> None:
        """Raise the fault that is due, if any; counted faults hit only data requests."""
        if self.clock() < self.down_until:
            raise Refused(UNAVAILABLE, "The account is down for a while, as was asked for.")
        if data and self.count:
            self.count -= 1
            raise self._refusal()

    def _refusal(self) -> Refused:
        if self.status == UNAVAILABLE:
            return Refused(UNAVAILABLE, "The service is unavailable, as was asked for.")
        return Refused(
            THROTTLED,
            "The request rate is too large, as was asked for: retry later.",
            substatus=_TOO_MANY_REQUESTS_SUBSTATUS,
            retry_after_ms=RETRY_AFTER_MS,
        )

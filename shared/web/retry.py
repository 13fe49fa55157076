"""How long to wait for an answer, and when to ask again: pure policy."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for one attempt, and how many attempts a call may take.

    `whole_seconds` bounds the reading of one answer, however slowly it trickles. A wait the service asks for
    (`Retry-After`) is granted up to `longest_wait`; a longer one is the caller's to schedule.
    """

    connect_seconds: float = 2.0
    read_seconds: float = 8.0
    whole_seconds: float = 12.0
    attempts: int = 3
    first_wait: float = 0.2
    longest_wait: float = 4.0

    def wait_after(self, attempt: int, *, asked: float | None, jitter: float) -> float | None:
        """Seconds before the next attempt, None when the given one (1 is the first) was the last.

        Doubles from `first_wait`, times 0.5 to 1.5 by `jitter` in [0, 1); never less than was asked for.
        """
        if attempt >= self.attempts or (asked is not None and asked > self.longest_wait):
            return None
        own: float = self.first_wait * 2 ** (attempt - 1) * (0.5 + jitter)
        return max(own, asked or 0.0)


def seconds_asked(header: str | None, *, now: datetime) -> float | None:
    """`Retry-After` (RFC 9110 10.2.3), seconds or an HTTP date; None when absent or unreadable."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max((at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds(), 0.0)

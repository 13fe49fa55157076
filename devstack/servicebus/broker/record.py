"""What can be told of a queue without its messages: counts, times of change and use, and who is attached."""

from collections.abc import Callable
from typing import NamedTuple

from devstack.servicebus.broker.errors import BusError

type Detach = Callable[[BusError], None]


class Counts(NamedTuple):
    """How many messages are in which place."""

    active: int
    locked: int
    deferred: int
    scheduled: int


class Record:
    """Times are in milliseconds since the epoch; `attached` detaches each link to the queue."""

    def __init__(self, now: int) -> None:
        self.created_at = self.updated_at = self.accessed_at = now
        self.attached: set[Detach] = set()

    def detach_all(self, reason: BusError) -> None:
        """Detach all links: the queue is gone."""
        for detach in list(self.attached):
            detach(reason)

"""What a queue's settings may be and are by default: in the cloud, or in the official emulator.

Sources: "Service Bus quotas" and "Overview of the Azure Service Bus emulator" of the service's documentation.
"""

from typing import NamedTuple

from devstack.servicebus.broker.settings import DAY, HOUR, MEGABYTE, MINUTE, SECOND


class Range(NamedTuple):
    """A number's default and bounds; a default of None stands for no limit."""

    default: int | None
    low: int
    high: int


class Limits(NamedTuple):
    """Durations in milliseconds, sizes in bytes; None stands for no limit."""

    lock_duration: Range
    max_delivery_count: Range
    time_to_live: Range
    duplicate_window: Range
    queue_size: int
    queues: int | None
    connections: int | None
    namespace: str | None  # the one name that is allowed


CLOUD = Limits(
    lock_duration=Range(MINUTE, 5 * SECOND, 5 * MINUTE),
    max_delivery_count=Range(10, 1, 2000),
    time_to_live=Range(None, SECOND, 10_675_199 * DAY),
    duplicate_window=Range(10 * MINUTE, 20 * SECOND, 7 * DAY),
    queue_size=1024 * MEGABYTE,
    queues=None,
    connections=None,
    namespace=None,
)
OFFICIAL_EMULATOR = Limits(
    lock_duration=Range(MINUTE, 5 * SECOND, 5 * MINUTE),
    max_delivery_count=Range(3, 1, 10),
    time_to_live=Range(HOUR, 5 * MINUTE, HOUR),
    duplicate_window=Range(20 * SECOND, 5 * SECOND, 5 * MINUTE),
    queue_size=100 * MEGABYTE,
    queues=50,
    connections=10,
    namespace="sbemulatorns",
)

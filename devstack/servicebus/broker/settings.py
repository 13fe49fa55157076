"""What is configured per queue, in the units that the broker counts in."""

from dataclasses import dataclass

SECOND = 1000  # all times are in milliseconds
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MEGABYTE = 1024 * 1024  # all sizes are in bytes


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """One queue, durations in milliseconds; defaults are those of a queue made in Azure without options."""

    name: str
    lock_duration: int = MINUTE
    max_delivery_count: int = 10
    default_time_to_live: int | None = None
    has_duplicate_detection: bool = False
    duplicate_window: int = 10 * MINUTE
    dead_letters_expired: bool = False
    requires_session: bool = False
    max_size: int = 1024 * MEGABYTE

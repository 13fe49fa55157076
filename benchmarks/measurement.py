"""What a benchmark found, and whether that meets its bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal


class BenchmarkError(Exception):
    """A benchmark could not be run fairly; the message says why."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit on our own value, or on ours divided by theirs."""

    sense: Literal["≤", "≥"]
    limit: float
    on: Literal["ours", "ratio"] = "ours"

    def is_met(self, value: float) -> bool:
        """Whether a value keeps the limit; the limit itself does."""
        return value <= self.limit if self.sense == "≤" else value >= self.limit


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of the table. `theirs` is what `rival` reached in the same unit, None without one."""

    row: str
    what: str
    unit: str
    ours: float
    bars: tuple[Bar, ...] = ()
    rival: str | None = None
    theirs: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by theirs, None when there is nothing to divide by."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self) -> bool | None:
        """Whether every bar is met; None without a bar, or when a ratio it needs is not there."""
        values = {"ours": self.ours, "ratio": self.ratio}
        outcomes = [None if (value := values[bar.on]) is None else bar.is_met(value) for bar in self.bars]
        return all(outcomes) if outcomes and None not in outcomes else None


def percentile(samples: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile (percent over 0, up to 100): always one of the samples.

    Raises ValueError without samples.
    """
    if not samples:
        raise ValueError("A percentile needs at least one sample.")
    return sorted(samples)[max(1, ceil(percent / 100 * len(samples))) - 1]

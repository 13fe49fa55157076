"""Delays of outside services, drawn per operation from a log-normal law: deterministic by seed.

The profiles are orders of magnitude of calls from the same continent, not measurements.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True)
class Profile:
    """Half of the calls take at most `median_ms`, 95 of a hundred at most `p95_ms`."""

    median_ms: float
    p95_ms: float

    def at(self, share: float) -> float:
        """Milliseconds that the given share of calls, between 0 and 1, stays below."""
        sigma = math.log(self.p95_ms / self.median_ms) / Z95
        return self.median_ms * math.exp(sigma * NormalDist().inv_cdf(share))


@dataclass
class Latency:
    """The delay of each call; operations without a profile answer at once."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        self._drawn: Counter[str] = Counter()

    def draw(self, call: str | None) -> float:
        """Milliseconds of the next call of an operation: the nth is always the same for one seed."""
        if call is None or call not in self.profiles:
            return 0.0
        self._drawn[call] += 1
        text = f"{self.seed}:{call}:{self._drawn[call]}"
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
        return self.profiles[call].at((number + 0.5) / 2**48)


NONE, REAL = "none", "real"
GOOGLE = {
    "geocoding.geocode": Profile(60, 160),
    "timezone.timezone": Profile(40, 110),
    "places.searchNearby": Profile(180, 450),
    "places.searchText": Profile(250, 600),
    "places.get": Profile(90, 250),
    "routes.computeRoutes": Profile(120, 400),
    "routes.computeRouteMatrix": Profile(350, 1200),
    "facts.places": Profile(15, 40),
}
OPENWEATHER = {
    "onecall.onecall": Profile(90, 300),
    "onecall.daySummary": Profile(90, 300),
    "airPollution.forecast": Profile(70, 220),
}
OPENAI = {"chat.completions": Profile(1800, 6000), "models": Profile(120, 350)}


def latency_of(name: str, profiles: Mapping[str, Profile]) -> Latency:
    """What `--latency NAME` means for a service: `none` or `real`."""
    return Latency(profiles if name == REAL else {})

"""Places within reach of a point through HTTP: from what is kept, and asked of the providers."""

import random
import time

import httpx2

from benchmarks.measurement import Bar, Measurement, percentile
from benchmarks.traveller import Traveller
from devstack.service import Say
from devstack.stack import Stack

type Point = tuple[float, float]

CENTRES: tuple[Point, ...] = (
    (48.1372, 11.5755),
    (48.8566, 2.3522),
    (37.5665, 126.978),
    (35.6812, 139.7671),
)
KNOWN, CACHED, UNCACHED = 20, 150, 40
"""One person may ask 240 times a minute."""
STEP, STEPS = 0.01, 6
"""Degrees between points whose surroundings are asked for apart, and how many of them from the centre."""


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """All kinds of places within 30 minutes on foot: twenty points again and again, then points nobody knows.

    Uncached is the whole way: nine searches, place facts, a time zone and a route matrix, all of them kept.
    """
    dice = random.SystemRandom()  # a stack that was measured before knows the points of that time
    with Traveller(stack.web) as traveller:
        known = [_somewhere(dice) for _ in range(KNOWN)]
        for point in known:
            _ask(traveller, point)
        say(f"nearby  {KNOWN} points are in the cache")
        cached = [_ask(traveller, dice.choice(known)) for _ in range(CACHED)]
    say(f"nearby  {CACHED} cached: the slowest took {max(cached) * 1000:.0f} ms")
    uncached: list[float] = []
    with Traveller(stack.web) as traveller:
        while len(uncached) < UNCACHED:
            before = _searches(stack)
            seconds = _ask(traveller, _somewhere(dice))
            if _searches(stack) > before:
                uncached.append(seconds)
    say(f"nearby  {UNCACHED} uncached: the slowest took {max(uncached):.2f} s")
    return [
        Measurement("nearby", "cached, p50", "ms", percentile(cached, 50) * 1000),
        Measurement("nearby", "cached, p95", "ms", percentile(cached, 95) * 1000, (Bar("≤", 50.0),)),
        Measurement("nearby", "uncached, p50", "s", percentile(uncached, 50)),
        Measurement("nearby", "uncached, p95", "s", percentile(uncached, 95), (Bar("≤", 1.0),)),
    ]


def _somewhere(dice: random.Random) -> Point:
    """A point within a few kilometres of the centre of a city."""
    lat, lng = dice.choice(CENTRES)
    return lat + dice.randint(-STEPS, STEPS) * STEP, lng + dice.randint(-STEPS, STEPS) * STEP


def _ask(traveller: Traveller, point: Point) -> float:
    """How many seconds the answer took."""
    begun = time.monotonic()
    traveller.get(f"/places/nearby?lat={point[0]:.4f}&lng={point[1]:.4f}&minutes=30&mode=walk")
    return time.monotonic() - begun


def _searches(stack: Stack) -> int:
    """How many searches the map service has been asked for."""
    calls = httpx2.get(f"{stack.url('googlemaps')}/_devstack/calls").json()["calls"]
    return int(calls.get("places.searchNearby", 0))

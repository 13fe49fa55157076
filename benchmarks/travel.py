"""The planner's estimates of ways inside a city against the route service, and what would fit it best."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measurement import BenchmarkError, Measurement
from devstack.googlemaps.places import load
from devstack.service import Say
from devstack.stack import Stack
from shared.maps import Journey, LatLng, Maps, TravelMode, metres_between
from shared.schedules.planning.document import Point
from shared.schedules.planning.optimiser.geometry import path_metres
from shared.schedules.planning.optimiser.travel import estimated
from shared.schedules.planning.ways import Kind

MODES: dict[Kind, TravelMode] = {"walk": "walk", "public": "transit", "road": "drive"}
RANGES: dict[Kind, tuple[int, int]] = {"walk": (100, 1_200), "public": (1_100, 9_000), "road": (600, 9_000)}
"""Metres as the crow flies of the ways that a plan goes in each manner."""
EVERY, ENDS, DETAILED = 10, 90, 3
"""Every tenth place of a city is an origin; that many ends each; so many of them asked for one by one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Metres as the crow flies, our estimate of the minutes and street metres, and the service's answer."""

    crow: int
    minutes: int
    metres: int
    told: Journey


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """Mean error and bias of minutes and metres by mode, over pairs of places in every city we have."""
    maps = _maps(stack)
    return [line for kind in MODES for line in asyncio.run(_of(kind, maps, say))]


async def _of(kind: Kind, maps: Maps, say: Say) -> list[Measurement]:
    pairs = [pair for points in _cities() for pair in await _city(kind, points, maps)]
    if not pairs:
        raise BenchmarkError(f"The route service knows no way by {kind} in any city of the catalogue.")
    off = [pair.minutes - pair.told.minutes for pair in pairs]
    longer = [pair.metres / pair.told.metres - 1 for pair in pairs]
    say(f"travel  {kind}: {len(pairs)} pairs; {_fit(pairs)}{await _on_foot(kind, maps)}")
    return [
        Measurement("travel", f"{kind}, mean error", "min", statistics.fmean(abs(each) for each in off)),
        Measurement("travel", f"{kind}, bias", "min", statistics.fmean(off)),
        Measurement("travel", f"{kind}, bias of the length", "%", 100 * statistics.fmean(longer)),
    ]


def _cities() -> list[list[LatLng]]:
    """The points of the places of each city."""
    catalogue = load()
    return [
        [(place.point.lat, place.point.lng) for place in catalogue.places if place.city is city]
        for city in catalogue.cities
    ]


async def _city(kind: Kind, points: Sequence[LatLng], maps: Maps) -> list[Pair]:
    found: list[Pair] = []
    for origin in points[::EVERY]:
        ends = [end for end in points if _in_range(kind, origin, end)][:ENDS]
        told = await maps.matrix(origin, ends, mode=MODES[kind])
        found += [_pair(kind, origin, end, way) for end, way in zip(ends, told, strict=True) if way]
    return found


def _in_range(kind: Kind, origin: LatLng, end: LatLng) -> bool:
    least, most = RANGES[kind]
    return least <= metres_between(origin, end) <= most


def _pair(kind: Kind, origin: LatLng, end: LatLng, told: Journey) -> Pair:
    metres = path_metres(*(Point(lat=lat, lng=lng) for lat, lng in (origin, end)))
    guess = estimated(kind, metres)
    return Pair(metres_between(origin, end), guess.minutes, guess.metres, told)


def _fit(pairs: Sequence[Pair]) -> str:
    """The straight line through the answers: a fixed wait, a speed over the service's metres, a detour."""
    metres, minutes = [p.told.metres for p in pairs], [p.told.minutes for p in pairs]
    slope, wait = statistics.linear_regression(metres, minutes)
    detour = statistics.linear_regression([p.crow for p in pairs], metres)
    return (
        f"fits {wait:.1f} min + {1 / slope:.0f} m/min, {detour.slope:.2f} × the crow's way"
        f" + {detour.intercept:.0f} m"
    )


async def _on_foot(kind: Kind, maps: Maps) -> str:
    """How much of a ride is walked and waited, which only single journeys tell."""
    if kind != "public":
        return ""
    walks, waits = [], []
    for points in _cities():
        ends = [end for end in points if _in_range(kind, points[0], end)][:DETAILED]
        for way in await asyncio.gather(*(maps.travel(points[0], end, mode="transit") for end in ends)):
            if way is not None and way.walk_metres is not None and way.wait_minutes is not None:
                walks.append(way.walk_metres)
                waits.append(way.wait_minutes)
    return f"; {statistics.median(walks):.0f} m walked and {statistics.median(waits):.0f} min waited"


def _maps(stack: Stack) -> Maps:
    settings = stack.settings
    return Maps(
        key=settings["GOOGLE_MAPS_KEY"],
        maps_url=settings["GOOGLE_MAPS_URL"],
        places_url=settings["GOOGLE_PLACES_URL"],
        routes_url=settings["GOOGLE_ROUTES_URL"],
        facts_url=None,
        facts_key=None,
    )

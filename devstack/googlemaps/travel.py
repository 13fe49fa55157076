"""How far and how long between two points, by mode: plausible, and the same every time."""

from dataclasses import dataclass
from typing import Literal

from devstack.googlemaps.geo import Box, Point

type Mode = Literal["WALK", "DRIVE", "TRANSIT", "BICYCLE", "TWO_WHEELER"]

MODES: tuple[Mode, ...] = ("DRIVE", "BICYCLE", "WALK", "TWO_WHEELER", "TRANSIT")
LONGEST_M = 1_200_000.0
ON_FOOT_M = 100_000.0  # beyond it nobody walks or cycles
WALK_KMH, WALK_DETOUR = 4.8, 1.25
BICYCLE_KMH, BICYCLE_DETOUR = 15.0, 1.3
CITY_CAR_KMH, ROAD_CAR_KMH, CAR_DETOUR = 26.0, 80.0, 1.35
CITY_CAR_REACH_M, PARKING_S = 20_000.0, 120.0
METRO_KMH, METRO_DETOUR, STOP_WALK_M, METRO_WAIT_S = 22.0, 1.3, 300.0, 300.0
TRAIN_KMH, TRAIN_DETOUR, TRAIN_WAIT_S = 95.0, 1.2, 1500.0
ISLANDS = (
    Box(Point(30.0, 129.5), Point(46.0, 146.0)),  # Japan without its far south
    Box(Point(33.0, 126.0), Point(33.7, 127.1)),  # Jeju
    Box(Point(21.8, 119.9), Point(25.4, 122.1)),  # Taiwan
    Box(Point(63.0, -25.0), Point(66.7, -13.0)),  # Iceland
    Box(Point(51.3, -10.7), Point(55.4, -5.4)),  # Ireland
    Box(Point(39.2, 2.2), Point(40.1, 4.4)),  # Majorca and Menorca
)


@dataclass(frozen=True)
class Ride:
    """One way to travel: metres and seconds, and the part of it that is walked and waited."""

    mode: Mode
    metres: int
    seconds: int
    walk_metres: int = 0
    wait_seconds: int = 0


def ride(origin: Point, destination: Point, mode: Mode) -> Ride | None:
    """The ride between two points, or None where there is no way: over the sea, or too far.

    Durations take no traffic into account and do not depend on the time of day.
    """
    direct = origin.metres_to(destination)
    if direct > LONGEST_M or _landmass(origin) != _landmass(destination):
        return None
    if mode in {"WALK", "BICYCLE"} and direct > ON_FOOT_M:
        return None
    match mode:
        case "WALK":
            return _walk(direct)
        case "BICYCLE":
            metres = direct * BICYCLE_DETOUR
            return Ride(mode, round(metres), round(_seconds(metres, BICYCLE_KMH)))
        case "TRANSIT":
            return _transit(direct)
        case _:
            return _car(direct, mode)


def _landmass(point: Point) -> int | None:
    return next((number for number, island in enumerate(ISLANDS) if island.holds(point)), None)


def _walk(direct: float) -> Ride:
    metres = direct * WALK_DETOUR
    return Ride("WALK", round(metres), round(_seconds(metres, WALK_KMH)), walk_metres=round(metres))


def _car(direct: float, mode: Mode) -> Ride:
    """City speed for the first twenty kilometres, road speed for the rest, and a moment to get in and out."""
    metres = direct * CAR_DETOUR
    in_city = min(metres, CITY_CAR_REACH_M * CAR_DETOUR)
    seconds = _seconds(in_city, CITY_CAR_KMH) + _seconds(metres - in_city, ROAD_CAR_KMH) + PARKING_S
    return Ride(mode, round(metres), round(seconds))


def _transit(direct: float) -> Ride:
    """On foot, by metro or by train, whichever arrives first, as a journey planner would answer."""
    on_foot = _walk(direct)
    stops_s = _seconds(2 * STOP_WALK_M, WALK_KMH)
    metro = direct * METRO_DETOUR
    train = direct * TRAIN_DETOUR
    by_metro = stops_s + METRO_WAIT_S + _seconds(metro, METRO_KMH)
    by_train = TRAIN_WAIT_S + _seconds(train, TRAIN_KMH)
    if on_foot.seconds <= min(by_metro, by_train):
        return on_foot
    walked = round(2 * STOP_WALK_M)
    if by_metro <= by_train:
        return Ride("TRANSIT", round(metro) + walked, round(by_metro), walked, round(METRO_WAIT_S))
    return Ride("TRANSIT", round(train) + walked, round(by_train), walked, round(TRAIN_WAIT_S - stops_s))


def _seconds(metres: float, kmh: float) -> float:
    return metres / (kmh / 3.6)

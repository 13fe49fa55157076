"""Reading one trip: our Functions host against FastAPI on the same PostgreSQL."""

import asyncio
import subprocess
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx2

from benchmarks.load import throughput
from benchmarks.measurement import Bar, BenchmarkError, Measurement
from benchmarks.traveller import Traveller
from devstack.demo.parties import PARTIES
from devstack.service import Say, ServiceSpec
from devstack.stack import Stack, Wish, app_hosts

CONNECTIONS = 16
ROUNDS = 3
ROUND_S, WARM_UP_S = 3.0, 1.5
SIZES = range(2_000, 3_073)  # bytes of the answer
CITIES = ("Munich", "Salzburg", "Vienna", "Venice", "Seoul")
RIVAL = "FastAPI"


@dataclass(frozen=True)
class Contender:
    """A service under load: its name in the stack, and where the trip is."""

    name: str
    url: str


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """Reads per second at 16 connections, the median of three alternating runs, and memory after them."""
    web = app_hosts(Wish(), stack.settings_path, stack.settings)[0]
    rival = ServiceSpec(
        "fastapi", "benchmarks.rivals.fastapi_trips", ("--settings", str(stack.settings_path))
    )
    stack.start_group([web, rival])
    try:
        with Traveller(stack.web) as traveller:
            path = f"/api/v1/trips/{traveller.post('/trips', _trip())['id']}"
        stack.stop("web")  # a new process, which like the other one will only ever have read trips
        stack.start("web")
        contenders = [Contender(name, stack.url(name) + path) for name in ("web", "fastapi")]
        _same_answer(contenders, traveller.headers)
        rates = _rates(contenders, traveller.headers, say)
        memory = [resident(stack.service(one.name).pid) for one in contenders]
    finally:
        for name in ("web", "fastapi"):
            stack.stop(name)
    return [
        Measurement("api", "trips read", "per s", rates[0], (Bar("≥", 1.0, "ratio"),), RIVAL, rates[1]),
        Measurement("api", "memory after it", "MB", memory[0], (Bar("≤", 1.0, "ratio"),), RIVAL, memory[1]),
    ]


def resident(pid: int) -> float:
    """Resident memory of a process and its children in MB."""
    shown = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid), "--ppid", str(pid)], capture_output=True, text=True, check=True
    ).stdout
    return sum(map(int, shown.split())) / 1024


def _rates(contenders: list[Contender], headers: dict[str, str], say: Say) -> list[float]:
    for contender in contenders:
        _load(contender, headers, WARM_UP_S)
    found: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(ROUNDS):
        for contender in contenders if number % 2 == 0 else contenders[::-1]:
            rate = _load(contender, headers, ROUND_S)
            found[contender.name].append(rate)
            say(f"api    run {number + 1} of {ROUNDS}  {contender.name:8} {rate:6,.0f} per s")
    return [median(found[contender.name]) for contender in contenders]


def _load(contender: Contender, headers: dict[str, str], seconds: float) -> float:
    return asyncio.run(throughput(contender.url, headers=headers, connections=CONNECTIONS, seconds=seconds))


def _same_answer(contenders: list[Contender], headers: dict[str, str]) -> None:
    """Both must say the same, or the comparison is of two different things."""
    ours, theirs = (httpx2.get(one.url, headers=headers).raise_for_status() for one in contenders)
    if ours.json() != theirs.json():
        raise BenchmarkError(f"The services answer differently:\n{ours.text}\n{theirs.text}")
    if len(ours.content) not in SIZES:
        raise BenchmarkError(f"The answer has {len(ours.content)} bytes, not 2 to 3 KB.")


def _trip() -> dict[str, Any]:
    lodging = {"name": "Hotel by the Station", "address": "1 Station Square", "point": {"lat": 48, "lng": 11}}
    stops = [
        {"name": city, "nights": 2, "lodging": lodging, "checkIn": "15:00", "checkOut": "11:00"}
        for city in CITIES
    ]
    members = [*PARTIES["family"], *PARTIES["seniors"]]
    return {
        "name": "Benchmark",
        "transport": "public",
        "startDate": "2027-05-04",
        "arrivalTime": "10:30",
        "departureTime": "17:30",
        "members": members,
        "destinations": stops,
    }

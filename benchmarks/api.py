"""Reading one trip, and a page of them: our Functions host against FastAPI on the same PostgreSQL."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
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
TRIPS = 20  # as many as a page has
TRIP_BYTES, PAGE_BYTES = range(2_000, 3_073), range(40_000, 61_441)
CITIES = ("Munich", "Salzburg", "Vienna", "Venice", "Seoul")
RIVAL = "FastAPI"


@dataclass(frozen=True)
class Contender:
    """A service under load: its name in the stack, and where it is."""

    name: str
    url: str


@dataclass(frozen=True)
class Load:
    """One resource that is read again and again."""

    what: str
    path: str
    sizes: range
    """Bytes of the answer."""


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """Reads per second at 16 connections, the median of three alternating runs, and memory after them."""
    web = app_hosts(Wish(), stack.settings_path, stack.settings)[0]
    rival = ServiceSpec(
        "fastapi", "benchmarks.rivals.fastapi_trips", ("--settings", str(stack.settings_path))
    )
    stack.start_group([web, rival])
    try:
        with Traveller(stack.web) as traveller:
            trips = [traveller.post("/trips", _trip()) for _ in range(TRIPS)]
        stack.stop("web")  # a new process, which like the other one will only ever have read trips
        stack.start("web")
        contenders = [Contender(name, stack.url(name) + "/api/v1/trips") for name in ("web", "fastapi")]
        loads = [Load("trips read", f"/{trips[0]['id']}", TRIP_BYTES), Load("pages of 20", "", PAGE_BYTES)]
        rates = [_rates(contenders, load, traveller.headers, say) for load in loads]
        memory = [proportional(stack.service(one.name).pid) for one in contenders]
    finally:
        for name in ("web", "fastapi"):
            stack.stop(name)
    return [
        *(
            Measurement("api", load.what, "per s", ours, (Bar("≥", 1.0, "ratio"),), RIVAL, theirs)
            for load, (ours, theirs) in zip(loads, rates, strict=True)
        ),
        Measurement("api", "memory after it", "MB", memory[0], (Bar("≤", 1.0, "ratio"),), RIVAL, memory[1]),
    ]


def proportional(pid: int) -> float:
    """Memory of a process and its children in MB; a page that n processes share counts as an n-th to each.

    Raises BenchmarkError where the kernel does not tell.
    """
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        raise BenchmarkError("Memory is measured on Linux only: /proc tells which pages are shared.")
    return sum(map(_proportional, [str(pid), *children.read_text().split()])) / 1024


def _proportional(pid: str) -> int:
    """In KB: the kernel's Pss (proc_pid_smaps(5))."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _rates(contenders: list[Contender], load: Load, headers: dict[str, str], say: Say) -> tuple[float, float]:
    _same_answer(contenders, load, headers)
    for contender in contenders:
        _run(contender, load, headers, WARM_UP_S)
    found: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(ROUNDS):
        for contender in contenders if number % 2 == 0 else contenders[::-1]:
            rate = _run(contender, load, headers, ROUND_S)
            found[contender.name].append(rate)
            say(f"api    run {number + 1} of {ROUNDS}  {load.what:11} {contender.name:8} {rate:6,.0f} per s")
    ours, theirs = (median(found[contender.name]) for contender in contenders)
    return ours, theirs


def _run(contender: Contender, load: Load, headers: dict[str, str], seconds: float) -> float:
    url = contender.url + load.path
    return asyncio.run(throughput(url, headers=headers, connections=CONNECTIONS, seconds=seconds))


def _same_answer(contenders: list[Contender], load: Load, headers: dict[str, str]) -> None:
    """Both must say the same, or the comparison is of two different things."""
    ours, theirs = (httpx2.get(one.url + load.path, headers=headers).raise_for_status() for one in contenders)
    if ours.json() != theirs.json():
        raise BenchmarkError(f"The services answer differently:\n{ours.text}\n{theirs.text}")
    if len(ours.content) not in load.sizes:
        least, most = load.sizes[0], load.sizes[-1]
        raise BenchmarkError(f"The answer has {len(ours.content)} bytes, not {least} to {most}.")


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

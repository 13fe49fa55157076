"""Processor time of a message of each queue: a worker per queue runs what its service runs in the cloud."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from azure.servicebus import ServiceBusClient, ServiceBusMessage

from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.traveller import Traveller
from devstack import settings as settings_file
from devstack.demo.parties import PARTIES
from devstack.service import Say, ServiceSpec
from devstack.slot import ROOT
from devstack.stack import Stack, Wish, app_hosts

QUEUES = {
    "ai": "ai-schedule-generation",
    "location": "location-search",
    "notification": "notification",
}
"""Services that work on a queue, and the queue."""
WARM_UP, CITIES = "Paris", ("Munich", "Salzburg", "Seoul", "Busan", "Tokyo")
NIGHTS = 2
IDLE_S = 30.0
START = "2027-05-04"
WHAT = "processor time of a message"
PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
"""Ticks of the kernel's clock in a second."""


def measure(stack: Stack, say: Say) -> list[Measurement]:
    """Milliseconds of processor a message: three parties in five cities whose places nobody looked up.

    What a worker spends on waiting is measured first and left out; a message counts one tick or more.
    """
    if not (PROC / "self/stat").exists():
        raise BenchmarkError("work reads processor time from /proc, which only Linux has.")
    web = app_hosts(Wish(), stack.settings_path, stack.settings)[0]
    workers = [_worker(stack, service) for service in QUEUES]
    stack.start_group([web, *workers])
    try:
        with Traveller(stack.web) as traveller:
            _plan(traveller, WARM_UP, "friends")
            waiting = _look(stack)
            time.sleep(IDLE_S)
            before = _look(stack)
            for city, party in product(CITIES, PARTIES):
                _plan(traveller, city, party)
            after = _look(stack)
    finally:
        for spec in (web, *workers):
            stack.stop(spec.name)
    return [_line(service, (waiting, before, after), say) for service in QUEUES]


@dataclass(frozen=True, slots=True)
class Look:
    """When, seconds of processor used so far, and the number the next message of each queue has."""

    at: float
    spent: Mapping[str, float]
    numbers: Mapping[str, int]


def _look(stack: Stack) -> Look:
    spent = {service: processor_seconds(stack.service(service).pid) for service in QUEUES}
    return Look(time.monotonic(), spent, _numbers(stack))


def _line(service: str, looks: tuple[Look, Look, Look], say: Say) -> Measurement:
    waiting, before, after = looks
    idle = (before.spent[service] - waiting.spent[service]) / (before.at - waiting.at)
    seconds = after.spent[service] - before.spent[service] - idle * (after.at - before.at)
    messages = after.numbers[service] - before.numbers[service] - 1  # the question itself took one
    if messages < 1:
        raise BenchmarkError(f"No message reached the queue {QUEUES[service]}.")
    say(f"work   {service:12} {messages} messages, {seconds:.1f} s of processor beside {idle:.1%} idle")
    return Measurement("work", f"{service}, {WHAT}", "ms", max(seconds / messages, 1 / TICKS) * 1000)


def _plan(traveller: Traveller, city: str, party: str) -> None:
    trip = traveller.new_trip(party, [(city, NIGHTS)], start=START)["id"]
    traveller.wait_for(traveller.ask(trip, seed=1), "completed")


def _worker(stack: Stack, service: str) -> ServiceSpec:
    """A host that runs the functions of a service, and of those only what follows a queue."""
    lines = (ROOT / "deploy/base/functions" / f"{service}.env").read_text().splitlines()
    own = dict(line.split("=") for line in lines)
    file = stack.slot.path / f"work-{service}.json"
    settings_file.write(file, {**stack.settings, **own})
    options = ("--app", str(ROOT), "--settings", str(file), "--triggers", "serviceBus")
    return ServiceSpec(service, "devstack.host", options, hidden=frozenset(stack.settings))


def _numbers(stack: Stack) -> dict[str, int]:
    """How many messages each queue has numbered; asking takes a number."""
    later = datetime.now(UTC) + timedelta(hours=1)
    found = {}
    with ServiceBusClient.from_connection_string(stack.settings["ServiceBus"]) as client:
        for service, queue in QUEUES.items():
            with client.get_queue_sender(queue) as sender:
                [number] = sender.schedule_messages(ServiceBusMessage("?"), later)
                sender.cancel_scheduled_messages(number)
                found[service] = number
    return found


def processor_seconds(pid: int) -> float:
    """Seconds of processor that a process, its children and those of them that ended have used."""
    ticks = 0
    for one in _family(pid):
        # The name in parentheses may hold anything; times of itself and of ended children follow it.
        fields = (PROC / str(one) / "stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in (PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))

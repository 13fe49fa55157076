"""The numbers of each worker, the bursts it must live with, and the messages per replica that follow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measurement import BenchmarkError
from benchmarks.scaling.rule import Outcome, Worker, simulate
from benchmarks.work import QUEUES, WHAT

MEASURED = Path(__file__).with_name("measured.json")
"""What `./tripgen bench work --json` wrote on the machine it names."""
COLD_START_S = 45
"""From the decision to the first message: image on the node, host, language worker. Assumed, not measured."""
AT_ONCE = 8
"""Messages a replica works on at once: maxConcurrentCalls of host.json."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker runs: its share of a core, fewest and most replicas, as deploy/base has them.

    `wait_s` is what a message waits for vendors while it needs no processor: assumed, not measured.
    """

    cores: float
    least: int
    most: int
    wait_s: float


PLACES: Mapping[str, Place] = {
    "ai": Place(cores=1.0, least=2, most=8, wait_s=3.0),
    "location": Place(cores=0.5, least=2, most=10, wait_s=1.0),
    "notification": Place(cores=0.5, least=0, most=5, wait_s=0.05),
}


def workers(measured: Path = MEASURED) -> dict[str, Worker]:
    """The workers by service; raises BenchmarkError when the file lacks a queue."""
    document = json.loads(measured.read_text(encoding="utf-8"))
    found = {line["what"]: line["ours"] / 1000 for line in document["measurements"] if line["row"] == "work"}
    for service in QUEUES:
        if f"{service}, {WHAT}" not in found:
            raise BenchmarkError(
                f"{measured} does not tell the {WHAT} of {service}: "
                f"run `./tripgen bench work --json {measured}`."
            )
    return {service: worker(found[f"{service}, {WHAT}"], PLACES[service]) for service in QUEUES}


def worker(processor_s: float, place: Place) -> Worker:
    """A message takes its work and its waiting, or longer when its share of the core is the limit."""
    return Worker(
        service_s=max(processor_s + place.wait_s, AT_ONCE * processor_s / place.cores),
        parallel=AT_ONCE,
        cold_start_s=COLD_START_S,
        least=place.least,
        most=place.most,
    )


CANDIDATES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SLACK = 1.1
"""How much longer than the quickest candidate a burst may take to drain for the sake of fewer pod-seconds."""


def bursts(worker: Worker) -> dict[str, list[int]]:
    """Arrivals per second: a steady half load, a sudden crowd, and an hour's rise to the most it can take."""
    rate = worker.parallel / worker.service_s
    capacity = worker.most * rate
    steady = _spread([max(worker.least, 1) * rate / 2] * 900)
    crowd = [round(capacity * 120)] + [0] * 59
    rise = _spread([capacity * 0.9 * i / 1800 for i in range(1800)])
    return {"steady": steady, "crowd": crowd, "rise": rise}


def outcomes(worker: Worker) -> dict[int, dict[str, Outcome]]:
    """Every candidate over every burst."""
    days = bursts(worker)
    return {
        candidate: {name: simulate(day, worker, per_replica=candidate) for name, day in days.items()}
        for candidate in CANDIDATES
    }


def choose(found: Mapping[int, Mapping[str, Outcome]]) -> int:
    """The cheapest candidate that drains the crowd and the rise nearly as fast as the fastest."""
    quickest = {day: min(_drain(o[day]) for o in found.values()) for day in ("crowd", "rise")}
    quick = [
        candidate
        for candidate, of in found.items()
        if all(_drain(of[day]) <= quickest[day] * SLACK for day in quickest)
    ]
    return min(quick, key=lambda candidate: (_cost(found[candidate]), candidate))


def _drain(outcome: Outcome) -> int:
    return max(outcome.drained_s, 30)  # below half a minute nobody can tell


def _cost(of: Mapping[str, Outcome]) -> int:
    return sum(outcome.pod_seconds for outcome in of.values())


def _spread(rates: Sequence[float]) -> list[int]:
    total, sent, out = 0.0, 0, []
    for rate in rates:
        total += rate
        out.append(int(total) - sent)
        sent = int(total)
    return out

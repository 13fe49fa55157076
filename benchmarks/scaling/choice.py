"""The numbers of each worker, the bursts it must live with, and the messages per replica that follow."""

from collections.abc import Mapping, Sequence

from benchmarks.scaling.rule import Outcome, Worker, simulate

COLD_START_S = 45
"""From the decision to the first message: image on the node, host, language worker. Assumed, not measured."""

WORKERS: Mapping[str, Worker] = {
    "ai": Worker(service_s=4.0, parallel=2, cold_start_s=COLD_START_S, least=2, most=8),
    "location": Worker(service_s=2.0, parallel=8, cold_start_s=COLD_START_S, least=2, most=10),
    "notification": Worker(service_s=0.2, parallel=8, cold_start_s=COLD_START_S, least=0, most=5),
}
"""Seconds of work a message, with an allowance for the vendors' latency: docs/operations/scaling.md."""

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

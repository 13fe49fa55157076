"""How many replicas KEDA and the autoscaler behind it run, second by second, and what waits meanwhile."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

POLL_SECONDS = 5
SYNC_SECONDS = 15
"""Period of the horizontal pod autoscaler's loop, Kubernetes default."""
STABILIZATION_SECONDS = 300
TOLERANCE = 0.1
SURGE_FACTOR, SURGE_PODS = 2, 4
"""Growth per 15 s, the larger of the two: the autoscaler's default policies."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A queue's consumer: seconds a message takes, messages at once in a replica, seconds until it serves."""

    service_s: float
    parallel: int
    cold_start_s: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """When the queue was empty, in seconds after the last arrival; seconds of all replicas; most replicas."""

    drained_s: int
    pod_seconds: int
    peak: int


def wanted(queued: int, *, per_replica: int, running: int, worker: Worker) -> int:
    """Replicas the autoscaler asks for, before it looks back at the last minutes."""
    target = math.ceil(queued / per_replica)
    if running and abs(queued / (per_replica * running) - 1) <= TOLERANCE:
        target = running
    if running == 0:
        target = min(target, 1)  # KEDA itself wakes the first replica
    ceiling = max(running * SURGE_FACTOR, running + SURGE_PODS)
    return min(max(target, worker.least), max(ceiling, 1), worker.most)


def simulate(arrivals: Sequence[int], worker: Worker, *, per_replica: int) -> Outcome:
    """Replay arrivals per second until the queue is empty and the replicas are back at their least."""
    starting: list[int] = [0] * worker.least  # second from which a replica serves
    queue, second, drained, spent, peak = 0.0, 0, 0, 0, worker.least
    asked: deque[tuple[int, int]] = deque()
    polled = 0
    rate = worker.parallel / worker.service_s
    while second < len(arrivals) or queue > 0 or len(starting) > worker.least:
        queue += arrivals[second] if second < len(arrivals) else 0
        serving = sum(ready <= second for ready in starting)
        queue = max(0.0, queue - serving * rate)
        if queue < 1 / rate:
            queue = 0.0
        else:
            drained = second
        if second % POLL_SECONDS == 0:
            polled = math.ceil(queue)
        if second % SYNC_SECONDS == 0:
            starting = _scaled(starting, asked, worker, second=second, queued=polled, per_replica=per_replica)
        spent, peak, second = spent + len(starting), max(peak, len(starting)), second + 1
    return Outcome(drained_s=max(0, drained - len(arrivals) + 1), pod_seconds=spent, peak=peak)


def _scaled(
    starting: list[int],
    asked: deque[tuple[int, int]],
    worker: Worker,
    *,
    second: int,
    queued: int,
    per_replica: int,
) -> list[int]:
    asked.append((second, wanted(queued, per_replica=per_replica, running=len(starting), worker=worker)))
    while asked[0][0] <= second - STABILIZATION_SECONDS:
        asked.popleft()
    now = asked[-1][1]
    if now > len(starting):
        return [*starting, *[second + worker.cold_start_s] * (now - len(starting))]
    return starting[: max(replicas for _, replicas in asked)]

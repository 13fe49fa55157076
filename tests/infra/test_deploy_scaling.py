"""The autoscaler's numbers are those the simulation chose, and it scales as Kubernetes does."""

import pytest

from benchmarks.scaling.choice import WORKERS, choose, outcomes
from benchmarks.scaling.plot import svg
from benchmarks.scaling.rule import Worker, simulate, wanted
from tests.infra.manifests import OVERLAYS, objects

WORKER = Worker(service_s=1, parallel=1, cold_start_s=30, least=1, most=8)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_manifests_hold_what_was_chosen(overlay: str) -> None:
    for name, worker in WORKERS.items():
        trigger = objects(overlay, "ScaledObject")[name]["spec"]["triggers"][0]
        assert trigger["metadata"]["messageCount"] == str(choose(outcomes(worker)))


def test_the_simulated_replicas_are_those_of_production() -> None:
    for name, worker in WORKERS.items():
        spec = objects("prod", "ScaledObject")[name]["spec"]
        assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (worker.least, worker.most)


@pytest.mark.parametrize(
    ("queued", "running", "replicas"),
    [
        (0, 1, 1),  # never below the least
        (100, 1, 5),  # four more in one step
        (100, 5, 8),  # never above the most
        (43, 4, 4),  # within a tenth of the goal nothing moves
        (46, 4, 5),
        (20, 4, 2),
    ],
)
def test_the_rule_is_the_autoscalers(queued: int, running: int, replicas: int) -> None:
    assert wanted(queued, per_replica=10, running=running, worker=WORKER) == replicas


def test_a_sleeping_worker_is_woken_by_one_message() -> None:
    sleeper = Worker(service_s=1, parallel=1, cold_start_s=30, least=0, most=5)
    assert wanted(500, per_replica=10, running=0, worker=sleeper) == 1
    assert wanted(0, per_replica=10, running=0, worker=sleeper) == 0


def test_a_crowd_is_worked_off_by_the_arithmetic_of_its_replicas() -> None:
    alone = Worker(service_s=1, parallel=1, cold_start_s=30, least=1, most=1)
    assert simulate([100], alone, per_replica=10).drained_s == pytest.approx(100, abs=2)


def test_more_replicas_come_after_their_cold_start_and_leave_after_the_quiet_time() -> None:
    outcome = simulate([200], WORKER, per_replica=10)
    assert 30 < outcome.drained_s < 100
    assert outcome.peak == WORKER.most
    assert outcome.pod_seconds > WORKER.most * 300


def test_the_plot_shows_every_candidate_once() -> None:
    found = {name: outcomes(worker) for name, worker in WORKERS.items()}
    assert svg(found).count("<circle") == sum(len(of) for of in found.values())

"""The autoscaler's numbers are those the simulation chose, and it scales as Kubernetes does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measurement import BenchmarkError
from benchmarks.scaling.choice import AT_ONCE, MEASURED, PLACES, Place, choose, outcomes, worker, workers
from benchmarks.scaling.plot import svg
from benchmarks.scaling.rule import Worker, simulate, wanted
from benchmarks.work import QUEUES, processor_seconds
from tests.infra.manifests import OVERLAYS, container, objects
from tests.launch import ROOT

WORKER = Worker(service_s=1, parallel=1, cold_start_s=30, least=1, most=8)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_manifests_hold_what_was_chosen(overlay: str) -> None:
    for name, one in workers().items():
        trigger = objects(overlay, "ScaledObject")[name]["spec"]["triggers"][0]
        assert trigger["metadata"]["messageCount"] == str(choose(outcomes(one)))


def test_the_simulated_places_are_those_of_production() -> None:
    for name, place in PLACES.items():
        spec = objects("prod", "ScaledObject")[name]["spec"]
        assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (place.least, place.most)
        assert spec["triggers"][0]["metadata"]["queueName"] == QUEUES[name]
        cpu = str(container(objects("prod", "Deployment")[name])["resources"]["requests"]["cpu"])
        assert place.cores == (int(cpu[:-1]) / 1000 if cpu.endswith("m") else float(cpu))


def test_a_replica_takes_as_many_messages_at_once_as_the_host() -> None:
    host = json.loads((ROOT / "host.json").read_text())
    assert host["extensions"]["serviceBus"]["maxConcurrentCalls"] == AT_ONCE


def test_measured_times_name_their_machine() -> None:
    machine = json.loads(MEASURED.read_text())["machine"]["description"]
    assert "2 cores" in machine


def test_times_without_a_queue_say_how_to_measure_it(tmp_path: Path) -> None:
    document = json.loads(MEASURED.read_text())
    document["measurements"] = [one for one in document["measurements"] if "location" not in one["what"]]
    (tmp_path / "less.json").write_text(json.dumps(document))
    with pytest.raises(BenchmarkError, match=r"location.*\./tripgen bench work --json"):
        workers(tmp_path / "less.json")


def test_a_message_takes_its_work_and_its_waiting_unless_the_core_is_the_limit() -> None:
    assert worker(0.1, Place(cores=1, least=1, most=1, wait_s=3)).service_s == pytest.approx(3.1)
    busy = worker(1.0, Place(cores=0.5, least=1, most=1, wait_s=3))
    assert busy.parallel / busy.service_s == pytest.approx(0.5)  # half a core, one second a message


def test_processor_time_counts_children_that_ended() -> None:
    before = processor_seconds(os.getpid())
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert processor_seconds(os.getpid()) - before >= 0.5


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
    found = {name: outcomes(one) for name, one in workers().items()}
    assert svg(found).count("<circle") == sum(len(of) for of in found.values())

"""Processes die and services go away; no job is lost, none has an effect twice."""

import time

import pytest

from devstack.stack import Stack
from tests.acceptance.conftest import Trouble
from tests.acceptance.traveller import Traveller, completed_once, stop

OUTAGE_SECONDS = 10


@pytest.mark.parametrize("state", ["gathering", "planning"])
def test_a_killed_worker_costs_seconds_not_the_job(stack: Stack, ines: Traveller, *, state: str) -> None:
    trip_id = ines.new_trip(destinations=[stop("Munich", 10)])
    job_id = ines.ask(trip_id)
    ines.wait_for(job_id, state)
    stack.kill("worker")
    stack.wait("worker")
    job = ines.wait_for(job_id)
    assert completed_once(job), job
    assert ines.plan(trip_id)["version"] == 1
    assert len(ines.inbox(at_least=1)) == 1


def test_without_the_bus_nothing_is_lost(trouble: Trouble, ines: Traveller) -> None:
    trouble.refuse_bus(OUTAGE_SECONDS)
    trip_id = ines.new_trip()
    job_id = ines.ask(trip_id)
    job = ines.wait_for(job_id)
    assert completed_once(job), job
    assert len(ines.inbox(at_least=1)) == 1


def test_a_bus_that_forgets_everything_loses_no_job(stack: Stack, ines: Traveller) -> None:
    job_id = ines.ask(ines.new_trip(destinations=[stop("Munich", 6)]))
    stack.kill("servicebus")
    stack.wait("servicebus")
    job = ines.wait_for(job_id)
    assert completed_once(job), job


def test_without_redis_the_api_answers_and_plans_are_made(stack: Stack, ines: Traveller) -> None:
    stack.stop("valkey")
    try:
        ready = ines.call("GET", "/health/ready")
        assert (ready.status_code, ready.json()["stores"]["redis"]) == (200, "down")
        job = ines.wait_for(ines.ask(ines.new_trip()))
        assert completed_once(job), job
    finally:
        stack.start("valkey")


def test_without_the_weather_service_the_plan_comes_without_weather(
    trouble: Trouble, ines: Traveller
) -> None:
    trouble.fault("openweather", mode="down", seconds=OUTAGE_SECONDS)
    # Somewhere nobody has asked for yet: what was told before is remembered.
    trip_id = ines.new_trip(destinations=[stop("Busan")])
    assert completed_once(ines.wait_for(ines.ask(trip_id)))
    assert [day.get("weather") for day in ines.plan(trip_id)["days"]] == [None, None]


def test_a_map_service_that_is_away_delays_the_job(trouble: Trouble, ines: Traveller) -> None:
    trouble.fault("googlemaps", mode="down", seconds=4)
    # Somewhere nobody has asked for yet, so that the outage is felt.
    job = ines.wait_for(ines.ask(ines.new_trip(destinations=[stop("Marienplatz")])))
    assert completed_once(job), job


def test_a_database_that_dies_comes_back_to_the_job(stack: Stack, ines: Traveller) -> None:
    job_id = ines.ask(ines.new_trip(destinations=[stop("Salzburg", 6)]))
    stack.kill("postgres")
    stack.wait("postgres")
    deadline = time.monotonic() + 20
    while ines.call("GET", f"/schedule-jobs/{job_id}").status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.1)
    job = ines.wait_for(job_id)
    assert completed_once(job), job

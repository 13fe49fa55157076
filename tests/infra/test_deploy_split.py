"""Each function has a home, and one that has none stops the build."""

import pytest

from deploy.services import SERVICES, Homeless, environment, homes


def test_health_is_answered_by_every_service() -> None:
    assert homes("health_ready", "health") == tuple(SERVICES)


def test_paths_that_start_alike_are_served_by_one_service() -> None:
    assert homes("request_schedule", "schedule_jobs") == homes("read_trip", "trips") == ("trip",)
    assert homes("watch_schedule_job", "schedule_jobs") == ("ai",)


def test_a_function_without_a_service_names_the_file_to_change() -> None:
    with pytest.raises(Homeless, match=r"new_thing.*deploy/services\.py"):
        homes("new_thing", "unknown")


def test_a_new_function_of_a_shared_blueprint_needs_a_choice() -> None:
    with pytest.raises(Homeless):
        homes("pause_schedule_job", "schedule_jobs")


def test_the_host_is_told_the_names_in_order() -> None:
    assert environment(["b", "a"]).splitlines() == [
        "AzureFunctionsJobHost__functions__0=b",
        "AzureFunctionsJobHost__functions__1=a",
    ]

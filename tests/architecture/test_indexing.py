"""The Functions worker accepts every function of the app, and knows it by a stable name."""

import inspect
import typing

import azure.functions as func
import pytest

import function_app

HTTP = {
    "answer_preflight",
    "read_openapi",
    "read_docs",
    "read_docs_asset",
    "health_live",
    "health_ready",
    "sign_up",
    "check_availability",
    "sign_in",
    "refresh_session",
    "sign_out",
    "sign_out_everywhere",
    "read_profile",
    "change_profile",
    "change_password",
    "delete_account",
    "put_avatar",
    "read_avatar",
    "delete_avatar",
    "create_trip",
    "list_trips",
    "read_trip",
    "change_trip",
    "delete_trip",
    "delete_trips",
    "list_members",
    "replace_members",
    "add_member",
    "change_member",
    "delete_member",
    "list_destinations",
    "replace_destinations",
    "add_destination",
    "change_destination",
    "delete_destination",
    "invite_to_trip",
    "list_invitations",
    "revoke_invitation",
    "accept_invitation",
    "list_people",
    "remove_person",
    "request_schedule",
    "watch_schedule_job",
    "cancel_schedule_job",
    "read_schedule",
    "read_timetable",
    "read_trip_weather",
    "find_nearby_places",
    "search_places_by_name",
    "read_place",
    "read_place_hours",
    "recommend_place",
    "start_place_search",
    "read_place_search",
    "edit_schedule_day",
    "list_schedule_versions",
    "compare_schedule_versions",
    "read_schedule_version",
    "restore_schedule_version",
    "list_notifications",
    "mark_notification_read",
}
WORKERS = {"generate_schedule", "search_places", "notify_user"}
TIMERS = {"sweep"}


@pytest.fixture(scope="module")
def functions() -> list[func.Function]:
    return list(function_app.app.get_functions())  # may be asked only once per process


def test_every_function_is_known_by_name(functions: list[func.Function]) -> None:
    assert {function.get_function_name() for function in functions} == HTTP | WORKERS | TIMERS


def test_a_handler_has_just_the_parameters_of_its_bindings(functions: list[func.Function]) -> None:
    for function in functions:
        handler = function.get_user_function()
        bound = {binding.name for binding in function.get_bindings()} - {"$return"}
        assert set(inspect.signature(handler).parameters) == bound, function.get_function_name()
        assert inspect.iscoroutinefunction(handler), function.get_function_name()
        assert typing.get_type_hints(handler), function.get_function_name()

"""Every rule of a trip, its party and its route, at its edges (product rules, Trip, Member, Destination)."""

import pytest

from shared.errors import InvalidRequest
from shared.http import read_body, read_query
from shared.trips import (
    BulkDelete,
    DestinationChange,
    DestinationDraft,
    DestinationList,
    MemberChange,
    MemberDraft,
    MemberList,
    TripChange,
    TripDraft,
    TripQuery,
)
from tests.unit.web_requests import refusals, request

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇰🇷"
TRIP = {"name": "Alps", "startDate": "2027-05-01"}
MEMBER = {"name": "Ada", "age": 36}
STOP = {"name": "Munich", "nights": 3}


def lodged(**lodging: object) -> dict[str, object]:
    return {**STOP, "lodging": {"name": "Inn", **lodging}}


@pytest.mark.parametrize(
    "name", ["A", "a" * 16, FAMILY * 16, FLAG * 16, "e\u0301" * 16, "여행" * 8, "नमस्ते", "O’Brien & co."]
)
def test_a_trip_name_has_1_to_16_characters_as_a_person_counts(name: str) -> None:
    assert read_body(request({**TRIP, "name": name}), TripDraft).name == name


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a" * 17, FAMILY * 17, FLAG * 17, "e\u0301" * 17, "a\nb", "a\x00", "a\u2028b", "\u200b"],
)
def test_any_other_trip_name_is_refused(name: str) -> None:
    assert set(refusals({**TRIP, "name": name}, TripDraft)) == {"/name"}


def test_a_name_of_seventeen_emoji_is_refused_with_both_numbers() -> None:
    wrong = refusals({**TRIP, "name": FAMILY * 17}, TripDraft)
    assert wrong == {"/name": "This has 17 characters; 1 to 16 are allowed."}


def test_space_around_a_name_does_not_count() -> None:
    assert read_body(request({**TRIP, "name": "  " + "a" * 16 + " "}), TripDraft).name == "a" * 16


@pytest.mark.parametrize("start", ["2027-05-01", "2028-02-29", "2000-01-01", "2199-12-31"])
def test_a_trip_starts_on_a_date_that_exists(start: str) -> None:
    assert read_body(request({**TRIP, "startDate": start}), TripDraft).start_date.isoformat() == start


@pytest.mark.parametrize(
    "start",
    [
        "2027-02-30",
        "2027-02-29",
        "2027-13-01",
        "2027-5-1",
        "01.05.2027",
        "2027-05-01T00:00:00",
        "1800000000",
        "",
        "tomorrow",
        "1999-12-31",
        "9999-12-31",
        1_800_000_000,
        0,
        True,
        None,
    ],
)
def test_any_other_start_is_refused(start: object) -> None:
    assert set(refusals({**TRIP, "startDate": start}, TripDraft)) == {"/startDate"}


@pytest.mark.parametrize("clock", ["00:00", "09:05", "23:59"])
def test_a_time_is_hours_and_minutes(clock: str) -> None:
    draft = read_body(request({**TRIP, "arrivalTime": clock}), TripDraft)
    assert draft.model_dump(mode="json")["arrival_time"] == clock


@pytest.mark.parametrize(
    "clock", ["24:00", "23:60", "9:05", "09:05:00", "09:05Z", "0905", "", "noon", 905, 9.5, True]
)
def test_any_other_time_is_refused(clock: object) -> None:
    for field in ("arrivalTime", "departureTime"):
        assert set(refusals({**TRIP, field: clock}, TripDraft)) == {f"/{field}"}
    for field in ("checkIn", "checkOut"):
        assert set(refusals({**STOP, field: clock}, DestinationDraft)) == {f"/{field}"}


@pytest.mark.parametrize("age", [0, 120])
def test_a_member_is_0_to_120_years_old(age: int) -> None:
    assert read_body(request({**MEMBER, "age": age}), MemberDraft).age == age


@pytest.mark.parametrize("age", [-1, 121, "7", 7.0, 7.5, True, None, [7]])
def test_any_other_age_is_refused(age: object) -> None:
    assert set(refusals({**MEMBER, "age": age}, MemberDraft)) == {"/age"}


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("name", "", "/name"),
        ("name", "n" * 51, "/name"),
        ("name", None, "/name"),
        ("health", "Good", "/health"),
        ("health", None, "/health"),
        ("gender", "unknown", "/gender"),
        ("preferences", ["museums"], "/preferences/0"),
        ("preferences", ["rest"] * 7, "/preferences"),
        ("preferences", "rest", "/preferences"),
        ("weight", 70, "/weight"),
        ("id", "019a0000-0000-7000-8000-000000000000", "/id"),
    ],
)
def test_a_wrong_fact_about_a_member_is_refused_by_name(field: str, value: object, pointer: str) -> None:
    assert set(refusals({**MEMBER, field: value}, MemberDraft)) == {pointer}


@pytest.mark.parametrize("nights", [0, 30])
def test_a_stop_has_0_to_30_nights(nights: int) -> None:
    assert read_body(request({**STOP, "nights": nights}), DestinationDraft).nights == nights


@pytest.mark.parametrize("nights", [-1, 31, "3", 1.5, 3.0, True, None])
def test_any_other_number_of_nights_is_refused(nights: object) -> None:
    assert set(refusals({**STOP, "nights": nights}, DestinationDraft)) == {"/nights"}


@pytest.mark.parametrize("name", ["M", FAMILY * 20, "d" * 20])
def test_a_destination_name_has_1_to_20_characters(name: str) -> None:
    assert read_body(request({**STOP, "name": name}), DestinationDraft).name == name


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**STOP, "name": "d" * 21}, "/name"),
        ({**STOP, "name": FAMILY * 21}, "/name"),
        (lodged(name="l" * 81), "/lodging/name"),
        (lodged(address="a" * 201), "/lodging/address"),
        (lodged(point={"lat": 90.1, "lng": 0}), "/lodging/point/lat"),
        (lodged(point={"lat": 0, "lng": -180.1}), "/lodging/point/lng"),
        (lodged(point={"lat": "48", "lng": 0}), "/lodging/point/lat"),
        (lodged(point={"lat": True, "lng": 0}), "/lodging/point/lat"),
        (lodged(point={"lat": 48}), "/lodging/point/lng"),
        (lodged(stars=5), "/lodging/stars"),
        ({**STOP, "endDate": "2027-05-04"}, "/endDate"),
        ({**STOP, "zone": "Mars/Base"}, "/zone"),
        ({**STOP, "zone": "+01:00"}, "/zone"),
        ({**STOP, "zone": "localtime"}, "/zone"),
        ({**STOP, "zone": ""}, "/zone"),
        ({**STOP, "zone": 1}, "/zone"),
    ],
)
def test_a_wrong_fact_about_a_stop_is_refused_by_name(body: object, pointer: str) -> None:
    assert set(refusals(body, DestinationDraft)) == {pointer}


def test_a_coordinate_that_is_no_number_is_refused() -> None:
    raw = b'{"name": "Munich", "nights": 3, "lodging": {"name": "Inn", "point": {"lat": NaN, "lng": 0}}}'
    assert set(refusals(raw, DestinationDraft)) == {"/lodging/point/lat"}


def test_a_trip_has_at_most_10_members_and_20_destinations() -> None:
    full = {**TRIP, "members": [MEMBER] * 10, "destinations": [STOP] * 20}
    draft = read_body(request(full), TripDraft)
    assert (len(draft.members), len(draft.destinations)) == (10, 20)
    assert set(refusals({**TRIP, "members": [MEMBER] * 11}, TripDraft)) == {"/members"}
    assert set(refusals({**TRIP, "destinations": [STOP] * 21}, TripDraft)) == {"/destinations"}


@pytest.mark.parametrize(("model", "item", "most"), [(MemberList, MEMBER, 10), (DestinationList, STOP, 20)])
def test_a_whole_list_is_never_empty_and_never_too_long(
    model: type[MemberList | DestinationList], item: object, most: int
) -> None:
    assert len(read_body(request({"items": [item] * most}), model).items) == most
    assert set(refusals({"items": []}, model)) == {"/items"}
    assert set(refusals({"items": [item] * (most + 1)}, model)) == {"/items"}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({**TRIP, "transport": "plane"}, {"/transport"}),
        ({**TRIP, "transport": None}, {"/transport"}),
        ({**TRIP, "colour": "red"}, {"/colour"}),
        ({**TRIP, "start_date": "2027-05-01"}, {"/start_date"}),
        ({**TRIP, "ownerId": "019a0000-0000-7000-8000-000000000000"}, {"/ownerId"}),
        ({**TRIP, "members": [MEMBER, {**MEMBER, "age": "7"}]}, {"/members/1/age"}),
        ({}, {"/name", "/startDate"}),
    ],
)
def test_a_wrong_fact_about_a_trip_is_refused_by_name(body: object, pointers: set[str]) -> None:
    assert set(refusals(body, TripDraft)) == pointers


def test_a_change_knows_what_was_sent_from_what_was_left_out() -> None:
    change = read_body(request({"arrivalTime": None, "name": "Alps"}), TripChange)
    assert change.model_fields_set == {"arrival_time", "name"}


@pytest.mark.parametrize("field", ["members", "destinations", "id", "status", "revision"])
def test_a_change_touches_the_fields_of_the_trip_itself_only(field: str) -> None:
    assert set(refusals({field: []}, TripChange)) == {f"/{field}"}


@pytest.mark.parametrize("position", [-1, 20, "1", 1.0, True])
def test_a_stop_moves_to_a_position_of_the_route(position: object) -> None:
    assert set(refusals({"position": position}, DestinationChange)) == {"/position"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"age": 121}, "/age"),
        ({"age": "7"}, "/age"),
        ({"name": ""}, "/name"),
        ({"health": "fit"}, "/health"),
        ({"id": "019a0000-0000-7000-8000-000000000000"}, "/id"),
    ],
)
def test_a_change_of_a_member_keeps_to_the_rules_of_one(body: object, pointer: str) -> None:
    assert set(refusals(body, MemberChange)) == {pointer}


def test_1_to_100_trips_are_deleted_at_once() -> None:
    ids = ["019a0000-0000-7000-8000-000000000000"]
    assert len(read_body(request({"ids": ids * 100}), BulkDelete).ids) == 100
    for wrong in ([], ids * 101):
        assert set(refusals({"ids": wrong}, BulkDelete)) == {"/ids"}
    assert "/ids/0" in refusals({"ids": ["x"]}, BulkDelete)


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"sort": "-name"}, "sort"),
        ({"status": "over"}, "status"),
        ({"q": "a" * 51}, "q"),
        ({"q": "a\0"}, "q"),
        ({"page": "2"}, "page"),
        ({"cursor": "a" * 1001}, "cursor"),
    ],
)
def test_a_wrong_parameter_of_a_list_is_refused_by_name(params: dict[str, str], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_query(request(method="GET", params=params), TripQuery)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_a_parameter_that_is_empty_was_not_given() -> None:
    assert read_query(request(method="GET", params={"q": "", "limit": ""}), TripQuery) == TripQuery()

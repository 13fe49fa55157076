"""What the API refuses, and how it says so."""

import uuid

import pytest

from tests.acceptance.traveller import Json, Traveller, member, stop, trip

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"name": 7}, "/name"),
        ({"name": FAMILY * 17}, "/name"),
        ({"name": ""}, "/name"),
        ({"members": [member()] * 11}, "/members"),
        ({"members": [member(age="41")]}, "/members/0/age"),
        ({"members": [member(health="splendid")]}, "/members/0/health"),
        ({"destinations": [stop(nights=-1)]}, "/destinations/0/nights"),
        ({"destinations": [stop("Munich"), stop("x" * 21)]}, "/destinations/1/name"),
        ({"startDate": "2027-02-30"}, "/startDate"),
        ({"arrivalTime": "25:00"}, "/arrivalTime"),
        ({"transport": "rocket"}, "/transport"),
    ],
)
def test_a_wrong_field_is_named_with_the_fix(ines: Traveller, *, change: Json, pointer: str) -> None:
    answer = ines.call("POST", "/trips", json=trip(**change))
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert {"type", "title", "status", "detail", "instance", "traceId"} <= problem.keys()
    assert ines.call("GET", "/trips").json()["items"] == []


def test_sixteen_emoji_are_sixteen_characters(ines: Traveller) -> None:
    assert ines.call("POST", "/trips", json=trip(name=FAMILY * 16)).status_code == 201


@pytest.mark.parametrize(
    "wishes",
    [
        {"startTime": "09:05"},
        {"specialRequests": "x" * 501},
        {"mustSee": ["x"] * 11},
        {"day": 9},
        {"seed": -1},
    ],
)
def test_a_wrong_wish_is_refused_and_no_job_starts(ines: Traveller, *, wishes: Json) -> None:
    trip_id = ines.new_trip()
    assert ines.call("POST", f"/trips/{trip_id}/schedule-jobs", json=wishes).status_code == 422
    assert ines.call("POST", f"/trips/{trip_id}/schedule-jobs", json={}).status_code == 202


@pytest.mark.parametrize("lacking", ["members", "destinations"])
def test_an_empty_trip_cannot_be_planned(ines: Traveller, *, lacking: str) -> None:
    trip_id = ines.new_trip(**{lacking: []})
    answer = ines.call("POST", f"/trips/{trip_id}/schedule-jobs", json={})
    assert answer.status_code == 422
    assert lacking in answer.json()["detail"]


def test_a_city_nobody_knows_fails_the_job_with_a_reason(ines: Traveller) -> None:
    job = ines.wait_for(ines.ask(ines.new_trip(destinations=[stop("Xyzzyville")])))
    assert job["state"] == "failed"
    assert "“Xyzzyville”" in job["reason"]
    assert "spelling" in job["reason"]
    assert [entry["kind"] for entry in ines.inbox(at_least=1)] == ["schedule-failed"]


def test_a_stranger_sees_nothing(ines: Traveller, jonas: Traveller) -> None:
    trip_id = ines.new_trip()
    job_id = ines.ask(trip_id)
    for method, path, body in (
        ("GET", f"/trips/{trip_id}", None),
        ("PATCH", f"/trips/{trip_id}", {"name": "Mine"}),
        ("DELETE", f"/trips/{trip_id}", None),
        ("PUT", f"/trips/{trip_id}/members", {"items": [member()]}),
        ("PUT", f"/trips/{trip_id}/destinations", {"items": [stop()]}),
        ("POST", f"/trips/{trip_id}/schedule-jobs", {}),
        ("GET", f"/trips/{trip_id}/schedule", None),
        ("GET", f"/schedule-jobs/{job_id}", None),
        ("DELETE", f"/schedule-jobs/{job_id}", None),
    ):
        assert jonas.call(method, path, json=body).status_code == 404, (method, path)
    ines.wait_for(job_id)
    [entry] = ines.inbox(at_least=1)
    assert jonas.call("POST", f"/notifications/{entry['id']}/read").status_code == 404
    assert jonas.inbox() == []


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer nonsense", "Basic dTpw", "Bearer eyJhbGciOiJub25lIn0.e30."]
)
def test_without_a_valid_token_nobody_gets_in(ines: Traveller, *, header: str | None) -> None:
    ines.api.headers.pop("Authorization")
    answer = ines.call("GET", "/trips", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401


def test_one_job_per_trip_at_a_time(ines: Traveller) -> None:
    trip_id = ines.new_trip(destinations=[stop("Munich", 6)])
    job_id = ines.ask(trip_id)
    answer = ines.call("POST", f"/trips/{trip_id}/schedule-jobs", json={})
    assert answer.status_code == 409
    ines.call("DELETE", f"/schedule-jobs/{job_id}")


def test_an_idempotency_key_starts_one_job(ines: Traveller) -> None:
    path = f"/trips/{ines.new_trip()}/schedule-jobs"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (ines.call("POST", path, json={"seed": 1}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert ines.call("POST", path, json={"seed": 2}, headers=key).status_code == 422


def test_health_tells_which_store_is_up(ines: Traveller) -> None:
    assert ines.call("GET", "/health/live").json() == {"status": "alive"}
    ready = ines.call("GET", "/health/ready")
    assert ready.json()["stores"] == {"postgres": "up", "cosmos": "up", "redis": "up"}

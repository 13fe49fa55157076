"""Versions of a plan over HTTP: listed, read, compared, restored; days planned again and edited."""

import json
import uuid
from collections.abc import Iterator

import pytest

from devstack.stack import Stack
from tests.acceptance.traveller import Json, Traveller, completed_once, member, stop

PARTY = [member(), member(name="Jonas", age=45)]


@pytest.fixture(scope="module")
def lena(stack: Stack) -> Iterator[Traveller]:
    """Somebody whose trips several tests of this file share, read-only."""
    with Traveller(stack.web) as traveller:
        yield traveller


def planned(who: Traveller, nights: int = 2, **wishes: object) -> str:
    """A trip with its first version."""
    trip_id = who.new_trip(members=PARTY, destinations=[stop("Munich", nights)])
    job = who.wait_for(who.ask(trip_id, **wishes))
    assert completed_once(job), job
    return trip_id


@pytest.fixture(scope="module")
def shared_trip(lena: Traveller) -> str:
    return planned(lena)


def visits(plan: Json, day: int) -> list[str]:
    return [i["place"]["id"] for i in plan["days"][day - 1]["items"] if i["kind"] == "visit"]


def edit(who: Traveller, trip_id: str, day: int, change: Json, **headers: str) -> tuple[int, Json]:
    answer = who.call("PATCH", f"/trips/{trip_id}/schedule/days/{day}", json=change, headers=headers)
    body: Json = answer.json()
    return answer.status_code, body


def versions(who: Traveller, trip_id: str) -> list[Json]:
    items: list[Json] = who.call("GET", f"/trips/{trip_id}/schedules").json()["items"]
    return items


def reversed_order(plan: Json, day: int) -> Json:
    """A change that keeps every place and breaks no more than a locked time would."""
    return {"order": visits(plan, day)[::-1], "keep": True, "reason": "We like it this way round"}


def test_the_last_three_versions_are_kept_and_older_ones_are_gone(ines: Traveller) -> None:
    trip_id = planned(ines)
    place = visits(ines.plan(trip_id), 2)[0]
    for change in ({"lock": [place]}, {"unlock": [place]}, {"lock": [place]}):
        assert edit(ines, trip_id, 2, change)[0] == 200
    kept = versions(ines, trip_id)
    assert [(v["version"], v["origin"], v["basedOn"], v["day"]) for v in kept] == [
        (4, "edit", 3, 2),
        (3, "edit", 2, 2),
        (2, "edit", 1, 2),
    ]
    assert ines.call("GET", f"/trips/{trip_id}/schedules/1").status_code == 404
    third = ines.call("GET", f"/trips/{trip_id}/schedules/3")
    assert (third.json()["version"], third.headers["ETag"]) == (3, '"3-final"')


def test_versions_come_in_pages(ines: Traveller) -> None:
    trip_id = planned(ines, 0)
    assert edit(ines, trip_id, 1, {"lock": visits(ines.plan(trip_id), 1)[:1]})[0] == 200
    first = ines.call("GET", f"/trips/{trip_id}/schedules?limit=1").json()
    rest = ines.call("GET", f"/trips/{trip_id}/schedules?limit=1&cursor={first['nextCursor']}").json()
    assert [v["version"] for v in first["items"] + rest["items"]] == [2, 1]
    assert rest["nextCursor"] is None


def test_a_restored_version_is_a_new_one_without_differences(ines: Traveller) -> None:
    trip_id = planned(ines)
    first = ines.plan(trip_id)
    assert edit(ines, trip_id, 2, reversed_order(first, 2))[0] == 200
    answer = ines.call("POST", f"/trips/{trip_id}/schedules/1/restore", headers={"If-Match": '"2-final"'})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"].endswith(f"/trips/{trip_id}/schedules/3")
    assert (answer.json()["origin"], answer.json()["basedOn"]) == ("restore", 1)
    assert ines.plan(trip_id) == first | {"version": 3}
    diff = ines.call("GET", f"/trips/{trip_id}/schedules/diff?from=1&to=3").json()
    assert (diff["same"], diff["days"], diff["fields"]) == (True, [], [])
    changed = ines.call("GET", f"/trips/{trip_id}/schedules/diff?from=1&to=2").json()
    assert changed["same"] is False
    assert [day["day"] for day in changed["days"]] == [2]
    assert "moves from" in changed["words"][0]


def test_restoring_with_one_key_makes_one_version(ines: Traveller) -> None:
    trip_id = planned(ines, 0)
    assert edit(ines, trip_id, 1, {"lock": visits(ines.plan(trip_id), 1)[:1]})[0] == 200
    path = f"/trips/{trip_id}/schedules/1/restore"
    key = {"Idempotency-Key": str(uuid.uuid4()), "If-Match": '"2-final"'}
    first, again = (ines.call("POST", path, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert [v["version"] for v in versions(ines, trip_id)] == [3, 2, 1]
    other = ines.call("POST", f"/trips/{trip_id}/schedules/2/restore", headers=key)
    assert other.status_code == 422


def test_only_what_was_seen_is_changed(ines: Traveller) -> None:
    trip_id = planned(ines, 0)
    lock = {"lock": visits(ines.plan(trip_id), 1)[:1]}
    assert edit(ines, trip_id, 1, lock, **{"If-Match": '"1-draft"'})[0] == 412
    assert edit(ines, trip_id, 1, lock, **{"If-Match": '"1-final"'})[0] == 200
    restore = f"/trips/{trip_id}/schedules/1/restore"
    assert ines.call("POST", restore, headers={"If-Match": '"1-final"'}).status_code == 412
    assert ines.call("POST", f"/trips/{trip_id}/schedules/2/restore").status_code == 409
    assert ines.call("POST", f"/trips/{trip_id}/schedules/9/restore").status_code == 404


def test_a_day_planned_again_leaves_the_other_days_byte_for_byte(ines: Traveller) -> None:
    trip_id = planned(ines)
    before = ines.plan(trip_id)
    locked = visits(before, 2)[1]
    assert edit(ines, trip_id, 2, {"lock": [locked]})[0] == 200
    job = ines.wait_for(ines.ask(trip_id, day=2, seed=5))
    assert completed_once(job), job
    assert (job["day"], job["version"]) == (2, 3)
    after = ines.plan(trip_id)
    for day in (0, 2):
        assert json.dumps(after["days"][day]) == json.dumps(before["days"][day])
    assert after["days"][1] != before["days"][1]
    [old], [new] = (
        [i for i in plan["days"][1]["items"] if i.get("place", {}).get("id") == locked]
        for plan in (before, after)
    )
    assert (new["start"], new["end"], new["locked"]) == (old["start"], old["end"], True)
    elsewhere = {*visits(after, 1), *visits(after, 3)}
    assert not elsewhere & {*visits(after, 2)}
    assert [entry for entry in after["report"] if not entry["ok"] and not entry["waiver"]] == []
    assert versions(ines, trip_id)[0]["origin"] == "day"


def test_a_day_is_planned_again_five_times_and_no_more(ines: Traveller) -> None:
    trip_id = planned(ines, 0)
    for _ in range(5):
        assert completed_once(ines.wait_for(ines.ask(trip_id, day=1)))
    answer = ines.call("POST", f"/trips/{trip_id}/schedule-jobs", json={"day": 1})
    assert answer.status_code == 409
    assert "5 times" in answer.json()["detail"]
    ines.wait_for(ines.ask(trip_id))
    assert completed_once(ines.wait_for(ines.ask(trip_id, day=1)))


@pytest.mark.parametrize(
    ("wishes", "status", "pointer"),
    [
        ({"day": 0}, 422, "/day"),
        ({"day": 4}, 422, "/day"),
        ({"day": "2"}, 422, "/day"),
        ({"day": 1, "mustSee": ["Olympiaturm"], "startTime": "10:00"}, 422, "/mustSee"),
    ],
)
def test_a_wrong_day_is_refused_by_its_field(
    lena: Traveller, shared_trip: str, *, wishes: Json, status: int, pointer: str
) -> None:
    answer = lena.call("POST", f"/trips/{shared_trip}/schedule-jobs", json=wishes)
    assert answer.status_code == status
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_a_day_of_a_trip_without_a_plan_cannot_be_planned_again(ines: Traveller) -> None:
    answer = ines.call("POST", f"/trips/{ines.new_trip()}/schedule-jobs", json={"day": 1})
    assert answer.status_code == 409
    assert "no plan yet" in answer.json()["detail"]


def test_a_day_of_a_trip_that_changed_fails_with_the_reason(ines: Traveller) -> None:
    trip_id = planned(ines, 1)
    ines.call("PUT", f"/trips/{trip_id}/members", json={"items": [member(age=80, health="limited")]})
    job = ines.wait_for(ines.ask(trip_id, day=1))
    assert job["state"] == "failed"
    assert "whole trip" in job["reason"]
    assert ines.plan(trip_id)["version"] == 1


def test_an_edit_that_breaks_a_rule_says_which_and_is_kept_on_demand(ines: Traveller) -> None:
    trip_id = planned(ines)
    before = ines.plan(trip_id)
    gone = visits(before, 2)[:-1]
    status, problem = edit(ines, trip_id, 2, {"remove": gone})
    assert (status, problem["type"]) == (422, "urn:tripgen:problem:broken-rules")
    assert any(e["pointer"].startswith("/days/1") and "pace" in e["detail"] for e in problem["errors"])
    assert ines.plan(trip_id) == before
    status, plan = edit(ines, trip_id, 2, {"remove": gone, "keep": True, "reason": "A slow day"})
    assert (status, plan["version"]) == (200, 2)
    [pace] = [entry for entry in plan["report"] if entry["code"] == "pace"]
    assert (pace["ok"], pace["waiver"]) == (False, "A slow day")
    assert visits(plan, 2) == visits(before, 2)[-1:]
    assert [plan["days"][n] for n in (0, 2)] == [before["days"][n] for n in (0, 2)]
    assert ines.plan(trip_id) == plan
    assert versions(ines, trip_id)[0]["note"] == "A slow day"


def test_a_place_is_replaced_by_one_the_plan_was_made_from(ines: Traveller) -> None:
    trip_id = planned(ines)
    before = ines.plan(trip_id)
    ines.wait_for(ines.ask(trip_id, day=2))
    fresh = next(place for place in visits(ines.plan(trip_id), 2) if place not in visits(before, 2))
    assert ines.call("POST", f"/trips/{trip_id}/schedules/1/restore").status_code == 201
    old = visits(before, 2)[0]
    change = {"replace": [{"place": old, "with": fresh}], "keep": True, "reason": "We know it"}
    status, plan = edit(ines, trip_id, 2, change)
    assert status == 200, plan
    assert fresh in visits(plan, 2)
    assert old not in visits(plan, 2)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({}, None),
        ({"colour": "red"}, "/colour"),
        ({"remove": ["nowhere"]}, "/remove/0"),
        ({"lock": ["nowhere"]}, "/lock/0"),
        ({"order": ["nowhere"]}, "/order/0"),
        ({"order": []}, "/order"),
        ({"replace": [{"place": "nowhere", "with": "x"}]}, "/replace/0/with"),
        ({"lock": ["x"], "keep": True}, "/reason"),
        ({"keep": "yes"}, "/keep"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_by_its_field(
    lena: Traveller, shared_trip: str, *, change: Json, pointer: str | None
) -> None:
    status, problem = edit(lena, shared_trip, 2, change)
    assert status == 422, problem
    if pointer is not None:
        assert pointer in [error["pointer"] for error in problem["errors"]]
    assert lena.plan(shared_trip)["version"] == 1


def test_a_locked_visit_is_not_removed_before_it_is_unlocked(ines: Traveller) -> None:
    trip_id = planned(ines)
    place = visits(ines.plan(trip_id), 2)[0]
    assert edit(ines, trip_id, 2, {"lock": [place]})[0] == 200
    assert edit(ines, trip_id, 2, {"remove": [place]})[0] == 422
    change = {"unlock": [place], "remove": [place], "keep": True, "reason": "Too much"}
    assert edit(ines, trip_id, 2, change)[0] == 200


def test_nothing_is_edited_or_restored_while_a_plan_is_made(ines: Traveller) -> None:
    trip_id = planned(ines, 12)
    place = visits(ines.plan(trip_id), 2)[0]
    job_id = ines.ask(trip_id)
    assert edit(ines, trip_id, 2, {"lock": [place]})[0] == 409
    assert ines.call("POST", f"/trips/{trip_id}/schedules/1/restore").status_code == 409
    ines.call("DELETE", f"/schedule-jobs/{job_id}")
    assert edit(ines, trip_id, 2, {"lock": [place]})[0] == 200


@pytest.mark.parametrize("query", ["", "?from=1", "?from=1&to=7", "?from=0&to=1", "?from=a&to=1"])
def test_versions_to_compare_have_to_be_named(lena: Traveller, shared_trip: str, *, query: str) -> None:
    answer = lena.call("GET", f"/trips/{shared_trip}/schedules/diff{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] in {"from", "to"}


def test_a_stranger_sees_no_version(lena: Traveller, shared_trip: str, jonas: Traveller) -> None:
    for method, path, body in (
        ("GET", "schedules", None),
        ("GET", "schedules/1", None),
        ("GET", "schedules/diff?from=1&to=1", None),
        ("POST", "schedules/1/restore", None),
        ("PATCH", "schedule/days/1", {"remove": ["x"]}),
        ("POST", "schedule-jobs", {"day": 1}),
    ):
        answer = jonas.call(method, f"/trips/{shared_trip}/{path}", json=body)
        assert answer.status_code == 404, (method, path)
    assert lena.plan(shared_trip)["version"] == 1


@pytest.mark.parametrize("path", ["schedules/0", "schedules/x", "schedules/2", "schedules/-1"])
def test_a_version_that_is_no_number_or_not_kept_is_not_found(
    lena: Traveller, shared_trip: str, *, path: str
) -> None:
    assert lena.call("GET", f"/trips/{shared_trip}/{path}").status_code == 404


def test_a_day_the_plan_does_not_have_is_not_found(lena: Traveller, shared_trip: str) -> None:
    assert edit(lena, shared_trip, 4, {"lock": ["x"]})[0] == 404
    assert edit(lena, shared_trip, 0, {"lock": ["x"]})[0] == 404

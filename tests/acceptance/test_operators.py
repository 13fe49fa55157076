"""Operators over HTTP: a locked account, sessions, a job, the audit log, and what they never see."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from devstack.stack import Stack
from tests.acceptance.traveller import PASSWORD, Json, Traveller, member
from tests.issuer import Issuer


class Console:
    """An operator who is signed in."""

    def __init__(self, stack: Stack, issuer: Issuer) -> None:
        self.id = uuid4()
        token = issuer.token(self.id)
        self.api = httpx2.Client(
            base_url=f"{stack.web}/api/v1/operators", timeout=40, headers={"Authorization": f"Bearer {token}"}
        )

    def find(self, who: Traveller) -> Json:
        answer = self.api.get("/accounts", params={"login": who.username.upper()})
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def log(self, **filters: Any) -> list[Json]:
        answer = self.api.get("/audit-log", params=filters)
        assert answer.status_code == 200, answer.text
        items: list[Json] = answer.json()["items"]
        return items


@pytest.fixture
def console(stack: Stack, issuer: Issuer) -> Iterator[Console]:
    made = Console(stack, issuer)
    yield made
    made.api.close()


def attempt(stack: Stack, who: Traveller, password: str = PASSWORD) -> int:
    body = {"login": who.username, "password": password}
    return int(httpx2.post(f"{stack.web}/api/v1/sessions", json=body).status_code)


def test_a_locked_account_is_found_and_unlocked(stack: Stack, console: Console, ines: Traveller) -> None:
    assert [attempt(stack, ines, "wrong horse 7!") for _ in range(5)] == [401] * 5
    assert attempt(stack, ines) == 401
    found = console.find(ines)
    assert found["lockedUntil"] is not None
    assert found.keys() == {"id", "createdAt", "failedSignIns", "lockedUntil", "sessions"}
    assert console.api.delete(f"/accounts/{found['id']}/lock").status_code == 204
    assert attempt(stack, ines) == 201
    assert console.find(ines) == found | {"lockedUntil": None, "sessions": 2}
    deeds = [one["action"] for one in console.log(accountId=found["id"], operatorId=str(console.id))]
    assert deeds == ["operator-found-account", "operator-unlocked-account", "operator-found-account"]


def test_sessions_are_ended_and_the_password_still_opens(
    stack: Stack, console: Console, ines: Traveller
) -> None:
    account = console.find(ines)["id"]
    assert console.api.delete(f"/accounts/{account}/sessions").status_code == 204
    assert ines.call("GET", "/users/me").status_code == 401
    assert attempt(stack, ines) == 201
    [entry] = console.log(accountId=account, action="operator-ended-sessions")
    assert entry["operatorId"] == str(console.id)
    assert (entry["actorId"], entry["subjectId"], entry["facts"]) == (None, account, {"count": "1"})


def test_a_job_is_shown_without_its_trip(console: Console, ines: Traveller) -> None:
    trip = ines.new_trip(name="Secret", members=[member(name="Zacharias", health="caution")])
    job = ines.ask(trip, specialRequests="our anniversary")
    ines.wait_for(job, "completed")
    answer = console.api.get(f"/schedule-jobs/{job}")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["state"], shown["percent"]) == ("completed", 100)
    assert shown["ownerId"] == console.find(ines)["id"]
    assert [event["state"] for event in shown["events"]][-1] == "completed"
    for private in ("Secret", "Zacharias", "caution", "anniversary", "Munich", trip):
        assert private not in answer.text
    assert console.log(accountId=shown["ownerId"], action="operator-read-job")[0]["facts"] == {"job": job}


def test_the_audit_log_is_read_page_by_page(console: Console, ines: Traveller) -> None:
    account = console.find(ines)["id"]
    for number in range(5):
        ines.call("PATCH", "/users/me", json={"name": f"Ines {number}"})
    wanted = {"accountId": account, "action": "profile-changed", "limit": 2}
    seen: list[Json] = []
    cursor: str | None = None
    while True:
        query = wanted | ({"cursor": cursor} if cursor else {})
        page = console.api.get("/audit-log", params=query).json()
        seen += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert len({one["id"] for one in seen}) == len(seen) == 5
    assert sorted(seen, key=lambda one: one["id"], reverse=True) == seen
    assert {one["facts"]["fields"] for one in seen} == {"name"}
    middle = seen[2]["at"]
    assert console.log(**(wanted | {"since": middle, "limit": 100})) == seen[:3]
    assert console.log(**(wanted | {"until": middle, "limit": 100})) == seen[3:]
    looks = console.log(operatorId=str(console.id), action="operator-read-audit-log")
    assert looks[0]["facts"] == {"asked": f"action=profile-changed until={middle}"}


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/audit-log?action=everything", "action"),
        ("/audit-log?accountId=7", "accountId"),
        ("/audit-log?since=2026-11-28", "since"),
        ("/audit-log?since=2026-11-28T12:00:00", "since"),
        ("/audit-log?limit=101", "limit"),
        ("/audit-log?cursor=x", "cursor"),
        ("/audit-log?cursor=%C3%BC", "cursor"),
        ("/audit-log?who=ines", "who"),
        ("/accounts", "login"),
    ],
)
def test_a_wrong_question_names_its_parameter(console: Console, path: str, pointer: str) -> None:
    answer = console.api.get(path)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_what_is_not_there_is_a_404_and_was_asked_for(console: Console) -> None:
    nobody = uuid4()
    assert console.api.get("/accounts", params={"login": "nobody@example.org"}).status_code == 404
    assert console.api.delete(f"/accounts/{nobody}/lock").status_code == 404
    assert console.api.delete(f"/accounts/{nobody}/sessions").status_code == 404
    assert console.api.get(f"/schedule-jobs/{nobody}").status_code == 404
    deeds = {one["action"]: one for one in console.log(operatorId=str(console.id))}
    assert len(deeds) == 4
    assert "nobody@example.org" not in str(deeds)


def test_a_directory_member_without_the_role_is_told_so(stack: Stack, issuer: Issuer) -> None:
    token = issuer.token(uuid4(), roles=["reader"])
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx2.get(f"{stack.web}/api/v1/operators/audit-log", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_operator_asks_a_hundred_and_twenty_times_a_minute(console: Console) -> None:
    answers = (console.api.get(f"/schedule-jobs/{uuid4()}") for _ in range(900))
    before, refused = 0, next(answers)
    while refused.status_code == 404:
        before, refused = before + 1, next(answers)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert before >= 120

"""A traveller at the HTTP API, as the acceptance tests know one."""

import secrets
import time
from typing import Any, Self

import httpx2

type Json = dict[str, Any]

PASSWORD = "correct horse 9!"  # noqa: S105 - of accounts that live as long as a test
ENDED = {"completed", "failed", "cancelled"}
JOB_SECONDS = 90
EXPORTS = "/users/me/exports"


def member(**changes: object) -> Json:
    return {"name": "Ines", "age": 41, "health": "good", "preferences": ["culture"]} | changes


def stop(name: str = "Munich", nights: int = 1, **changes: object) -> Json:
    return {"name": name, "nights": nights} | changes


def trip(**changes: object) -> Json:
    draft: Json = {
        "name": "Alps",
        "startDate": "2027-05-04",
        "members": [member()],
        "destinations": [stop()],
    }
    return draft | changes


class Traveller:
    """Signed up and signed in; `call` returns the raw answer, the others what they are named after."""

    def __init__(self, web: str) -> None:
        self.username = f"u{secrets.token_hex(8)}"
        address = f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"  # limits are by address
        self.api = httpx2.Client(base_url=f"{web}/api/v1", timeout=40, headers={"X-Forwarded-For": address})
        account = {
            "username": self.username,
            "email": f"{self.username}@example.org",
            "name": "A Traveller",
            "password": PASSWORD,
        }
        assert self.call("POST", "/users", json=account).status_code == 201
        session = self.call("POST", "/sessions", json={"login": self.username, "password": PASSWORD}).json()
        self.api.headers["Authorization"] = f"Bearer {session['accessToken']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()

    def call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return self.api.request(method, path, **options)

    def new_trip(self, **changes: object) -> str:
        answer = self.call("POST", "/trips", json=trip(**changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def ask(self, trip_id: str, **wishes: object) -> str:
        answer = self.call("POST", f"/trips/{trip_id}/schedule-jobs", json={"seed": 1, **wishes})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def job(self, job_id: str, *, wait: int = 0, after: int = 0) -> Json:
        answer = self.call("GET", f"/schedule-jobs/{job_id}?wait={wait}&after={after}")
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        return body

    def wait_for(self, job_id: str, *states: str) -> Json:
        """The job once it is in one of the states, or has ended; fails after a minute and a half."""
        after, deadline = 0, time.monotonic() + JOB_SECONDS
        while time.monotonic() < deadline:
            job = self.job(job_id, wait=5, after=after)
            after = max([after, *(event["number"] for event in job["events"])])
            if job["state"] in {*states, *ENDED}:
                return self.job(job_id)
        raise AssertionError(f"The job did not get to {states or ENDED}: {self.job(job_id)}")

    def plan(self, trip_id: str) -> Json:
        answer = self.call("GET", f"/trips/{trip_id}/schedule")
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        return body

    def inbox(self, *, at_least: int = 0) -> list[Json]:
        """The notifications; waits for so many, since they come by queue."""
        deadline = time.monotonic() + 20
        while True:
            items: list[Json] = self.call("GET", "/notifications").json()["items"]
            if len(items) >= at_least or time.monotonic() > deadline:
                return items
            time.sleep(0.1)

    def export(self) -> Json:
        """A copy of the account that is ready, or has failed."""
        answer = self.call("POST", EXPORTS)
        assert answer.status_code == 202, answer.text
        deadline = time.monotonic() + JOB_SECONDS
        while (export := self.call("GET", f"{EXPORTS}/{answer.json()['id']}").json())["state"] == "queued":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        made: Json = export
        return made


def completed_once(job: Json) -> bool:
    """The job completed, and its story tells so once, with states in their order."""
    states = [event["state"] for event in job["events"]]
    order = ["queued", "gathering", "planning", "drafted", "refining", "completed"]
    steps = [order.index(state) for state in states]
    return job["state"] == "completed" and states.count("completed") == 1 and steps == sorted(steps)

"""A traveller at the HTTP API, as the benchmarks need one."""

import secrets
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx2

from benchmarks.measurement import BenchmarkError
from devstack.demo.parties import PARTIES

type Json = dict[str, Any]

WAIT_S = 20
ENDED = frozenset({"completed", "failed", "cancelled"})


class Traveller:
    """Signed up and signed in; `headers` carries the access token, good for 15 minutes."""

    def __init__(self, web: str) -> None:
        self._api = httpx2.Client(base_url=f"{web}/api/v1", timeout=WAIT_S + 10)
        name, password = f"bench{secrets.token_hex(8)}", f"{secrets.token_urlsafe(16)}-1a"
        email = f"{name}@example.org"
        account = {"username": name, "email": email, "name": "A Traveller", "password": password}
        self.id = UUID(self.post("/users", account)["id"])
        session = self.post("/sessions", {"login": name, "password": password})
        self.headers = {"Authorization": f"Bearer {session['accessToken']}"}
        self._api.headers.update(self.headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._api.close()

    def post(self, path: str, body: object) -> Json:
        """What the API answers; raises BenchmarkError when it refuses."""
        return _read(self._api.post(path, json=body))

    def get(self, path: str) -> Json:
        """What the API answers; raises BenchmarkError when it refuses."""
        return _read(self._api.get(path))

    def new_trip(self, party: str, stops: list[tuple[str, int]], *, start: str) -> Json:
        """A trip of one of the demo's parties through (city, nights)."""
        route = [
            {"name": city, "nights": nights, "checkIn": "15:00", "checkOut": "11:00"}
            for city, nights in stops
        ]
        times = {"arrivalTime": "10:30", "departureTime": "17:30"}
        trip = {"name": "Benchmark", "startDate": start, "members": PARTIES[party], "destinations": route}
        return self.post("/trips", trip | times)

    def ask(self, trip_id: str, *, seed: int) -> str:
        """Ask for a plan; returns the job's id."""
        return str(self.post(f"/trips/{trip_id}/schedule-jobs", {"seed": seed})["id"])

    def wait_for(self, job_id: str, *states: str) -> str:
        """Wait, as clients do, until the job is in one of the states; raises BenchmarkError if it fails."""
        after = 0
        while True:
            job = self.get(f"/schedule-jobs/{job_id}?wait={WAIT_S}&after={after}")
            after = max([after, *(event["number"] for event in job["events"])])
            if job["state"] in states:
                return str(job["state"])
            if job["state"] in ENDED:
                raise BenchmarkError(f"A job ended as {job['state']}: {job['reason']}")


def _read(answer: httpx2.Response) -> Json:
    if answer.is_error:
        raise BenchmarkError(f"{answer.request.url} answered {answer.status_code}: {answer.text}")
    body: Json = answer.json()
    return body

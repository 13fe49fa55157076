"""A traveller at the HTTP API, and nothing but the HTTP API."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx2

from devstack.demo.options import Options
from devstack.demo.parties import PARTIES
from devstack.googlemaps.places import Catalogue, City

WAIT_SECONDS = 20
NEWS_TRIES = 20
ARRIVAL, DEPARTURE = "10:30", "17:30"
CHECK_IN, CHECK_OUT = "15:00", "11:00"
ENDED = {"completed", "failed", "cancelled"}


class RefusedError(Exception):
    """The API said no; the message is its own."""


class Traveller:
    """Signs up under a made-up name; every call after that carries the access token."""

    def __init__(self, web: str) -> None:
        self._api = httpx2.Client(base_url=f"{web}/api/v1", timeout=WAIT_SECONDS + 10)

    def sign_up(self) -> str:
        """Open an account and sign in; returns the username."""
        username = f"traveller{secrets.token_hex(6)}"
        password = f"{secrets.token_urlsafe(16)}-1a"
        account = {
            "username": username,
            "email": f"{username}@example.org",
            "name": "Demo Traveller",
            "password": password,
        }
        self._post("/users", account)
        session = self._post("/sessions", {"login": username, "password": password})
        self._api.headers["Authorization"] = f"Bearer {session['accessToken']}"
        return username

    def describe(self, options: Options, catalogue: Catalogue) -> dict[str, Any]:
        """Create the trip: party, route with lodgings, arrival and departure."""
        stops = [
            _stop(city, nights, catalogue)
            for city, nights in zip(options.cities, options.nights(), strict=True)
        ]
        single = options.days == 1
        trip = {
            "name": "–".join(city.names[0] for city in options.cities)[:16],
            "transport": options.transport,
            "startDate": options.start.isoformat(),
            "arrivalTime": None if single else ARRIVAL,
            "departureTime": None if single else DEPARTURE,
            "members": PARTIES[options.party],
            "destinations": stops,
        }
        return self._post("/trips", trip)

    def ask(self, trip_id: str, options: Options) -> str:
        """Ask for a plan; returns the job's id."""
        wishes = {"seed": options.seed, "specialRequests": options.wishes}
        return str(self._post(f"/trips/{trip_id}/schedule-jobs", wishes)["id"])

    def watch(self, job_id: str) -> Iterator[dict[str, Any]]:
        """The job's state each time there is news, until it has ended."""
        after = 0
        while True:
            job = self._get(f"/schedule-jobs/{job_id}?wait={WAIT_SECONDS}&after={after}")
            after = max([after, *(event["number"] for event in job["events"])])
            yield job
            if job["state"] in ENDED:
                return

    def plan(self, trip_id: str) -> dict[str, Any]:
        return self._get(f"/trips/{trip_id}/schedule")

    def news(self) -> str:
        """The newest entry of the inbox; it comes by queue, so it may be a moment behind the job."""
        for _ in range(NEWS_TRIES):
            entries = self._get("/notifications")["items"]
            if entries:
                return str(entries[0]["text"])
            time.sleep(0.1)
        return "empty"

    def close(self) -> None:
        self._api.close()

    def _post(self, path: str, body: object) -> dict[str, Any]:
        return _read(self._api.post(path, json=body))

    def _get(self, path: str) -> dict[str, Any]:
        return _read(self._api.get(path))


def _read(answer: httpx2.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    if answer.is_error:
        raise RefusedError(body.get("detail") or body.get("title") or f"status {answer.status_code}")
    return body


def _stop(city: City, nights: int, catalogue: Catalogue) -> dict[str, Any]:
    stop: dict[str, Any] = {"name": city.names[0], "nights": nights}
    hotels = [p for p in catalogue.places if p.city.id == city.id and p.category == "lodging"]
    if nights and hotels:
        hotel = min(hotels, key=lambda place: (place.point.metres_to(city.point), place.id))
        stop["lodging"] = {
            "name": hotel.name,
            "address": hotel.address,
            "point": {"lat": hotel.point.lat, "lng": hotel.point.lng},
        }
        stop |= {"checkIn": CHECK_IN, "checkOut": CHECK_OUT}
    return stop

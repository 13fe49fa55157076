"""Who may do what: every endpoint of the published route table, asked by everybody there is."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import orjson
import pytest

from devstack.stack import Stack
from tests.acceptance.matrix import MATRIX, WHO, YES
from tests.acceptance.traveller import Traveller, member, stop
from tests.issuer import Issuer
from tests.launch import ROOT

DOCUMENT: dict[str, Any] = orjson.loads((ROOT / "shared/http/openapi/openapi.json").read_bytes())
OPERATOR = uuid4()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A row of the published route table, with its example."""

    name: str
    method: str
    path: str
    body: object


def endpoints() -> Iterator[Endpoint]:
    for path, methods in DOCUMENT["paths"].items():
        for method, entry in methods.items():
            content = entry.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield Endpoint(entry["operationId"], method.upper(), path, content.get("example"))


ENDPOINTS = {endpoint.name: endpoint for endpoint in endpoints()}


class Company:
    """One trip, its plan and everybody who has, had or never had to do with it."""

    def __init__(self, stack: Stack, issuer: Issuer, open_travellers: ExitStack) -> None:
        self.stack, self.issuer = stack, issuer
        self.people = {
            name: open_travellers.enter_context(Traveller(stack.web))
            for name in ("stranger", "revoked", "viewer", "editor", "owner", "guest")
        }
        self.owner = self.people["owner"]
        with Traveller(stack.web) as bystander:
            self.bystander = str(bystander.call("GET", "/users/me").json()["id"])
        self.anyone = open_travellers.enter_context(httpx2.Client(base_url=stack.web, timeout=40))
        self.trip = ""
        self.job = ""
        self.notification = ""
        self.place = ""
        self.search = ""
        self.export = ""

    def begin(self, *, planned: bool) -> None:
        """Another trip, shared anew."""
        self.trip = self.owner.new_trip(
            members=[member()] * 3, destinations=[stop(), stop("Salzburg"), stop()]
        )
        for name, role in (
            ("viewer", "viewer"),
            ("editor", "editor"),
            ("revoked", "editor"),
            ("guest", "viewer"),
        ):
            self.invite(self.people[name], role)
        revoked = self.person("revoked")
        assert self.owner.call("DELETE", f"/trips/{self.trip}/people/{revoked}").status_code == 204
        if planned:
            self.job = self.owner.ask(self.trip)
            self.owner.wait_for(self.job, "completed")
            self.notification = self.owner.inbox(at_least=1)[0]["id"]
            self.place = next(
                item["place"]["id"]
                for item in self.owner.plan(self.trip)["days"][0]["items"]
                if item["kind"] == "visit"
            )
            around = ENDPOINTS["start_place_search"].body
            self.search = self.owner.call("POST", "/place-searches", json=around).json()["id"]
            self.export = self.owner.export()["id"]

    def invite(self, who: Traveller, role: str) -> None:
        link = self.owner.call("POST", f"/trips/{self.trip}/invitations", json={"role": role}).json()
        accepted = who.call(
            "POST", "/invitations/accept", json={"token": link["token"], "name": who.username[:20]}
        )
        assert (accepted.status_code, accepted.json()["role"]) == (200, role), accepted.text

    def person(self, name: str) -> str:
        people = self.owner.call("GET", f"/trips/{self.trip}/people").json()["items"]
        return str(next(p["userId"] for p in people if p["name"] == self.people[name].username[:20]))

    def ask(self, endpoint: Endpoint, who: str) -> int:
        path = re.sub(r"{(\w+)}", lambda match: self._id(match[1], endpoint.name), endpoint.path)
        options: dict[str, Any] = {
            "headers": self._authorisation(who),
            "params": self._query(endpoint.name),
        }
        if endpoint.name == "put_avatar":
            options["content"] = b"no picture"
        elif endpoint.body is not None:
            options["json"] = self._body(endpoint, who)
        answer: httpx2.Response = self.anyone.request(endpoint.method, path, **options)
        return int(answer.status_code)

    def _query(self, operation: str) -> Mapping[str, object]:
        """What has to be in the query string."""
        around = {"lat": 48.137, "lng": 11.575}
        queries: dict[str, Mapping[str, object]] = {
            "find_nearby_places": {**around, "minutes": 10, "mode": "walk"},
            "search_places_by_name": {**around, "q": "museum"},
            "compare_schedule_versions": {"from": 1, "to": 1},
            "recommend_place": {"tripId": self.trip},
            "operator_find_account": {"login": self.owner.username},
        }
        return queries.get(operation, {})

    def _body(self, endpoint: Endpoint, who: str) -> object:
        body: Any = endpoint.body
        if endpoint.name == "accept_invitation":
            link = self.owner.call("POST", f"/trips/{self.trip}/invitations", json={}).json()
            return {**body, "token": link["token"]}
        if endpoint.name == "sign_in":
            return {"login": self.owner.username, "password": "correct horse 9!"}
        return {"name": who.title()} if endpoint.name == "change_profile" else body

    def _id(self, name: str, operation: str) -> str:
        if operation.startswith("operator_") and name == "user_id":
            return self.bystander
        read = self.owner.call("GET", f"/trips/{self.trip}").json()
        if name == "invitation_id":
            return str(self.owner.call("POST", f"/trips/{self.trip}/invitations", json={}).json()["id"])
        if name == "user_id":
            return self.person("guest")
        return str(
            {
                "trip_id": self.trip,
                "member_id": read["members"][0]["id"],
                "destination_id": read["destinations"][0]["id"],
                "job_id": self.job,
                "notification_id": self.notification,
                "place_id": self.place,
                "search_id": self.search,
                "day": 1,
                "version": 1,
                "export_id": self.export,
                "number": 1,
                "file": "start.js",
            }[name]
        )

    def _authorisation(self, who: str) -> dict[str, str]:
        if who == "anonymous":
            return {}
        if who == "expired":
            return {"Authorization": f"Bearer {self._expired()}"}
        if who == "operator":
            return {"Authorization": f"Bearer {self.issuer.token(OPERATOR)}"}
        return {"Authorization": self.people[who].api.headers["Authorization"]}

    def _expired(self) -> str:
        """The owner's own token, signed with the right key, a second after its time."""
        token = self.owner.api.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, options={"verify_signature": False})
        kid, key = next(iter(json.loads(self.stack.settings["TOKEN_KEYS"]).items()))
        now = int(time.time())
        return jwt.encode(
            {**claims, "iat": now - 901, "exp": now - 1}, key, algorithm="EdDSA", headers={"kid": kid}
        )


@pytest.fixture(scope="module")
def company(stack: Stack, issuer: Issuer) -> Iterator[Company]:
    with ExitStack() as opened:
        made = Company(stack, issuer, opened)
        made.begin(planned=True)
        yield made


ENDS_SESSIONS = {"sign_out", "sign_out_everywhere", "delete_account"}
LAST = {"delete_trip", "accept_invitation", *ENDS_SESSIONS}
"""What changes who somebody is, or takes away what the others ask about."""


def met(status: int, wanted: int) -> bool:
    return status not in {401, 403, 404} and status < 500 if wanted == YES else status == wanted


def test_every_published_endpoint_has_its_row() -> None:
    assert set(MATRIX) == set(ENDPOINTS)


@pytest.mark.parametrize("name", [name for name in ENDPOINTS if name not in LAST])
def test_an_endpoint_answers_whom_it_should_and_refuses_the_others(company: Company, name: str) -> None:
    found = {who: company.ask(ENDPOINTS[name], who) for who in WHO}
    assert [who for who in WHO if not met(found[who], MATRIX[name][who])] == [], found


@pytest.mark.parametrize("name", ["delete_trip", "accept_invitation"])
def test_what_ends_or_starts_a_membership_answers_likewise(stack: Stack, issuer: Issuer, name: str) -> None:
    with ExitStack() as opened:
        company = Company(stack, issuer, opened)
        company.begin(planned=False)
        found = {who: company.ask(ENDPOINTS[name], who) for who in WHO}
    assert [who for who in WHO if not met(found[who], MATRIX[name][who])] == [], found


@pytest.mark.parametrize("name", sorted(ENDS_SESSIONS))
def test_a_session_is_ended_by_its_own_token_only(stack: Stack, issuer: Issuer, name: str) -> None:
    with ExitStack() as opened:
        company = Company(stack, issuer, opened)
        found = {who: company.ask(ENDPOINTS[name], who) for who in WHO}
    assert [who for who in WHO if not met(found[who], MATRIX[name][who])] == [], found


def test_bulk_deletion_touches_no_shared_trip(company: Company) -> None:
    for who in ("stranger", "revoked", "viewer", "editor"):
        body = {"ids": [company.trip]}
        answer = company.people[who].call("POST", "/trips/bulk-delete", json=body)
        assert answer.json() == {"deleted": [], "missing": [company.trip]}
    assert company.owner.call("GET", f"/trips/{company.trip}").status_code == 200


def test_an_editor_has_a_plan_made_watches_and_cancels_it(stack: Stack, issuer: Issuer) -> None:
    with ExitStack() as opened:
        company = Company(stack, issuer, opened)
        company.begin(planned=False)
        editor = company.people["editor"]
        first = editor.ask(company.trip)
        assert editor.call("DELETE", f"/schedule-jobs/{first}").json()["state"] == "cancelled"
        second = f"/schedule-jobs/{editor.ask(company.trip)}"
        editor.wait_for(second.rpartition("/")[2], "completed")
        assert company.owner.call("GET", second).json()["state"] == "completed"
        assert company.owner.inbox(at_least=1)
        refused = {who: company.people[who].call("GET", second) for who in ("stranger", "viewer")}
        assert {who: answer.status_code for who, answer in refused.items()} == {
            "stranger": 404,
            "viewer": 403,
        }
        assert company.trip not in refused["stranger"].text


TELLING = ("health", "party", "why", "tips", "warnings", "report", "request", "unmet")
"""What a plan says of health, or may say in words."""


def test_no_answer_to_a_viewer_tells_health(company: Company) -> None:
    viewer = company.people["viewer"]
    at = f"/trips/{company.trip}"
    for path in (at, f"{at}/members", "/trips?shared=true", f"{at}/timetable", f"{at}/weather"):
        answer = viewer.call("GET", path)
        assert answer.status_code == 200
        said = answer.text.replace(" ", "")
        assert [name for name in TELLING if f'"{name}":' in said and f'"{name}":null' not in said] == [], path
    assert '"health":"' in company.owner.call("GET", f"/trips/{company.trip}").text.replace(" ", "")

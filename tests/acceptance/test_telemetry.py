"""What operators are told of a traveller's way through the product: all that happened, and nobody's name."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstack.stack import Stack
from tests.acceptance.conftest import Trouble
from tests.acceptance.traveller import Json, Traveller, member, stop
from tests.collector import Collector, PointSeen, SpanSeen

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüéßñøłçşžčæþðêàAÄÉÑØŁKZ가나다라마山川田中とみ"
word = st.text(LETTERS, min_size=7, max_size=14)
# A word nobody else writes: found in a log it can only have come from here.
unheard = st.builds(lambda text: text + secrets.token_hex(4), word)


@dataclass(frozen=True)
class Person:
    """What nobody but the traveller should read; the place is a lodging in Munich."""

    name: str
    other: str
    wish: str
    inn: str
    lat: float
    lng: float

    @property
    def hidden(self) -> tuple[str, ...]:
        return (self.name, self.other, self.wish, self.inn, f"{self.lat:.6f}", f"{self.lng:.6f}")


people = st.builds(
    Person,
    name=unheard,
    other=unheard,
    wish=unheard,
    inn=unheard,
    lat=st.integers(48_100_001, 48_199_999).map(lambda degrees: degrees / 1e6),
    lng=st.integers(11_500_001, 11_649_999).map(lambda degrees: degrees / 1e6),
)
WAY_IN = ["request_schedule"]
WAY = {
    *WAY_IN,
    "create ai-schedule-generation",
    "generate_schedule",
    "create location-search",
    "search_places",
    "places.searchText",
    "chat gpt-sim",
    "routes.computeRoutes",
    "create notification",
    "notify_user",
}
BROKEN = ("null", "[]", '{"email": 7}', "{", '"x"')


def test_one_trace_leads_from_the_request_to_the_model_and_the_inbox(
    collector: Collector, ines: Traveller
) -> None:
    # Somewhere nobody has asked for yet, so that places are searched.
    job_id = ines.ask(ines.new_trip(destinations=[stop("Tokyo Tower")]), specialRequests="Vegan food only.")
    assert ines.wait_for(job_id)["state"] == "completed"
    (trace,) = collector.wait_for(lambda: traces_of(collector, job_id))
    collector.wait_for(lambda: named(collector.of_trace(trace)) >= WAY and roots(collector, trace) == WAY_IN)
    steps = {
        span.attributes["tripgen.job.step"]
        for span in collector.of_trace(trace)
        if span.name == "generate_schedule"
    }
    assert steps >= {"queued", "planning", "drafted"}


def test_a_trace_that_a_client_began_goes_on(collector: Collector, ines: Traveller) -> None:
    trace, parent = secrets.token_hex(16), secrets.token_hex(8)
    ines.call("GET", "/trips", headers={"traceparent": f"00-{trace}-{parent}-00"})
    (span,) = collector.wait_for(lambda: collector.of_trace(trace))
    assert (span.name, span.kind, span.parent) == ("list_trips", "server", parent)


def test_probes_are_not_told_of(collector: Collector, ines: Traveller) -> None:
    for path in ("/health/live", "/health/ready"):
        assert ines.call("GET", path).status_code == 200
    ines.call("GET", "/users/me")
    collector.wait_for(lambda: [span for span in collector.spans if span.name == "read_profile"])
    assert not {"health_live", "health_ready"} & named(collector.spans)


def test_what_operators_ask_for_is_measured(collector: Collector, trouble: Trouble, ines: Traveller) -> None:
    trouble.fault("openai", mode="down", seconds=60)
    assert ines.wait_for(ines.ask(ines.new_trip(), specialRequests="Vegan."))["state"] == "completed"
    cancelled = ines.ask(ines.new_trip(destinations=[stop("Munich", 10)]))
    assert ines.call("DELETE", f"/schedule-jobs/{cancelled}").status_code == 200
    assert ines.call("GET", "/trips/none").status_code == 404
    wanted: list[tuple[str, Json]] = [
        ("tripgen.jobs", {"tripgen.job.outcome": "requested"}),
        ("tripgen.jobs", {"tripgen.job.outcome": "completed"}),
        ("tripgen.jobs", {"tripgen.job.outcome": "cancelled"}),
        ("tripgen.job.duration", {"tripgen.job.outcome": "completed"}),
        ("tripgen.job.step.duration", {"tripgen.job.step": "planning"}),
        ("http.server.request.duration", {"faas.name": "read_trip", "http.response.status_code": 404}),
        ("messaging.process.duration", {"faas.name": "generate_schedule"}),
        ("tripgen.outside_call.attempts", {"peer.service": "google routes"}),
        ("tripgen.outside_call.cost", {"peer.service": "google routes"}),
        ("tripgen.outside_call.duration", {"peer.service": "google routes"}),
        ("gen_ai.client.operation.duration", {"gen_ai.request.model": "gpt-sim", "error.type": "unusable"}),
        ("tripgen.outbox.age", {"messaging.destination.name": "notification"}),
    ]
    for name, attributes in wanted:
        assert collector.wait_for(lambda name=name, some=attributes: measured(collector, name, some))  # type: ignore[misc]


def test_a_message_nobody_can_read_is_counted(collector: Collector, stack: Stack, trouble: Trouble) -> None:
    send(stack, {"type": "NotifyUser"})
    dead = {"faas.name": "notify_user"}
    assert collector.wait_for(lambda: measured(collector, "tripgen.message.dead_letters", dead))
    failed = {"faas.name": "notify_user", "error.type": "Poison"}
    assert collector.wait_for(lambda: measured(collector, "messaging.process.duration", failed))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    who=people,
    broken=st.sampled_from(BROKEN),
    away=st.sampled_from(["googlemaps", "openweather", "openai"]),
)
def test_nobody_is_named_in_any_log_or_span(
    collector: Collector, stack: Stack, trouble: Trouble, *, who: Person, broken: str, away: str
) -> None:
    username = secrets.token_hex(6)
    account = {
        "username": username,
        "email": f"{username}+{username}@example.org",
        "name": who.name,
        "phone": "+4915112345678",
        "password": f"Pw {secrets.token_hex(6)}!",
    }
    with Traveller(stack.web) as someone:
        tokens = sign_up_and_in(someone, account, who)
        trip_id = ask_around(someone, who, broken=broken)
        trouble.fault(away, mode="down", seconds=2)
        send(
            stack,
            {"type": "NotifyUser", "version": 1, "subject": who.name, "userId": account["email"], who.inn: 1},
        )
        job_id = someone.ask(trip_id, specialRequests=f"{who.wish} please", mustSee=[who.wish])
        assert someone.wait_for(job_id)["state"] == "completed"
        last = secrets.token_hex(16)
        someone.call("GET", "/users/me", headers={"traceparent": f"00-{last}-{'1' * 16}-01"})
    collector.wait_for(lambda: collector.of_trace(last))
    keys = [stack.settings[key] for key in ("GOOGLE_MAPS_KEY", "OPENAI_KEY", "OPENWEATHER_KEY", "KAKAO_KEY")]
    for place, text in told(stack, collector):
        found = [value for value in (*who.hidden, *account.values(), *tokens, *keys) if value in text]
        assert not found, f"{found} in {place}"


def sign_up_and_in(someone: Traveller, account: dict[str, str], who: Person) -> list[str]:
    """Also twice, wrongly, and with a token that was used before; returns every token that was handed out."""
    email = account["email"].replace("+", "%2B")
    asked = [
        someone.call("POST", "/users", json=account),
        someone.call("POST", "/users", json=account),
        someone.call("POST", "/users", json=account | {"name": who.other * 9}),
        someone.call("GET", f"/users/availability?email={email}"),
        someone.call("POST", "/sessions", json={"login": account["email"], "password": who.wish}),
    ]
    assert [answer.status_code for answer in asked] == [201, 409, 422, 200, 401]
    signed_in = {"login": account["username"], "password": account["password"]}
    first = someone.call("POST", "/sessions", json=signed_in).json()
    fresh = someone.call("POST", "/sessions/refresh", json={"refreshToken": first["refreshToken"]}).json()
    stolen = someone.call("POST", "/sessions/refresh", json={"refreshToken": first["refreshToken"]})
    assert stolen.status_code == 401
    last = someone.call("POST", "/sessions", json=signed_in).json()
    someone.api.headers["Authorization"] = f"Bearer {last['accessToken']}"
    return [each[kind] for each in (first, fresh, last) for kind in ("accessToken", "refreshToken")]


def ask_around(someone: Traveller, who: Person, *, broken: str) -> str:
    """A trip with members and a lodging, and requests that are refused; returns the trip's id."""
    point = {"lat": who.lat, "lng": who.lng}
    lodging = {"name": who.inn, "address": f"{who.inn} 7", "point": point}
    trip_id = someone.new_trip(members=[member(name=who.other)], destinations=[stop(lodging=lodging)])
    someone.call("POST", f"/trips/{trip_id}/members", content=broken)
    someone.call("GET", f"/trips?q={who.name}")
    someone.call("PATCH", "/users/me", json={"name": who.other}, headers={"If-Match": '"7"'})
    someone.call("GET", f"/places/nearby?lat={who.lat}&lng={who.lng}&minutes=10&mode=walk")
    someone.call("GET", f"/places/search?q={who.name}&lat={who.lat}&lng={who.lng}")
    return trip_id


def send(stack: Stack, document: Json) -> None:
    """Put something into the queue of notifications."""
    with (
        ServiceBusClient.from_connection_string(stack.settings["ServiceBus"]) as client,
        client.get_queue_sender("notification") as sender,
    ):
        sender.send_messages(ServiceBusMessage(json.dumps(document), message_id=secrets.token_hex(8)))


def told(stack: Stack, collector: Collector) -> Iterator[tuple[str, str]]:
    """Everything any process wrote to its log, and everything that was exported."""
    logs = list(stack.slot.logs.glob("*.log"))
    assert {"web.log", "worker.log", "postgres.log"} <= {log.name for log in logs}
    for log in logs:
        yield log.name, log.read_text(errors="replace")
    yield "exported", "\n".join(body.decode(errors="replace") for body in collector.raw)


@pytest.mark.parametrize("trouble_of_it", ["away", "silent"])
def test_a_collector_in_trouble_does_not_hold_up_the_product(
    collector: Collector, ines: Traveller, *, trouble_of_it: str
) -> None:
    if trouble_of_it == "silent":
        collector.hold()
    else:
        collector.status = 500
    try:
        ines.call("GET", "/trips")
        collector.wait_for(lambda: collector.held or collector.refused)
        before = len(collector.spans)
        assert [ines.call("GET", "/trips").status_code for _ in range(50)] == [200] * 50
        assert ines.wait_for(ines.ask(ines.new_trip()))["state"] == "completed"
        assert len(collector.spans) == before
    finally:
        collector.status = 200
        collector.release()
    trace = secrets.token_hex(16)
    ines.call("GET", "/trips", headers={"traceparent": f"00-{trace}-{'1' * 16}-01"})
    collector.wait_for(lambda: collector.of_trace(trace))


def test_what_waits_is_sent_when_the_host_stops(collector: Collector, stack: Stack, ines: Traveller) -> None:
    trace = secrets.token_hex(16)
    ines.call("GET", "/trips", headers={"traceparent": f"00-{trace}-{'1' * 16}-01"})
    stack.stop("web")  # within the second that a batch waits
    try:
        assert collector.wait_for(lambda: collector.of_trace(trace))
    finally:
        stack.start("web")
        stack.wait("web")


def traces_of(collector: Collector, job_id: str) -> set[str]:
    return {span.trace for span in collector.spans if span.attributes.get("tripgen.job.id") == job_id}


def roots(collector: Collector, trace: str) -> list[str]:
    """Spans whose parent is not there: the first one, once all have arrived."""
    spans = collector.of_trace(trace)
    known = {span.id for span in spans}
    return [span.name for span in spans if span.parent not in known]


def named(spans: list[SpanSeen]) -> set[str]:
    return {span.name for span in spans}


def measured(collector: Collector, name: str, attributes: Json) -> list[PointSeen]:
    return [p for p in collector.points if p.name == name and attributes.items() <= p.attributes.items()]

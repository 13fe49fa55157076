"""What operators are told of a traveller's way through the product: all that happened, and nobody's name."""

import secrets
from collections.abc import Iterator

import pytest
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
lodgings = st.tuples(st.integers(100_000, 199_999), st.integers(500_000, 649_999))
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
    from azure.servicebus import ServiceBusClient, ServiceBusMessage  # noqa: PLC0415

    with (
        ServiceBusClient.from_connection_string(stack.settings["ServiceBus"]) as client,
        client.get_queue_sender("notification") as sender,
    ):
        sender.send_messages(ServiceBusMessage('{"type": "NotifyUser"}', message_id=secrets.token_hex(8)))
    dead = {"faas.name": "notify_user"}
    assert collector.wait_for(lambda: measured(collector, "tripgen.message.dead_letters", dead))
    failed = {"faas.name": "notify_user", "error.type": "Poison"}
    assert collector.wait_for(lambda: measured(collector, "messaging.process.duration", failed))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=unheard, other=unheard, wish=unheard, inn=unheard, at=lodgings, broken=st.sampled_from(BROKEN))
def test_nobody_is_named_in_any_log_or_span(
    collector: Collector,
    stack: Stack,
    *,
    name: str,
    other: str,
    wish: str,
    inn: str,
    at: tuple[int, int],
    broken: str,
) -> None:
    local = secrets.token_hex(6)
    password, email = f"Pw {secrets.token_hex(6)}!", f"{local}+{local}@example.org"
    lat, lng = 48 + at[0] / 1e6, 11 + at[1] / 1e6
    with Traveller(stack.web) as someone:
        account = {
            "username": local,
            "email": email,
            "name": name,
            "phone": "+4915112345678",
            "password": password,
        }
        assert someone.call("POST", "/users", json=account).status_code == 201
        assert someone.call("POST", "/users", json=account).status_code == 409
        assert someone.call("POST", "/users", json=account | {"name": other * 9}).status_code == 422
        assert (
            someone.call("GET", f"/users/availability?email={email.replace('+', '%2B')}").status_code == 200
        )
        assert someone.call("POST", "/sessions", json={"login": email, "password": wish}).status_code == 401
        session = someone.call("POST", "/sessions", json={"login": local, "password": password}).json()
        someone.api.headers["Authorization"] = f"Bearer {session['accessToken']}"
        lodging = {"name": inn, "address": f"{inn} 7", "point": {"lat": lat, "lng": lng}}
        trip_id = someone.new_trip(
            members=[member(name=other)], destinations=[stop("Munich", 1, lodging=lodging)]
        )
        someone.call("POST", f"/trips/{trip_id}/members", content=broken)
        someone.call("GET", f"/trips?q={name}")
        someone.call("PATCH", "/users/me", json={"name": other}, headers={"If-Match": '"7"'})
        someone.call("GET", f"/places/nearby?lat={lat}&lng={lng}&minutes=10&mode=walk")
        job = someone.wait_for(someone.ask(trip_id, specialRequests=f"{wish} please", mustSee=[wish]))
        assert job["state"] == "completed"
        someone.call("POST", "/sessions/refresh", json={"refreshToken": session["refreshToken"] + "x"})
        fresh = someone.call(
            "POST", "/sessions/refresh", json={"refreshToken": session["refreshToken"]}
        ).json()
        someone.call("POST", "/sessions/refresh", json={"refreshToken": session["refreshToken"]})
        last = secrets.token_hex(16)
        someone.call("GET", "/users/me", headers={"traceparent": f"00-{last}-{'1' * 16}-01"})
    collector.wait_for(lambda: collector.of_trace(last))
    hidden = [name, other, wish, inn, email, local, password, "+4915112345678", f"{lat:.6f}", f"{lng:.6f}"]
    tokens = [session["accessToken"], session["refreshToken"], fresh["refreshToken"]]
    keys = [stack.settings[key] for key in ("GOOGLE_MAPS_KEY", "OPENAI_KEY", "OPENWEATHER_KEY", "KAKAO_KEY")]
    for place, text in told(stack, collector):
        found = [value for value in (*hidden, *tokens, *keys) if value in text]
        assert not found, f"{found} in {place}"


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

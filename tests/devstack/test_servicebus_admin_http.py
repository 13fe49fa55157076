"""The administration surface without a client library: what is refused, and the shapes clients rely on."""

from collections.abc import Iterator
from xml.etree import ElementTree

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.servicebus.admin.description import iso_duration
from devstack.servicebus.admin.reading import MalformedEntry, read_description
from devstack.servicebus.config import duration
from tests.devstack.servicebus_admin_parts import Emulator, emulator, token

ATOM = "{http://www.w3.org/2005/Atom}"
COUNTS = "{http://schemas.microsoft.com/netservices/2011/06/servicebus}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("admin-http")) as started:
        yield started


def parsed(answer: httpx2.Response) -> ElementTree.Element:
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer


def described(*properties: str, before: str = "") -> bytes:
    """An entry with these properties of a queue."""
    inner = f'<QueueDescription xmlns="connect">{"".join(properties)}</QueueDescription>'
    return f'{before}<entry xmlns="atom"><content type="application/xml">{inner}</content></entry>'.encode()


def test_health_needs_no_authorization(running: Emulator) -> None:
    for name in ("admin", "control"):
        assert httpx2.get(running.addresses[name] + "/health").json()["status"] == "healthy"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer eyJ",
        "SharedAccessSignature sr=x",
        token("http://localhost", key="other"),
        token("http://localhost", expiry=1),
        token("http://localhost/bulk"),
    ],
)
def test_request_without_a_valid_token_for_the_entity_is_unauthorized(
    running: Emulator, authorization: str
) -> None:
    for method in ("GET", "PUT", "DELETE"):
        refused = running.ask(method, "/jobs", authorization=authorization)
        assert refused.status_code == 401
        assert parsed(refused).findtext("Code") == "401"


def test_token_for_the_queue_or_the_namespace_covers_the_queue(running: Emulator) -> None:
    for address in ("sb://any/jobs", "https://localhost:5671/jobs?api-version=2021-05", "sb://any"):
        assert running.ask("GET", "/jobs", authorization=token(address)).status_code == 200


def test_missing_entity_is_an_empty_feed_with_the_title_clients_look_for(running: Emulator) -> None:
    answer = running.ask("GET", "/nowhere")
    feed = parsed(answer)
    assert answer.status_code == 200
    assert (feed.tag, feed.findtext(f"{ATOM}title")) == (f"{ATOM}feed", "Publicly Listed Services")
    assert feed.find(f"{ATOM}entry") is None


def test_older_versions_of_the_interface_get_the_same_entry(running: Emulator) -> None:
    for version in ("2017-04", "2021-05", "2024-05"):
        answer = running.ask("GET", f"/jobs?api-version={version}&enrich=false")
        counts = [each.tag for each in parsed(answer).iter() if COUNTS in each.tag]
        assert f"{COUNTS}ActiveMessageCount" in counts
        assert b"<d2p1:ActiveMessageCount>0</d2p1:ActiveMessageCount>" in answer.content


@pytest.mark.parametrize("query", ["$skip=-1", "$top=x", "$top=99999999999", "$skip=%C2%B2"])
def test_page_that_makes_no_sense_is_refused(running: Emulator, query: str) -> None:
    assert running.ask("GET", f"/$Resources/queues?{query}").status_code == 400


def test_unknown_list_is_refused(running: Emulator) -> None:
    assert running.ask("GET", "/$Resources/relays").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff",
        b"<entry>",
        b"<entry/>",
        described(before='<!DOCTYPE entry SYSTEM "http://127.0.0.1:1/">'),
        described("<LockDuration>&e;</LockDuration>", before='<!DOCTYPE a [<!ENTITY e "PT5S">]>'),
        described("<LockDuration>&e;</LockDuration>"),
        described(before='<?xml version="1.0" encoding="utf-7"?>')[:-1],
        described("<LockDuration>soon</LockDuration>"),
        described("<a>" * 100 + "</a>" * 100),
        b"<entry><content><TopicDescription/></content></entry>",
    ],
)
def test_malformed_description_is_refused(running: Emulator, body: bytes) -> None:
    assert running.ask("PUT", "/made", body=body).status_code == 400


@pytest.mark.parametrize("name", ["-a", "a%00b", "a%22b", "%20", "a" * 261, "$management"])
def test_name_that_no_queue_can_have_is_refused(running: Emulator, name: str) -> None:
    assert running.ask("PUT", f"/{name}", body=described()).status_code == 400


def test_body_beyond_the_limit_is_refused(running: Emulator) -> None:
    refused = running.ask("PUT", "/made", body=b"x" * 70_000)
    assert refused.status_code == 413
    assert "65536" in refused.text


def test_other_methods_are_refused(running: Emulator) -> None:
    assert running.ask("POST", "/jobs").status_code == 405


def test_null_properties_are_as_if_absent() -> None:
    nil = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"'
    body = described(f"<ForwardTo {nil}/>", "<MaxDeliveryCount> 4 </MaxDeliveryCount>", "<UserMetadata/>")
    assert read_description(body) == {"MaxDeliveryCount": "4", "UserMetadata": ""}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_description_or_malformed(body: bytes) -> None:
    with pytest.raises(MalformedEntry):
        read_description(body)


@given(st.integers(0, 10_000_000_000).map(lambda hundredths: hundredths * 10))
def test_durations_are_written_as_they_are_read(milliseconds: int) -> None:
    assert duration(iso_duration(milliseconds)) == milliseconds

"""Known nasty requests: each is refused in the service's form, nothing is traced, the server goes on."""

import base64
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import httpx2
import pytest

from devstack.cosmos.http.app import build_app
from devstack.cosmos.http.emulator import MAX_BODY, Emulator
from devstack.cosmos.store import open_database
from tests.devstack.cosmos_raw import DOCS, Running, key, refusal, running_emulator

FEED_TOKEN_TOO_FAR = base64.urlsafe_b64encode(b'["feed",9223372036854775808]').decode()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_emulator(tmp_path_factory.mktemp("garbage")) as running:
        yield running


@pytest.mark.parametrize(
    ("method", "path"), [("TRACE", "/dbs"), ("OPTIONS", DOCS), ("PUT", "/dbs"), ("PUT", "/_devstack/reset")]
)
def test_unknown_verb_is_not_allowed(running: Running, method: str, path: str) -> None:
    assert method in refusal(running.ask(method, path), 405)


@pytest.mark.parametrize(
    "path", ["/dbs/tripgen/users", "/dbs/tripgen/colls/schedules/sprocs/a", "/nothing/at/all"]
)
def test_resource_that_is_not_offered_does_not_exist(running: Running, path: str) -> None:
    refusal(running.ask("GET", path), 404)


@pytest.mark.parametrize("count", ["9" * 5000, "9223372036854775808", "0", "-2", "1.5", "x", ""])
def test_wrong_item_count_is_refused(running: Running, count: str) -> None:
    response = running.ask("GET", DOCS, {"x-ms-max-item-count": count})
    assert "x-ms-max-item-count" in refusal(response, 400)


@pytest.mark.parametrize("etag", ["9" * 5000, "99999999999999999999", '"9223372036854775808"', "x", "-1"])
def test_wrong_position_in_the_change_feed_is_refused(running: Running, etag: str) -> None:
    response = running.ask("GET", DOCS, {"a-im": "Incremental feed", "if-none-match": etag})
    assert "If-None-Match" in refusal(response, 400)


@pytest.mark.parametrize("token", [FEED_TOKEN_TOO_FAR, "WyJmZWVkIiwtMV0=", "WyJmZWVkIl0=", "AAAA", "\xe9"])
def test_wrong_continuation_token_is_refused(running: Running, token: str) -> None:
    headers = {"x-ms-continuation": token.encode("latin-1")}
    assert "continuation" in refusal(running.ask("GET", DOCS, headers), 400)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM c WHERE c.n = " + "9" * 5000,
        "SELECT VALUE SUBSTRING('abc', 1e999, 1) FROM c",
        "SELECT TOP 1e999 * FROM c",
        "SELECT VALUE '\\ud800' FROM c",
        "SELECT * FROM c WHERE " + "(" * 3000,
        "SELECT * FROM c WHERE c" + ".a" * 5000 + " = 1",
        "SELECT * FROM c WHERE 1" + " + 1" * 5000 + " = 1",
        "SELECT * FROM c WHERE c.a = \x00",
        "",
    ],
)
def test_query_that_cannot_be_read_is_refused(running: Running, sql: str) -> None:
    running.ask("POST", DOCS, key(), {"id": "one", "tripId": "t"})
    refusal(running.query(sql), 400)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("99999999999999999999", [1e20]),
        ("9223372036854775807 * 9", [9223372036854775807 * 9.0]),
        ("1e308 * 10", []),
        ("SUBSTRING('abc', 1e300, 1)", [""]),
        ("'\\ud83d\\ude00'", ["😀"]),
    ],
)
def test_numbers_and_texts_at_the_edge_have_a_value(running: Running, sql: str, value: list[Any]) -> None:
    running.ask("POST", DOCS, key("edge"), {"id": "one", "tripId": "edge"})
    response = running.query(f"SELECT VALUE {sql} FROM c", "edge")  # noqa: S608
    assert response.json()["Documents"] == value


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("Mon, 01 Jan 2024 00:00:00 -0000", 403),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 401),
        ("", 401),
        ("yesterday", 401),
    ],
)
def test_signed_date_that_is_wrong_or_old_is_refused(running: Running, date: str, status: int) -> None:
    headers = running.signed("GET", "/dbs", date or " ") | {"x-ms-date": date}
    refusal(running.http.get("/dbs", headers=headers), status)


def test_date_of_an_unknown_place_is_utc(running: Running) -> None:
    date = formatdate().strip()
    assert date.endswith("-0000")
    assert running.http.get("/dbs", headers=running.signed("GET", "/dbs", date)).status_code == 200


def test_body_is_limited_while_it_is_read(running: Running) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 20 * MAX_BODY:
            sent += 65_536
            yield b" " * 65_536

    headers = running.signed("POST", DOCS) | key()
    try:
        response = running.http.post(DOCS, headers=headers, content=endless())
    except httpx2.TransportError:  # the connection closed while the rest was on its way
        return
    assert "exceeds" in refusal(response, 413)


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b'{"a":NaN}', b"[" * 2000, b'{"id":"\\ud800"}'])
def test_body_that_is_no_document_is_refused(running: Running, body: bytes) -> None:
    refusal(running.ask("POST", DOCS, key(), body), 400)


def test_document_nested_too_deep_is_refused(running: Running) -> None:
    body = b'{"id":"deep","tripId":"t","a":' + b"[" * 150 + b"]" * 150 + b"}"
    response = running.ask("POST", DOCS, key(), body)
    assert "128" in refusal(response, 400)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"partitionKey": {"paths": ["p"]}}, "partitionKey.paths"),
        ({"partitionKey": None}, "partitionKey"),
        ({"defaultTtl": 2**63}, "defaultTtl"),
        ({"defaultTtl": 0}, "defaultTtl"),
        ({"indexingPolicy": "x"}, "indexingPolicy"),
        ({"indexingPolicy": {"compositeIndexes": [[{"path": 1}]]}}, "compositeIndexes"),
        ({"uniqueKeyPolicy": {"uniqueKeys": [{"paths": []}]}}, "uniqueKeys"),
    ],
)
def test_wrong_definition_of_a_container_names_the_part(
    running: Running, change: dict[str, Any], named: str
) -> None:
    definition = {"id": "wrong", "partitionKey": {"paths": ["/p"], "kind": "Hash"}} | change
    assert named in refusal(running.ask("POST", "/dbs/tripgen/colls", body=definition), 400)


def test_patch_beyond_a_double_or_with_a_huge_index_is_refused(running: Running) -> None:
    running.ask("POST", DOCS, key(), {"id": "big", "tripId": "t", "n": 1.7e308, "list": [1]})
    for operation in (
        {"op": "incr", "path": "/n", "value": 1.7e308},
        {"op": "set", "path": f"/list/{'9' * 5000}", "value": 1},
    ):
        refusal(running.ask("PATCH", f"{DOCS}/big", key(), [operation]), 400)


async def test_defect_of_the_emulator_is_an_answer_too() -> None:
    connection = open_database(None)
    emulator = Emulator.over(connection, key=b"key", clock=time.time)
    connection.close()  # nothing that needs the store can be served any more
    transport = httpx2.ASGITransport(build_app(emulator), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as http:
        message = refusal(await http.get("/_devstack/health"), 500)
    assert message == "The emulator failed: ProgrammingError."

"""Front and workers as separate processes: who is hurt when one of them is stuck or dies."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.devstack.host_support import APPS, eventually, refusal, running, write_settings

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder = tmp_path_factory.mktemp("workers")
    settings = write_settings(
        folder, FUNCTIONS_WORKER_PROCESS_COUNT="2", FUNCTIONS_REQUEST_BODY_SIZE_LIMIT=str(4 * MEGABYTE)
    )
    (folder / "app").mkdir()
    (folder / "app" / "function_app.py").write_text((APPS / "web" / "function_app.py").read_text())
    with running(folder / "app", settings) as url, httpx2.Client(base_url=url, timeout=15) as client:
        eventually(lambda: client.get("/admin/host/status").json()["workers"]["ready"] == 2)
        yield client


def status(client: httpx2.Client) -> dict[str, int]:
    workers: dict[str, int] = client.get("/admin/host/status").json()["workers"]
    return workers


def raw(client: httpx2.Client, data: bytes) -> bytes:
    """What the host answers to these bytes until it closes the connection."""
    place = urlsplit(str(client.base_url))
    with socket.create_connection((place.hostname, place.port or 0), timeout=10) as peer:
        peer.sendall(data)
        received = b""
        while part := peer.recv(65536):
            received += part
    return received


def test_blocking_handler_holds_up_neither_health_nor_the_other_worker(client: httpx2.Client) -> None:
    with ThreadPoolExecutor() as pool:
        blocked = pool.submit(client.get, "/api/blocked?seconds=1.5")
        while not blocked.done():
            assert client.get("/admin/host/ping").status_code == 200
            assert client.get("/runtime/health/ready").status_code == 200
            if client.get("/api/any").text == "GET" and not blocked.done():
                break
        else:
            pytest.fail("the other worker did not answer meanwhile")
        assert blocked.result().text == "slept"


def test_request_of_a_worker_that_dies_is_a_bad_gateway_and_the_worker_comes_back(
    client: httpx2.Client,
) -> None:
    before = status(client)["restarts"]
    reply = client.get("/api/exit")
    assert reply.status_code == 502
    assert reply.headers["content-type"].startswith("text/plain")
    assert client.get("/api/any").text == "GET"
    eventually(lambda: status(client) == {"ready": 2, "restarts": before + 1})


def test_killed_worker_is_replaced(client: httpx2.Client) -> None:
    before = status(client)["restarts"]
    os.kill(int(client.get("/api/process").text), signal.SIGKILL)
    eventually(lambda: status(client) == {"ready": 2, "restarts": before + 1})


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 16 * MEGABYTE])
def test_answer_of_any_size_arrives_whole(client: httpx2.Client, size: int) -> None:
    assert client.get(f"/api/large/{size}").content == b"x" * size


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 3 * MEGABYTE, 4 * MEGABYTE])
def test_request_body_of_any_allowed_size_arrives_whole(client: httpx2.Client, size: int) -> None:
    assert client.post("/api/length", content=b"y" * size).text == str(size)


def test_larger_body_is_refused_before_it_is_read(client: httpx2.Client) -> None:
    assert client.post("/api/length", content=b"y" * (4 * MEGABYTE + 1)).status_code == 413


def test_client_that_leaves_in_the_middle_of_an_answer_costs_nothing(client: httpx2.Client) -> None:
    with client.stream("GET", f"/api/large/{16 * MEGABYTE}") as reply:
        next(reply.iter_bytes())
    assert client.get(f"/api/large/{MEGABYTE}").content == b"x" * MEGABYTE


def test_header_that_would_split_the_answer_is_an_error(client: httpx2.Client) -> None:
    reply = client.get("/api/split")
    assert (reply.status_code, "set-cookie" in reply.headers) == (500, False)


def test_client_that_waits_for_a_continue_is_invited(client: httpx2.Client) -> None:
    head = b"POST /api/length HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\n"
    answer = raw(client, head + b"content-length: 3\r\n\r\nabc")
    assert answer.endswith(b"3")


def test_pipelined_requests_are_answered_in_order(client: httpx2.Client) -> None:
    first = b"GET /api/large/1 HTTP/1.1\r\nhost: x\r\n\r\n"
    second = b"GET /api/any HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    answer = raw(client, first + second)
    assert answer.index(b"\r\n\r\nx") < answer.index(b"\r\n\r\nGET")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\nname : y\r\n\r\n", 400),
        (b"POST /api/length HTTP/1.1\r\nhost: x\r\ncontent-length: 1, 2\r\n\r\n", 400),
        (b"POST /api/length HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nhost: x\r\n\r\n", 400),
        (b"GET /\n\n", 400),
        (b"\n", 400),
        (
            b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
            400,
        ),
        (b"POST /api/length HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 411),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 101 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"b" * 40_000, 431),
    ],
)
def test_what_is_no_request_is_refused_and_the_host_goes_on(
    client: httpx2.Client, sent: bytes, code: int
) -> None:
    head, _, body = raw(client, sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % code)
    assert b"content-type: application/problem+json" in head
    told = json.loads(body)
    assert (told["status"], bool(told["title"] and told["detail"])) == (code, True)
    assert client.get("/api/any").text == "GET"


def test_a_request_line_that_is_too_long_is_told_the_limit(client: httpx2.Client) -> None:
    longest = 8_192 - len("GET /api/any?q= HTTP/1.1")
    assert client.get(f"/api/any?q={'a' * longest}").text == "GET"
    reply = client.get(f"/api/any?q={'a' * (longest + 1)}")
    assert (reply.status_code, reply.headers["content-type"]) == (414, "application/problem+json")
    assert "8192 bytes" in reply.json()["detail"]


@pytest.mark.parametrize("path", ["/api/status/99", "/api/status/101", "/api/status/1000", "/api/euro"])
def test_answer_that_no_client_could_read_is_an_error(client: httpx2.Client, path: str) -> None:
    assert client.get(path).status_code == 500
    assert client.get("/api/status/299").status_code == 299


@pytest.mark.parametrize(
    ("target", "extra"),
    [
        (b"/api/any", b"connection: close, upgrade\r\nupgrade: websocket\r\n"),
        (b"http://elsewhere/api/any", b"connection: close\r\n"),
    ],
)
def test_request_in_an_unusual_form_is_answered(client: httpx2.Client, target: bytes, extra: bytes) -> None:
    answer = raw(client, b"GET " + target + b" HTTP/1.1\r\nhost: x\r\n" + extra + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"GET")


@pytest.mark.parametrize("number", ["0", "11", "many"])
def test_worker_count_outside_one_to_ten_is_refused(tmp_path: Path, number: str) -> None:
    settings = write_settings(tmp_path, FUNCTIONS_WORKER_PROCESS_COUNT=number)
    code, said = refusal(APPS / "web", settings)
    assert (code, "FUNCTIONS_WORKER_PROCESS_COUNT" in said) == (3, True)

"""Garbage on every port: the connection ends, nothing is traced, and the emulator serves on."""

import asyncio
import random
import socket
import ssl
from collections.abc import Iterator

import httpx2
import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from devstack.request_body import BodyRefused, bounded_body
from devstack.servicebus.amqp.connection import OPENING_TIMEOUT_MS, State
from devstack.servicebus.amqp.frames import AMQP_HEADER, SASL_HEADER
from devstack.servicebus.http import MAX_BODY, served
from devstack.serving import LOOPBACK, listen
from tests.devstack.servicebus_admin_parts import Emulator, emulator
from tests.devstack.servicebus_parts import SECOND
from tests.devstack.servicebus_peer import Peer

PORTS = ("amqp", "control", "admin", "admin-tls")
CHANCE = random.Random(7)  # noqa: S311 - the same garbage every time
TLS_HELLO = bytes.fromhex("16030100700100006c0303") + bytes(101)
GARBAGE = {
    "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "tls": TLS_HELLO,
    "random": CHANCE.randbytes(4096),
    "zeros": bytes(4096),
    "header, then random": AMQP_HEADER + CHANCE.randbytes(4096),
    "sasl, then random": SASL_HEADER + CHANCE.randbytes(4096),
    "header, then a huge frame": AMQP_HEADER + b"\xff\xff\xff\xff\x02\x00\x00\x00" + bytes(1000),
    "header, then a frame too small": AMQP_HEADER + b"\x00\x00\x00\x00\x02\x00\x00\x00",
    "header, then a body behind the frame": AMQP_HEADER + b"\x00\x00\x00\x10\xc8\x00\x00\x00" + bytes(8),
    "header, then a list of millions": AMQP_HEADER
    + b"\x00\x00\x00\xd4\x02\x00\x00\x00\x00\x53\x10\xd0"
    + b"\xff" * 200,
    "header, then endless descriptors": AMQP_HEADER + b"\x00\x00\xea\x68\x02\x00\x00\x00" + bytes(60_000),
    "header, then transfers": AMQP_HEADER + b"\x00\x00\x00\x0c\x02\x00\x00\x00\x00\x53\x14\x45" * 1000,
    "http, then random": b"PUT /jobs HTTP/1.1\r\nContent-Length: 9\r\n\r\n" + CHANCE.randbytes(4096),
    "http without an end": b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000,
    "chunked nonsense": b"POST /faults HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "body cut short": b"POST /faults HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("garbage")) as started:
        yield started
        assert "Traceback" not in started.errors.read_text()


def serves_on(running: Emulator) -> None:
    """A message goes in and out, and both HTTP surfaces answer."""
    assert running.is_healthy()
    assert running.ask("GET", "/jobs").status_code == 200
    connection = running.connection_string("amqp")
    with (
        ServiceBusClient.from_connection_string(connection, retry_total=0) as client,
        client.get_queue_sender("bulk") as sender,
        client.get_queue_receiver("bulk") as receiver,
    ):
        sender.send_messages(ServiceBusMessage("still here"))
        receiver.complete_message(receiver.receive_messages(1, max_wait_time=10)[0])
    assert "Traceback" not in running.errors.read_text()


def test_garbage_on_every_port_ends_that_connection_alone(running: Emulator) -> None:
    for port in PORTS:
        for garbage in GARBAGE.values():
            with socket.create_connection((LOOPBACK, running.port(port)), timeout=10) as client:
                finish(client, garbage)
    serves_on(running)


def finish(client: socket.socket, data: bytes) -> None:
    """Send, say that no more comes, and read until the server has closed as well."""
    try:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        while client.recv(65_536):
            pass
    except ConnectionError:
        return  # closed with bytes unread: the system sends a reset


def test_connections_that_stay_silent_or_half_open_hold_nobody_up(running: Emulator) -> None:
    clients = [socket.create_connection((LOOPBACK, running.port(port))) for port in PORTS * 25]
    try:
        for client in clients:
            client.sendall(AMQP_HEADER[:5])
        serves_on(running)
    finally:
        for client in clients:
            client.close()
    serves_on(running)


def test_garbage_inside_tls_is_refused(running: Emulator) -> None:
    trust = ssl.create_default_context(cafile=running.authority)
    address = (LOOPBACK, running.port("admin-tls"))
    with trust.wrap_socket(socket.create_connection(address, timeout=10), server_hostname="localhost") as tls:
        tls.sendall(b"\x00\x01\x02\r\n\r\n")
        assert tls.recv(100).startswith(b"HTTP/1.1 400")
    assert running.is_healthy()


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[" * 60_000, 400), (b"x" * 70_000, 413), (b"\xff\xfe", 400), (b'{"refuseSeconds": NaN}', 400)],
)
def test_malformed_and_oversized_control_bodies_are_refused(
    running: Emulator, body: bytes, status: int
) -> None:
    refused = httpx2.post(running.addresses["control"] + "/faults", content=body)
    assert refused.status_code == status
    assert running.is_healthy()


@pytest.mark.parametrize("said", [b"", AMQP_HEADER[:3], SASL_HEADER, AMQP_HEADER])
def test_connection_that_is_not_opened_in_time_is_closed(said: bytes) -> None:
    peer = Peer()
    peer.connection.receive(said)
    assert peer.connection.tick_interval() <= SECOND
    peer.clock.pass_seconds(OPENING_TIMEOUT_MS / SECOND - 1)
    peer.connection.tick()
    assert not peer.connection.is_closed
    peer.connection.receive(b"")  # bytes that trickle in do not help
    peer.clock.pass_seconds(1)
    peer.connection.tick()
    assert peer.connection.state is State.CLOSED


async def test_headers_that_trickle_in_are_not_waited_for() -> None:
    listener = listen(0)
    async with served(PlainTextResponse("here"), listener, patience=0.2):
        reader, writer = await asyncio.open_connection(LOOPBACK, listener.getsockname()[1])
        trickle = asyncio.create_task(_trickle(writer))
        assert await reader.read() == b""
        trickle.cancel()
        writer.close()


async def _trickle(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"G")
        await asyncio.sleep(0.05)


async def test_body_that_trickles_in_is_not_waited_for() -> None:
    listener = listen(0)
    async with served(_echo, listener):
        reader, writer = await asyncio.open_connection(LOOPBACK, listener.getsockname()[1])
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        writer.close()


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        answer = PlainTextResponse(await bounded_body(Request(scope, receive), limit=MAX_BODY, patience=0.2))
    except BodyRefused as refused:
        answer = PlainTextResponse(str(refused), refused.status)
    await answer(scope, receive, send)

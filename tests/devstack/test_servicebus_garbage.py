"""Strangers on the AMQP port: whatever they send, they are answered or let go, and the others go on."""

import random
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusReceiver, ServiceBusSender

from devstack.servicebus.amqp.frames import AMQP_HEADER, SASL_HEADER
from tests.devstack.servicebus_namespace import at
from tests.launch import server

QUEUE = "notification"
NOISE = random.Random(7)  # noqa: S311 - the same noise in every run


@dataclass(frozen=True)
class Bystander:
    """Somebody who was connected before, and goes on."""

    port: int
    sender: ServiceBusSender
    receiver: ServiceBusReceiver

    def is_served(self) -> bool:
        """Whether a message still goes in and out."""
        self.sender.send_messages(ServiceBusMessage("hello"))
        [message] = self.receiver.receive_messages(1, max_wait_time=20)
        self.receiver.complete_message(message)
        return str(message) == "hello"


@pytest.fixture(scope="module")
def bystander() -> Iterator[Bystander]:
    with server("devstack.servicebus") as urls:
        namespace = at(urls)
        with (
            ServiceBusClient.from_connection_string(namespace.connection_string()) as client,
            client.get_queue_sender(QUEUE) as sender,
            client.get_queue_receiver(QUEUE) as receiver,
        ):
            yield Bystander(namespace.port, sender, receiver)


def frame(body: bytes, *, size: int | None = None, offset: int = 2, kind: int = 0) -> bytes:
    return struct.pack(">IBBH", 8 + len(body) if size is None else size, offset, kind, 0) + body


GARBAGE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"A", id="one byte"),
    pytest.param(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", id="HTTP"),
    pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, id="TLS"),
    pytest.param(NOISE.randbytes(100_000), id="noise"),
    pytest.param(AMQP_HEADER + NOISE.randbytes(100_000), id="noise after the header"),
    pytest.param(SASL_HEADER + NOISE.randbytes(1000), id="noise after the SASL header"),
    pytest.param(AMQP_HEADER + frame(b"", size=0xFFFF_FFFF), id="a frame of four gigabytes"),
    pytest.param(AMQP_HEADER + frame(b"", size=3), id="a frame smaller than its head"),
    pytest.param(AMQP_HEADER + frame(b"\x00" * 8, offset=200), id="a body that starts behind the end"),
    pytest.param(
        AMQP_HEADER + frame(b"\x00\x53\x10" + b"\xd0\xff\xff\xff\xff" * 50), id="a list of millions"
    ),
    pytest.param(AMQP_HEADER + frame(b"\x00" * 60_000), id="described, described, described"),
    pytest.param(AMQP_HEADER + frame(b"\x00\x53\x14\x45") * 1000, id="transfers before an open"),
]


@pytest.mark.parametrize("sent", GARBAGE)
@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "stays"])
def test_garbage_harms_nobody_else(bystander: Bystander, sent: bytes, *, leaves: bool) -> None:
    with socket.create_connection(("127.0.0.1", bystander.port), timeout=30) as stranger:
        stranger.sendall(sent)
        if leaves:
            stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(65_536):  # answered, then let go
                pass
        assert bystander.is_served()

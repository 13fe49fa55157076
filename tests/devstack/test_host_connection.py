"""Clients that send or read too slowly: each is let go, and the server goes on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from devstack.host.calls import Answer
from devstack.host.connection import Incoming, Patience
from devstack.host.http_server import HttpServer
from devstack.serving import LOOPBACK, listen

SHORT = Patience(idle=60.0, head=0.3, stall=0.3, sweep=0.05)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
MEGABYTE = 1024 * 1024


class Endless:
    """An answer's further bytes, as many as are asked for."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    def __aiter__(self) -> "Endless":
        return self

    async def __anext__(self) -> bytes:
        return b"x" * MEGABYTE

    def close(self) -> None:
        """Noted."""
        self.closed.set()


@dataclass
class Site:
    """A server in this process and what its handler saw."""

    port: int = 0
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)
    endless: Endless = field(default_factory=Endless)

    async def answer(self, request: Incoming) -> Answer:
        """`/endless` never ends, `/fault` raises, every other path counts the bytes of the body."""
        if request.head.path == "/endless":
            return Answer(200, (), b"", 1 << 40, self.endless)
        if request.head.path == "/fault":
            raise LookupError("a fault of the host's own")
        try:
            size = len(request.body) + sum([len(part) async for part in request.rest()])
        except ConnectionResetError:
            self.interrupted.set()
            raise
        body = b"%d" % size
        return Answer(200, (), body, len(body))

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A client's connection."""
        return await asyncio.open_connection(LOOPBACK, self.port)

    async def sent(self, data: bytes) -> bytes:
        """What comes back until the server closes the connection."""
        reader, writer = await self.open()
        writer.write(data)
        answer = await reader.read()
        writer.close()
        return answer


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the server closes or resets the connection, without another byte."""
    try:
        return await asyncio.wait_for(reader.read(), 15) == b""
    except ConnectionResetError:
        return True


async def trickle(writer: asyncio.StreamWriter) -> None:
    """Send one header line after the other, never the last."""
    while True:
        writer.write(b"a: b\r\n")
        await asyncio.sleep(0.02)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    listener = listen(0)
    site = Site(port=listener.getsockname()[1])
    server = HttpServer(site.answer, SHORT)
    await server.start(listener)
    yield site
    await server.stop(grace=0)


async def test_head_that_trickles_in_is_not_waited_for(site: Site) -> None:
    reader, writer = await site.open()
    writer.write(b"GET / HTTP/1.1\r\n")
    trickling = asyncio.create_task(trickle(writer))
    assert await ended(reader)
    trickling.cancel()
    writer.close()
    assert (await site.sent(b"GET / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_second_head_on_a_kept_connection_has_to_come_in_time_too(site: Site) -> None:
    reader, writer = await site.open()
    writer.write(GET)
    await reader.readuntil(b"\r\n\r\n0")
    writer.write(b"GET / HT")
    assert await ended(reader)
    writer.close()


async def test_body_that_stops_coming_ends_its_request(site: Site) -> None:
    answer = await site.sent(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc")
    assert (answer, site.interrupted.is_set()) == (b"", True)


async def test_client_that_stops_reading_is_let_go(site: Site) -> None:
    _, writer = await site.open()
    writer.write(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
    await asyncio.wait_for(site.endless.closed.wait(), 15)
    writer.close()


async def test_fault_of_the_host_is_an_empty_500_and_the_connection_goes_on(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await site.sent(
        b"GET /fault HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert answer.endswith(b"\r\n\r\n0")
    assert "GET /fault could not be answered" in capsys.readouterr().err


async def test_bytes_that_come_one_by_one_are_a_request(site: Site) -> None:
    reader, writer = await site.open()
    for byte in b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc":
        writer.write(bytes([byte]))
        await writer.drain()
    assert (await reader.read()).endswith(b"\r\n\r\n3")
    writer.close()


async def test_a_flood_of_pipelined_requests_is_answered_in_full(site: Site) -> None:
    many = 3000
    reader, writer = await site.open()
    writer.write(GET * many + b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert (await reader.read()).count(b"HTTP/1.1 200") == many + 1
    writer.close()

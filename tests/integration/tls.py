"""TLS in front of servers that speak none: what a client sends is decrypted and passed on."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

POSTGRES_ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")  # SSLRequest of its protocol


@contextlib.asynccontextmanager
async def door(
    target: int, certificate: Path, *, host: str = "127.0.0.1", port: int = 0, postgres: bool = False
) -> AsyncIterator[int]:
    """Pass what comes over TLS on to the port `target` of loopback; yields the door's port.

    PostgreSQL clients ask for TLS in plain text first.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    open_ones: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_ones.add(task)
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
                if postgres:
                    assert await reader.readexactly(8) == POSTGRES_ASKS_FOR_TLS
                    writer.write(b"S")
                    await writer.start_tls(context)
                await _joined(reader, writer, target)
        finally:
            open_ones.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=None if postgres else context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(open_ones):
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def _joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", target)
    ways = [
        asyncio.create_task(_passed(reader, inner_writer)),
        asyncio.create_task(_passed(inner_reader, writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        inner_writer.close()


async def _passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()

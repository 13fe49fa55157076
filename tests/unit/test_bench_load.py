"""The load of the benchmarks against a server that says how it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.load import throughput
from benchmarks.measurement import BenchmarkError

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
SECONDS = 0.05


@asynccontextmanager
async def answering(*parts: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers each request with these parts, a write each; yields its URL and the requests."""
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                requests.append(await reader.readuntil(b"\r\n\r\n"))
            except (asyncio.IncompleteReadError, ConnectionResetError):
                break
            for part in parts:
                writer.write(part)
                await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/trips/1", requests
    finally:
        server.close()
        await server.wait_closed()


async def load(url: str) -> float:
    return await throughput(url, headers={"Authorization": "Bearer t"}, connections=3, seconds=SECONDS)


async def test_every_request_carries_path_and_headers_and_is_counted() -> None:
    async with answering(WHOLE) as (url, requests):
        rate = await load(url)
    assert {request.split(b"\r\n")[0] for request in requests} == {b"GET /trips/1 HTTP/1.1"}
    assert all(b"Authorization: Bearer t\r\n" in request for request in requests)
    assert 0 < rate <= len(requests) / SECONDS


async def test_answer_in_pieces_is_one_answer() -> None:
    async with answering(WHOLE[:20], WHOLE[20:41], WHOLE[41:]) as (url, requests):
        rate = await load(url)
    assert 0 < rate <= len(requests) / SECONDS


async def test_answer_that_is_not_200_ends_the_measurement() -> None:
    async with answering(WHOLE.replace(b"200 OK", b"401 Unauthorized")) as (url, _):
        with pytest.raises(BenchmarkError, match="401"):
            await load(url)

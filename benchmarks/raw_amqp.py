"""A client that speaks AMQP in prepared frames and nothing else: what it measures is the server."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote_plus, urlsplit

from benchmarks.measurement import BenchmarkError
from devstack.servicebus import requests, sections
from devstack.servicebus.amqp import encode, frames, outcomes
from devstack.servicebus.amqp.decode import decode
from devstack.servicebus.amqp.performatives import (
    ATTACH,
    BEGIN,
    DISPOSITION,
    FLOW,
    OPEN,
    SOURCE,
    TARGET,
    TRANSFER,
)
from devstack.servicebus.amqp.types import Described

CREDIT = 500
WINDOW = 0x7FFF_FFFF
TOKEN_S = 3_600
ANSWER_S = 60
_CBS, _REPLIES, _QUEUE = 0, 1, 2  # link handles
_ACCEPTED = encode.described(outcomes.ACCEPTED, encode.sequence([]))


class RawClient:
    """One connection to one queue, allowed to send to it and to receive from it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, queue: str) -> None:
        self._reader, self._writer, self._queue = reader, writer, queue
        self._buffer = bytearray()

    async def send(self, payload: bytes, count: int) -> None:
        """Send a message so often, as fast as credit allows; returns once all are acknowledged."""
        credit, sent, settled = 0, 0, 0
        self._attach(_QUEUE, target=self._queue)
        while settled < count:
            while credit and sent < count:
                self._transfer(payload, sent)
                credit, sent = credit - 1, sent + 1
            for code, fields, _ in await self._frames():
                if code == FLOW and fields[4] == _QUEUE:
                    credit = fields[5] + fields[6] - sent
                elif code == DISPOSITION:
                    settled += _span(fields)

    async def receive(self, count: int) -> None:
        """Receive so many messages and complete each; returns once all completions are acknowledged."""
        self._attach(_QUEUE, source=self._queue)
        self._grant(0)
        received, settled = 0, 0
        while settled < count:
            for code, fields, _ in await self._frames():
                if code == TRANSFER and fields[0] == _QUEUE:
                    self._complete(fields[1])
                    received += 1
                    if received % (CREDIT // 2) == 0:
                        self._grant(received)
                elif code == DISPOSITION:
                    settled += _span(fields)

    # the wire

    async def open(self, key_name: str, key: str) -> None:
        """Shake hands and put a token for the queue."""
        self._writer.write(frames.AMQP_HEADER)
        self._say(OPEN, encode.string("bench"), encode.string("localhost"), encode.uint(frames.MAX_FRAME))
        self._say(BEGIN, encode.NULL, encode.uint(0), encode.uint(WINDOW), encode.uint(WINDOW))
        self._attach(_CBS, target="$cbs")
        self._attach(_REPLIES, source="$cbs")
        self._say(FLOW, *_windows(), encode.uint(_REPLIES), encode.uint(0), encode.uint(10))
        self._say(
            TRANSFER, encode.uint(_CBS), encode.uint(0), encode.binary(b"0"), encode.uint(0), encode.TRUE,
            payload=_put_token(self._queue, key_name, key),
        )  # fmt: skip
        while True:
            for code, _, payload in await self._frames():
                if code == TRANSFER:
                    if requests.read(payload).properties.get("status-code") != 202:  # noqa: PLR2004
                        raise BenchmarkError("The bus refused the token of the raw client.")
                    return

    def _transfer(self, payload: bytes, number: int) -> None:
        at = encode.uint(number + 1)
        tag = encode.binary(number.to_bytes(4))
        self._say(TRANSFER, encode.uint(_QUEUE), at, tag, encode.uint(0), encode.FALSE, payload=payload)

    def _complete(self, delivery: int) -> None:
        self._say(DISPOSITION, encode.TRUE, encode.uint(delivery), encode.NULL, encode.FALSE, _ACCEPTED)

    def _grant(self, received: int) -> None:
        link = (encode.uint(_QUEUE), encode.uint(received), encode.uint(CREDIT))
        self._say(FLOW, *_windows(), *link)

    def _attach(self, handle: int, *, source: str | None = None, target: str | None = None) -> None:
        ends = [
            encode.described(code, encode.sequence([encode.string(address)] if address else []))
            for code, address in ((SOURCE, source), (TARGET, target))
        ]
        name, receives = encode.string(f"{handle} {target}"), encode.boolean(source is not None)
        modes = (encode.ubyte(0), encode.ubyte(1))
        self._say(ATTACH, name, encode.uint(handle), receives, *modes, *ends, encode.NULL, encode.NULL,
                  encode.uint(0))  # fmt: skip

    def _say(self, code: int, *fields: bytes, payload: bytes = b"") -> None:
        self._writer.write(frames.build(0, code, list(fields), payload=payload))

    async def _frames(self) -> list[tuple[int, list[Any], bytes]]:
        """All whole frames that have arrived; waits for the first."""
        await self._writer.drain()
        found: list[tuple[int, list[Any], bytes]] = []
        async with asyncio.timeout(ANSWER_S):
            while not found:
                data = await self._reader.read(262_144)
                if not data:
                    raise BenchmarkError("The bus ended the connection of the raw client.")
                self._buffer += data
                found = self._cut()
        return found

    def _cut(self) -> list[tuple[int, list[Any], bytes]]:
        found: list[tuple[int, list[Any], bytes]] = []
        at = 0
        while True:
            if self._buffer[at : at + 4] == b"AMQP":
                at += frames.HEADER_SIZE
            cut = frames.cut(self._buffer, at)
            if cut is None:
                del self._buffer[:at]
                return found
            frame, at = cut
            if frame.body:
                value, after = decode(frame.body)
                assert isinstance(value, Described)  # noqa: S101 - the server's frames
                assert isinstance(value.value, list)  # noqa: S101
                assert isinstance(value.descriptor, int)  # noqa: S101
                found.append((value.descriptor, value.value + [None] * 11, frame.body[after:]))


@asynccontextmanager
async def connected(settings: str, queue: str) -> AsyncIterator[RawClient]:
    """A raw client for a queue of the namespace that a connection string names."""
    named = dict(part.split("=", 1) for part in settings.strip(";").split(";"))
    at = urlsplit(named["Endpoint"])
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    try:
        client = RawClient(reader, writer, queue)
        await client.open(named["SharedAccessKeyName"], named["SharedAccessKey"])
        yield client
    finally:
        writer.close()


def encoded(text: str) -> bytes:
    """A message with this body and nothing else."""
    return encode.described(sections.DATA, encode.binary(text.encode()))


def _span(disposition: list[Any]) -> int:
    """How many deliveries a disposition speaks of."""
    first, last = disposition[1], disposition[2]
    return 1 if last is None else last - first + 1


def _windows() -> list[bytes]:
    return [encode.uint(0), encode.uint(WINDOW), encode.uint(0), encode.uint(WINDOW)]


def _put_token(queue: str, key_name: str, key: str) -> bytes:
    resource, expiry = quote_plus(f"sb://localhost/{queue}"), int(time.time()) + TOKEN_S
    digest = hmac.digest(key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256)
    signature = quote_plus(base64.b64encode(digest))
    token = f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={key_name}"
    named = [(encode.string("operation"), encode.string("put-token"))]
    return b"".join(
        [
            encode.described(sections.PROPERTIES, encode.sequence([encode.string("1")])),
            encode.described(sections.APPLICATION_PROPERTIES, encode.mapping(named)),
            encode.described(sections.VALUE, encode.string(token)),
        ]
    )

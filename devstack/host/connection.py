"""Client connections: bytes in, one answer at a time out, with bounded buffers on both sides."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from time import monotonic, time
from typing import cast

from devstack.host.calls import Answer
from devstack.host.http1 import Head, Refused, find_head, format_head, parse_head
from devstack.host.replies import problem
from devstack.host.reports import report

_BUFFER = 256 * 1024  # bytes read ahead
_LINGER = 2.0  # seconds to read what a refused client still sends, so that it sees the answer
_BODILESS = (204, 304)
_NEVER = float("inf")

type Handler = Callable[["Incoming"], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds a client may take; the first two are those of the cloud host's web server.

    idle: between two requests.
    head: from the first byte of a request to the end of its head.
    stall: without a byte of a body coming in, or of an answer going out.
    sweep: between two looks at the clock.
    """

    idle: float = 130.0
    head: float = 30.0
    stall: float = 30.0
    sweep: float = 5.0


class Incoming:
    """A request; `body` has what came with the head, `rest` yields the further bytes."""

    def __init__(self, head: Head, body: bytes, connection: "Connection") -> None:
        self.head = head
        self.body = body
        self.left = 0 if head.chunked else head.length - len(body)
        self._connection = connection

    async def rest(self) -> AsyncIterator[bytes]:
        """The bytes after `body`; raises ConnectionResetError when the client leaves before the end."""
        if self.left and self.head.expects_continue:
            self._connection.invite()
        while self.left:
            part = await self._connection.more(self.left)
            self.left -= len(part)
            yield part


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, answer: Handler, everyone: set["Connection"], patience: Patience) -> None:
        self._answer = answer
        self._everyone = everyone
        self._patience = patience
        self._transport: asyncio.Transport
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = False
        self._closing = False
        self._begun = True  # a new connection is expected to send a request
        self.deadline = monotonic() + patience.head
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)
        self._everyone.add(self)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._buffer += data
        if self.task is None:
            self._begin()
        else:
            self._arrived.set()
            if len(self._buffer) > _BUFFER:
                self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Called by asyncio: a client may close its side and still wait for the answer."""
        self._gone = self._closing = True
        self._arrived.set()
        return self.task is not None

    def connection_lost(self, _: Exception | None) -> None:
        """Called by asyncio."""
        self._gone = True
        self._arrived.set()
        self._writable.set()
        self._everyone.discard(self)

    def pause_writing(self) -> None:
        """Called by asyncio."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by asyncio."""
        self._writable.set()

    def close_when_idle(self) -> None:
        """Take no further request."""
        self._closing = True
        if self.task is None:
            self._transport.close()

    def abort(self) -> None:
        """Break the connection off."""
        self._transport.abort()

    def invite(self) -> None:
        """Ask a client that waits for it to send the body."""
        self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def more(self, most: int) -> bytes:
        """Up to `most` bytes of a body, at least one; raises ConnectionResetError at its early end."""
        while not self._buffer:
            if self._gone:
                raise ConnectionResetError("The connection ended before the body did.")
            self._arrived.clear()
            self._transport.resume_reading()
            self.deadline = monotonic() + self._patience.stall
            await self._arrived.wait()
        self.deadline = _NEVER
        return self._take(min(most, _BUFFER))

    def _take(self, most: int) -> bytes:
        part = bytes(self._buffer[:most])
        del self._buffer[:most]
        return part

    def _begin(self) -> None:
        """Start on the next request if its head is there."""
        try:
            length = find_head(self._buffer)
            if not length:
                self._expect_head()
                return
            head = parse_head(self._take(length))
        except Refused as refusal:
            self.task = asyncio.create_task(self._refuse(refusal))
            return
        body = b"" if head.chunked or not head.length else self._take(min(head.length, _BUFFER))
        self.deadline = _NEVER
        self.task = asyncio.create_task(self._serve(Incoming(head, body, self)))

    async def _serve(self, request: Incoming) -> None:
        try:
            answer = await self._answered(request)
            unread = bool(request.left) or request.head.chunked
            self._closing = self._closing or unread or not request.head.keep_alive
            try:
                await self._reply(answer, bodiless=request.head.method == "HEAD")
            finally:
                if answer.rest is not None:
                    answer.rest.close()
            if self._closing:
                await self._linger(unread=unread)
        except (ConnectionError, asyncio.CancelledError):
            self._transport.abort()
        else:
            self._end_request()

    async def _answered(self, request: Incoming) -> Answer:
        try:
            return await self._answer(request)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - the client gets an answer, whatever went wrong here
            report(f"{request.head.method} {request.head.path} could not be answered: {error!r}")
            return Answer(500, (), b"", 0)

    def _end_request(self) -> None:
        self.task = None
        self._begun = False
        self.deadline = monotonic() + self._patience.idle
        if self._closing:
            self._transport.close()
            return
        self._transport.resume_reading()
        if self._buffer:
            self._begin()

    def _expect_head(self) -> None:
        """The first bytes of a head are here: the rest has to come in time, however slowly."""
        if not self._begun:
            self._begun = True
            self.deadline = monotonic() + self._patience.head

    async def _flushed(self) -> None:
        """Wait until the client has taken what was written; it may be slow but has to go on reading."""
        if not self._writable.is_set():
            self.deadline = monotonic() + self._patience.stall
            await self._writable.wait()
            self.deadline = _NEVER
        if self._transport.is_closing():
            raise ConnectionResetError

    async def _reply(self, answer: Answer, *, bodiless: bool) -> None:
        empty = answer.status in _BODILESS
        length = None if empty else answer.length
        try:
            head = format_head(
                answer.status, answer.headers, length=length, date=_date(), close=self._closing
            )
        except ValueError as error:
            report(f"an answer cannot be sent: {error}")
            answer, bodiless = Answer(500, (), b"", 0), True
            head = format_head(500, (), length=0, date=_date(), close=self._closing)
        if empty or bodiless:
            self._transport.write(head)
            return
        self._transport.write(head + answer.body)
        if answer.rest is not None:
            async for part in answer.rest:
                await self._flushed()
                self._transport.write(part)
        await self._flushed()

    async def _refuse(self, refusal: Refused) -> None:
        self._closing = True
        answer = problem(refusal.status, HTTPStatus(refusal.status).phrase, str(refusal))
        with contextlib.suppress(ConnectionError):
            await self._reply(answer, bodiless=False)
            await self._linger(unread=True)
        self._end_request()

    async def _linger(self, *, unread: bool) -> None:
        """Read and drop what still comes, or the kernel would reset the connection under the answer."""
        if not unread or self._gone or not self._transport.can_write_eof():
            return
        self._transport.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while not self._gone:
                    self._buffer.clear()
                    self._arrived.clear()
                    self._transport.resume_reading()
                    await self._arrived.wait()


_stamp: tuple[int, str] = (0, "")


def _date() -> str:
    """The Date header's value, made once a second."""
    global _stamp  # noqa: PLW0603 - a cache of one value
    now = int(time())
    if _stamp[0] != now:
        _stamp = (now, formatdate(now, usegmt=True))
    return _stamp[1]

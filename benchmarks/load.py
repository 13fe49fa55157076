"""Load on one URL: a closed loop on kept connections, light enough not to be what is measured."""

import asyncio
import time
from urllib.parse import urlsplit

from benchmarks.measurement import BenchmarkError

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


async def throughput(url: str, *, headers: dict[str, str], connections: int, seconds: float) -> float:
    """Answers per second to GET on `url`, each connection asking again as soon as it was answered.

    Raises BenchmarkError when an answer is not 200 or a connection is lost.
    """
    address = urlsplit(url)
    lines = [f"GET {address.path} HTTP/1.1", f"Host: {address.netloc}"]
    request = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
    begun = time.monotonic()
    until = begun + seconds
    asking = [
        _ask(address.hostname or "", address.port or 80, request.encode("latin-1"), until)
        for _ in range(connections)
    ]
    answered = sum(await asyncio.gather(*asking))
    return answered / (time.monotonic() - begun)


async def _ask(host: str, port: int, request: bytes, until: float) -> int:
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_connection(lambda: _Client(request, until), host, port)
    try:
        return await client.done
    finally:
        transport.close()


class _Client(asyncio.Protocol):
    """One connection; `done` is the number of answers once the time is over."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request = request
        self._until = until
        self._answered = 0
        self._received = b""
        self.done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self.done.done() or not self._is_whole():
            return
        self._received = b""
        self._answered += 1
        if time.monotonic() < self._until:
            self._transport.write(self._request)
        else:
            self.done.set_result(self._answered)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(BenchmarkError(f"A connection was lost during the load: {exc}"))

    def _is_whole(self) -> bool:
        head, separator, body = self._received.partition(HEAD_END)
        if not separator:
            return False
        status, _, fields = head.lower().partition(b"\r\n")
        if b" 200 " not in status + b" ":
            self.done.set_exception(BenchmarkError(f"Not 200 but {status.decode('latin-1')!r}."))
            return False
        length = next(line for line in fields.split(b"\r\n") if line.startswith(LENGTH))
        return len(body) >= int(length.removeprefix(LENGTH))

"""Frames between the host's front and a worker process: a JSON head and a raw body, on one socket pair.

Many invocations share the socket, so a large body travels as several frames and never holds up the others.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from typing import Any, cast

import orjson

CHUNK = 256 * 1024  # bytes of a body that travel in one frame
WINDOW = 4  # frames of one body that may be on their way before the reader asks for more
_LENGTHS = struct.Struct(">II")  # of head and body

type Head = Mapping[str, Any]
type Body = bytes | memoryview
type OnFrame = Callable[[dict[str, Any], bytes], None]


class Channel(asyncio.Protocol):
    """One end of the socket pair; `on_frame` gets each whole frame, `on_lost` is called once at the end."""

    def __init__(self, *, on_frame: OnFrame, on_lost: Callable[[], None]) -> None:
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._writable = asyncio.Event()
        self._writable.set()

    def send(self, head: Head, body: Body = b"") -> None:
        """Write one frame; after the other end is gone nothing happens."""
        if self._transport is None or self._transport.is_closing():
            return
        text = orjson.dumps(head)
        start = _LENGTHS.pack(len(text), len(body)) + text
        if len(body) < CHUNK:
            self._transport.write(start + body)
        else:
            self._transport.writelines((start, body))

    async def drain(self) -> None:
        """Wait until the socket takes more."""
        await self._writable.wait()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._received += data
        offset = 0
        while len(self._received) >= offset + _LENGTHS.size:
            head_length, body_length = _LENGTHS.unpack_from(self._received, offset)
            body_at = offset + _LENGTHS.size + head_length
            end = body_at + body_length
            if len(self._received) < end:
                break
            with memoryview(self._received) as view:
                head = orjson.loads(view[offset + _LENGTHS.size : body_at])
                body = bytes(view[body_at:end])
            offset = end
            self._on_frame(head, body)
        del self._received[:offset]

    def pause_writing(self) -> None:
        """Called by asyncio."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by asyncio."""
        self._writable.set()

    def connection_lost(self, _: Exception | None) -> None:
        """Called by asyncio."""
        self._transport = None
        self._writable.set()
        self._on_lost()


async def open_channel(end: socket.socket, *, on_frame: OnFrame, on_lost: Callable[[], None]) -> Channel:
    """A channel on one end of a socket pair."""
    end.setblocking(False)  # noqa: FBT003 - the name of the call says it
    loop = asyncio.get_running_loop()
    _, channel = await loop.create_unix_connection(
        lambda: Channel(on_frame=on_frame, on_lost=on_lost), sock=end
    )
    return channel

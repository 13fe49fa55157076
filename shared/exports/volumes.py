"""Zip files of bounded size, one after the other: a full one is handed over before the next begins."""

import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Self

from shared.errors import AppError

LARGEST = 8 * 1024 * 1024
MOST = 64
"""Half a gigabyte, compressed: about thirty thousand plans."""

type Keep = Callable[[int, bytes], Awaitable[None]]


class Oversized(AppError):
    """There is more than fits."""


class Volumes:
    """Each volume is a whole zip file; `keep` gets its number, from one, and its bytes.

    A volume is closed once it has `largest` bytes, so it is longer than that by one file at most.
    """

    def __init__(self, keep: Keep, *, largest: int = LARGEST, most: int = MOST) -> None:
        self._keep, self._largest, self._most = keep, largest, most
        self._number = 0
        self._at = datetime.now(UTC).timetuple()[:6]
        self._open: tuple[io.BytesIO, zipfile.ZipFile] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What was not handed over is dropped."""
        if self._open is not None:
            self._open[1].close()

    async def add(self, name: str, content: bytes) -> None:
        """One more file; raises Oversized when there would be too many volumes."""
        buffer, volume = self._open or self._begun()
        # A plan takes a millisecond or two; a thread would go on writing after a cancel.
        volume.writestr(self._info(name), content, zipfile.ZIP_DEFLATED)
        if buffer.tell() >= self._largest:
            await self.close()

    async def close(self) -> None:
        """Hand over what is left."""
        if self._open is not None:
            (buffer, volume), self._open = self._open, None
            volume.close()
            await self._keep(self._number, buffer.getvalue())

    def _begun(self) -> tuple[io.BytesIO, zipfile.ZipFile]:
        if self._number >= self._most:
            raise Oversized(f"An export has at most {self._most} files of {self._largest} bytes.")
        self._number += 1
        buffer = io.BytesIO()
        self._open = buffer, zipfile.ZipFile(buffer, "w")
        return self._open

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, date_time=self._at)
        info.external_attr = 0o600 << 16
        return info

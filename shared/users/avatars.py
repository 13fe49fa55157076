"""Avatars: any JPEG or PNG becomes a JPEG square without metadata, whatever was hidden in it."""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from uuid import UUID

from shared.db import Database
from shared.errors import InvalidRequest, NotFound

MOST_BYTES = 5 * 1024 * 1024
SIDE = 256
MOST_PIXELS = 30_000_000
"""Decoded at once: about 120 MB. A small file may claim far more."""
QUALITY = 85
_FORMATS = ("JPEG", "PNG")
_at_work = asyncio.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Avatar:
    """A JPEG of 256 × 256 pixels; `digest` names its content."""

    image: bytes
    digest: str


async def put(user_id: UUID, upload: bytes, *, db: Database) -> Avatar:
    """Replace the user's picture; `InvalidRequest` when the upload is no picture we can read."""
    async with _at_work:
        image = await asyncio.to_thread(squared, upload)
    avatar = Avatar(image, hashlib.sha256(image).hexdigest()[:32])
    async with db.transaction() as tx:
        cursor = await tx.execute(
            "INSERT INTO avatars (user_id, image, digest) SELECT id, %s, %s FROM users WHERE id = %s"
            " ON CONFLICT (user_id) DO UPDATE SET image = excluded.image, digest = excluded.digest",
            (avatar.image, avatar.digest, user_id),
        )
        if cursor.rowcount == 0:
            raise NotFound("This account does not exist any more.")
    return avatar


async def read(user_id: UUID, *, db: Database) -> Avatar:
    async with db.transaction() as tx:
        cursor = await tx.execute("SELECT image, digest FROM avatars WHERE user_id = %s", (user_id,))
        row = await cursor.fetchone()
    if row is None:
        raise NotFound("This account has no picture yet. PUT a JPEG or PNG here.")
    return Avatar(bytes(row["image"]), row["digest"])


async def drop(user_id: UUID, *, db: Database) -> None:
    """Remove the picture; without one nothing happens."""
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM avatars WHERE user_id = %s", (user_id,))


def squared(upload: bytes) -> bytes:
    """The middle of the picture, upright, as a JPEG of 256 × 256 pixels.

    Raises `InvalidRequest` for anything but a whole JPEG or PNG of at most 30 megapixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - few requests need it

    try:
        with Image.open(io.BytesIO(upload), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise InvalidRequest(f"A picture has at most {MOST_PIXELS // 1_000_000} megapixels.")
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        # SyntaxError is what Pillow raises for a broken PNG.
        raise InvalidRequest("This is not a JPEG or PNG we can read. Send the file's bytes.") from error
    square = ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)
    shown = Image.new("RGB", square.size, "white")
    shown.paste(square, mask=square.getchannel("A"))
    written = io.BytesIO()
    shown.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()

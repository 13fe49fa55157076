"""Avatars: whatever comes in, a small square without metadata comes out."""

import io
import struct
import zlib

import pytest
from PIL import Image

from shared.db import Database, new_id
from shared.errors import InvalidRequest, NotFound
from shared.users import avatars
from tests.integration.travellers import new_user

RED, BLUE = (220, 30, 30), (30, 30, 220)
ORIENTATION = 0x0112


def picture(width: int = 600, height: int = 400, *, kind: str = "JPEG", **options: object) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def read(image: bytes) -> Image.Image:
    shown = Image.open(io.BytesIO(image))
    assert (shown.format, shown.size, shown.mode) == ("JPEG", (256, 256), "RGB")
    return shown


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [(600, 400), (400, 600), (256, 256), (1, 1), (4000, 3)])
def test_the_middle_becomes_a_square(kind: str, size: tuple[int, int]) -> None:
    read(avatars.squared(picture(*size, kind=kind)))


def test_the_picture_is_turned_upright_and_its_metadata_dropped() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 3  # upside down
    exif[0x010E] = "taken at home"
    turned = read(avatars.squared(picture(exif=exif)))
    assert is_near(turned.getpixel((10, 128)), BLUE)
    assert is_near(turned.getpixel((245, 128)), RED)
    assert not turned.getexif()
    assert b"taken at home" not in avatars.squared(picture(exif=exif, comment=b"taken at home"))


def test_what_is_transparent_becomes_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(written, "PNG")
    assert is_near(read(avatars.squared(written.getvalue())).getpixel((128, 128)), (255, 255, 255))


@pytest.mark.parametrize(
    "upload",
    [
        pytest.param(b"garbage", id="garbage"),
        pytest.param(b"\xff\xd8\xff", id="the start of a JPEG"),
        pytest.param(picture()[:800], id="half a JPEG"),
        pytest.param(picture(kind="PNG")[:200], id="half a PNG"),
        pytest.param(picture(kind="GIF"), id="GIF"),
        pytest.param(picture(kind="TIFF"), id="TIFF"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="SVG"),
        pytest.param(png_that_claims(30_000, 30_000), id="a bomb"),
        pytest.param(png_that_claims(6_000, 5_001), id="a megapixel too many"),
        pytest.param(png_that_claims(2**31 - 1, 2**31 - 1), id="the largest PNG"),
        pytest.param(png_that_claims(0, 5), id="nothing wide"),
        pytest.param(png_that_claims(3000, 3000), id="fewer pixels than it says"),
    ],
)
def test_anything_else_is_refused(upload: bytes) -> None:
    with pytest.raises(InvalidRequest):
        avatars.squared(upload)


async def test_a_picture_is_read_back_replaced_and_removed(db: Database) -> None:
    user = await new_user(db)
    with pytest.raises(NotFound):
        await avatars.read(user, db=db)
    first = await avatars.put(user, picture(), db=db)
    assert await avatars.read(user, db=db) == first
    second = await avatars.put(user, picture(400, 600), db=db)
    assert second.digest != first.digest
    assert await avatars.read(user, db=db) == second
    for _ in range(2):
        await avatars.drop(user, db=db)
    with pytest.raises(NotFound):
        await avatars.read(user, db=db)


async def test_an_account_that_is_gone_takes_no_picture(db: Database) -> None:
    with pytest.raises(NotFound):
        await avatars.put(new_id(), picture(), db=db)

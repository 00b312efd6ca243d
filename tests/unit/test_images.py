"""Uploaded photos: what is refused, and what is left of what is taken (R-033)."""

from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image

from settlement.errors import CustomerError
from settlement.images import LONG_SIDE, CleanImage, clean, clean_async


def encoded(
    kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **options: object
) -> bytes:
    """A picture whose top-left quarter is red and whose rest is grey-green."""
    picture = Image.new("RGB", size, (90, 140, 90))
    picture.paste((220, 30, 30), (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    picture.convert(mode).save(out, kind, **options)
    return out.getvalue()


def decoded(image: CleanImage) -> Image.Image:
    return Image.open(io.BytesIO(image.jpeg))


def refusal(data: bytes, **limits: int) -> str:
    with pytest.raises(CustomerError) as caught:
        clean(data, **limits)
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_an_accepted_type_comes_out_as_a_jpeg_with_its_size_and_digest(kind: str) -> None:
    image = clean(encoded(kind))
    assert decoded(image).format == "JPEG"
    assert (image.width, image.height) == decoded(image).size == (400, 300)
    assert image.sha256 == hashlib.sha256(image.jpeg).hexdigest()


def test_a_photo_with_place_and_time_loses_them() -> None:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif[0x8825] = {1: "N", 2: (31.0, 14.0, 5.0)}
    data = encoded(exif=exif, comment=b"private remark", icc_profile=b"profile-bytes")
    assert b"PhoneMaker" in data
    image = clean(data)
    assert not decoded(image).getexif()
    for trace in (b"PhoneMaker", b"Exif", b"private remark", b"profile-bytes"):
        assert trace not in image.jpeg


@pytest.mark.parametrize("turn", range(2, 9))
def test_a_photo_taken_sideways_is_stored_upright(turn: int) -> None:
    upright = Image.open(io.BytesIO(encoded(size=(400, 300))))
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    out = io.BytesIO()
    upright.transpose(back).save(out, "JPEG", exif=exif)
    picture = decoded(clean(out.getvalue()))
    assert picture.size == (400, 300)
    red = picture.getpixel((100, 75))
    assert isinstance(red, tuple)
    assert red[0] > 180 > 60 > red[1]


def test_a_large_photo_is_shrunk_to_the_longest_side_kept() -> None:
    image = clean(encoded(size=(5400, 2700)))
    assert (image.width, image.height) == (LONG_SIDE, LONG_SIDE // 2)


def test_a_transparent_picture_is_laid_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(out, "PNG")
    assert decoded(clean(out.getvalue())).getpixel((100, 100)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_cmyk_photos_become_rgb(mode: str) -> None:
    assert decoded(clean(encoded(mode=mode))).mode == "RGB"


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        b"<!doctype html><html><body>hello</body></html>",
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04" + bytes(100),
        b"RIFF\x10\x00\x00\x00WAVEfmt ",
        encoded("GIF"),
        encoded("BMP"),
        encoded("TIFF"),
    ],
    ids=["svg", "html", "pdf", "zip", "wav", "gif", "bmp", "tiff"],
)
def test_anything_but_a_photo_is_refused_by_its_content(data: bytes) -> None:
    assert refusal(data) == "image_type"


def boxed(major: bytes, *brands: bytes) -> bytes:
    """A small AVIF, which has the boxes of HEIC, with the brands that a phone writes."""
    avif = encoded("AVIF")
    first = int.from_bytes(avif[:4], "big")
    body = b"ftyp" + major + bytes(4) + b"".join(brands)
    return struct.pack(">I", len(body) + 4) + body + avif[first:]


@pytest.mark.parametrize(
    "data",
    [
        boxed(b"heic", b"mif1", b"MiHE", b"MiPr", b"miaf", b"MiHB", b"heic"),  # an iPhone
        boxed(b"mif1", b"mif1", b"heic"),  # an Android phone
        boxed(b"mif1", b"mif1", b"miaf"),
        boxed(b"hevc", b"msf1", b"hevc", b"iso8"),
        b"\x00\x00\x00\x18ftypheic",
    ],
    ids=["iphone", "android", "plain", "burst", "cut-off"],
)
def test_a_heic_photo_is_refused_with_its_own_reason(data: bytes) -> None:
    assert refusal(data) == "image_heic"


@pytest.mark.parametrize("data", [encoded("AVIF"), boxed(b"isom", b"mp42"), b"\xff\xff\xff\xffftypavis"])
def test_an_avif_or_a_film_is_not_taken_for_heic(data: bytes) -> None:
    assert refusal(data) == "image_type"


def test_an_animation_is_refused() -> None:
    frames = [Image.new("RGB", (100, 100), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert refusal(out.getvalue()) == "image_type"


def test_bytes_hidden_behind_a_photo_do_not_survive() -> None:
    image = clean(encoded() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in image.jpeg
    assert image.jpeg.endswith(b"\xff\xd9")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_ends_early_is_refused(kind: str) -> None:
    data = encoded(kind)
    assert refusal(data[: len(data) * 2 // 3]) == "image_unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damage_anywhere_is_answered_with_a_customer_error_or_a_picture(kind: str) -> None:
    data = encoded(kind)
    for at in range(4, len(data), max(1, len(data) // 150)):
        broken = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        with contextlib.suppress(CustomerError):
            assert decoded(clean(broken)).size


def test_nothing_and_next_to_nothing_are_unreadable() -> None:
    assert refusal(b"") == "image_unreadable"
    assert refusal(b"\xff\xd8\xff") == "image_unreadable"
    assert refusal(encoded(size=(20, 20))) == "image_unreadable"


def test_too_many_bytes_are_refused_before_anything_is_decoded() -> None:
    with pytest.raises(CustomerError, match="image_too_large") as caught:
        clean(b"\xff\xd8\xff" + bytes(3_000_000), max_bytes=2_000_000)
    assert caught.value.facts == {"max_megabytes": 2}


@pytest.mark.parametrize("side", [4_000, 40_000])
def test_a_small_file_that_would_unpack_into_a_huge_picture_is_refused(side: int) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    assert refusal(bomb, max_pixels=10_000_000) == "image_too_many_pixels"


async def test_cleaning_on_an_event_loop_gives_the_same_picture() -> None:
    data = encoded()
    assert await clean_async(data) == clean(data)


def test_a_stored_photo_does_not_show_its_bytes_in_a_trace() -> None:
    assert "jpeg=" not in repr(clean(encoded()))

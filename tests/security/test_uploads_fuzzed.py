"""Random and damaged pictures: each is a clean picture or a sentence, never a crash and never passed on."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from settlement import images
from settlement.errors import CustomerError

MAGIC = [
    b"",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    b"<svg>",
    b"<?xml ",
    b"PK\x03\x04",
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    b"\xff\xff\xff\xffftypmif1",
]
ANSWERS = {"image_type", "image_heic", "image_unreadable", "image_too_large", "image_too_many_pixels"}
SHORT = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def picture(kind: str) -> bytes:
    """A small photo with noise, so that its coded parts are long."""
    noise = random.Random(7).randbytes(96 * 80 * 3)
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"  # ImageDescription
    Image.frombytes("RGB", (96, 80), noise).save(out, kind, exif=exif)
    return out.getvalue()


PICTURES = {kind: picture(kind) for kind in ("JPEG", "PNG", "WEBP")}
# Pillow writes no HEIC; AVIF is the same boxes around another codec, and its brands are one word.
REFUSED = {"AVIF": picture("AVIF"), "HEIC": picture("AVIF").replace(b"avif", b"heic")}


def clean_or_refused(data: bytes) -> None:
    refused: str | None = None
    try:
        cleaned = images.clean(data, max_pixels=4_000_000)
    except CustomerError as error:
        refused = error.code
    if refused is not None:
        assert refused in ANSWERS
        return
    with Image.open(io.BytesIO(cleaned.jpeg)) as opened:
        opened.load()
        assert (opened.format, opened.size) == ("JPEG", (cleaned.width, cleaned.height))
        assert not opened.getexif()


@SHORT
@given(start=st.sampled_from(MAGIC), rest=st.binary(max_size=4096))
@example(start=b"", rest=b"")
def test_random_bytes(start: bytes, rest: bytes) -> None:
    clean_or_refused(start + rest)


@pytest.mark.parametrize("kind", PICTURES | REFUSED)
@SHORT
@given(data=st.data())
def test_a_picture_with_bytes_changed_cut_and_repeated(kind: str, data: st.DataObject) -> None:
    content = bytearray((PICTURES | REFUSED)[kind])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        match data.draw(st.sampled_from(["set", "cut", "insert", "repeat"])):
            case "set" if content:
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 64))]
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=64))
            case _:
                content[at:at] = content[at : at + 64]
    clean_or_refused(bytes(content))


@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"PK\x03\x04archive", b"%PDF-1.7", b"\x7fELF"]
)
@pytest.mark.parametrize("kind", PICTURES)
def test_a_second_file_behind_or_inside_a_picture_does_not_travel_on(kind: str, tail: bytes) -> None:
    cleaned = images.clean(PICTURES[kind] + tail)
    assert tail not in cleaned.jpeg
    assert b"SECRET-PLACE" not in cleaned.jpeg


@pytest.mark.parametrize(("kind", "code"), [("AVIF", "image_type"), ("HEIC", "image_heic")])
def test_a_picture_that_nothing_here_decodes_is_refused_by_name(kind: str, code: str) -> None:
    with pytest.raises(CustomerError, match=code):
        images.clean(REFUSED[kind])

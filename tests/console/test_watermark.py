"""The watermark: all over the picture, and the picture still a picture."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from PIL import Image, ImageChops

from console.watermark import LONG_SIDE, watermarked

MOMENT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


def photo(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 150)).save(out, "JPEG", quality=95)
    return out.getvalue()


def mark(jpeg: bytes, name: str = "reviewer") -> Image.Image:
    marked = watermarked(jpeg, name=name, staff="0a1b2c3d", case_no="JS-KMTR-WQZP", moment=MOMENT)
    return Image.open(io.BytesIO(marked)).convert("RGB")


def test_no_quarter_of_the_picture_is_free_of_it() -> None:
    size = (1200, 800)
    plain = Image.open(io.BytesIO(photo(size))).convert("RGB")
    difference = ImageChops.difference(plain, mark(photo(size))).convert("L").point(lambda x: 255 * (x > 24))
    for left in (0, 600):
        for top in (0, 400):
            part = difference.crop((left, top, left + 600, top + 400))
            assert part.histogram()[255] > 600


def test_another_name_gives_another_picture() -> None:
    one, other = mark(photo((600, 400)), "reviewer"), mark(photo((600, 400)), "somebody")
    assert ImageChops.difference(one, other).getbbox() is not None


def test_a_chinese_name_is_drawn_or_replaced_but_never_lost() -> None:
    one, other = mark(photo((600, 400)), "复核员甲"), mark(photo((600, 400)), "")
    assert ImageChops.difference(one, other).getbbox() is not None


def test_a_large_photo_is_scaled_down_and_a_tiny_one_survives() -> None:
    assert max(mark(photo((4000, 2000))).size) == LONG_SIDE
    assert mark(photo((20, 10))).size == (20, 10)


def test_no_metadata_leaves_with_the_picture() -> None:
    out = io.BytesIO()
    picture = Image.new("RGB", (50, 50))
    exif = picture.getexif()
    exif[0x010E] = "somewhere"
    picture.save(out, "JPEG", exif=exif)
    assert not Image.open(
        io.BytesIO(watermarked(out.getvalue(), name="a", staff="b", case_no="c", moment=MOMENT))
    ).getexif()

"""Draws who is looking, and when, all over a photo that leaves the console."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from settlement import clock

LONG_SIDE = 1600
# A machine need not have a Chinese font; a name that the built-in one lacks is replaced by the staff id.
CHINESE_FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
)
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def watermarked(jpeg: bytes, *, name: str, staff: str, case_no: str, moment: datetime) -> bytes:
    """``jpeg`` scaled down to 1600 pixels, with name, Beijing time and case number across it, as JPEG."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    font, speaks_chinese = _font(max(18, max(picture.size) // 36))
    who = name if name.isascii() or speaks_chinese else staff
    text = f"{who}  {clock.beijing(moment):%Y-%m-%d %H:%M:%S}  {case_no}"
    picture.paste(
        Image.alpha_composite(picture.convert("RGBA"), _layer(picture.size, text, font)).convert("RGB")
    )
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _layer(size: tuple[int, int], text: str, font: Font) -> Image.Image:
    """Slanted lines of ``text`` that leave no part of the picture free, yet let it be read."""
    diagonal = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + 1
    sheet = Image.new("RGBA", (diagonal, diagonal), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    wide, high = int(right - left), int(bottom - top)
    for row, y in enumerate(range(0, diagonal, high * 5)):
        for x in range(-(row % 2) * wide // 2, diagonal, wide + high * 3):
            draw.text((x + 1, y + 1), text, font=font, fill=(255, 255, 255, 90))
            draw.text((x, y), text, font=font, fill=(150, 0, 0, 105))
    turned = sheet.rotate(24, resample=Image.Resampling.BICUBIC)
    across, down = (diagonal - size[0]) // 2, (diagonal - size[1]) // 2
    return turned.crop((across, down, across + size[0], down + size[1]))


def _font(size: int) -> tuple[Font, bool]:
    for path in CHINESE_FONTS:
        if path.exists():
            return ImageFont.truetype(str(path), size), True
    return ImageFont.load_default(size), False

"""Draw the faces of cards, lying flat: ISO/IEC 7810 ID-1 at 1200 × 757 px, each marked 样本 SPECIMEN.

The letters are Noto Sans CJK and Noto Serif CJK (Debian package fonts-noto-cjk), digits also DejaVu and
Liberation (fonts-dejavu-core, fonts-liberation); none of them is a card's own typeface.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.specimens.people import WORDS

SIZE = (1200, 757)
UPRIGHT = (757, 1200)
FONTS = {
    "sans": "opentype/noto/NotoSansCJK-Regular.ttc",
    "bold": "opentype/noto/NotoSansCJK-Bold.ttc",
    "serif": "opentype/noto/NotoSerifCJK-Bold.ttc",
    "mono": "truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "typed": "truetype/liberation/LiberationMono-Bold.ttf",
    "arial": "truetype/liberation/LiberationSans-Bold.ttf",
}
_SC = 2  # the face of simplified Chinese in Noto's collections
MARK = "样本 SPECIMEN"
BLUE, INK, RED = (58, 110, 176), (30, 30, 34), (214, 74, 84)

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Face:
    """A card as it is printed, and the same without the values that are to be read."""

    card: Image.Image
    blank: Image.Image


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Raises SystemExit naming the packages when a font is missing."""
    path = Path("/usr/share/fonts") / FONTS[name]
    if not path.is_file():
        raise SystemExit(f"{path} is missing: apt install fonts-noto-cjk fonts-dejavu-core fonts-liberation")
    return ImageFont.truetype(str(path), size, index=_SC if path.suffix == ".ttc" else 0)


def _paper(chance: random.Random, size: tuple[int, int], base: Colour) -> Image.Image:
    """A ground with fine waves, as printed against forgery."""
    card = Image.new("RGB", size, base)
    draw = ImageDraw.Draw(card)
    for band in range(0, size[1], 26):
        tone = tuple(part - chance.randrange(4, 14) for part in base)
        wave = [(x, band + chance.randrange(-4, 5)) for x in range(0, size[0] + 40, 40)]
        draw.line(wave, fill=tone, width=2)
    return card


def _spaced(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, kind: str, size: int,
            fill: Colour, step: float) -> None:  # fmt: skip
    for place, letter in enumerate(text):
        draw.text((at[0] + place * step, at[1]), letter, font=font(kind, size), fill=fill)


def id_front(chance: random.Random, truth: dict[str, str]) -> Face:
    """人像面."""
    blank = _paper(chance, SIZE, (232, 236, 242))
    draw = ImageDraw.Draw(blank)
    kind, small, large = chance.choice(("sans", "sans", "bold")), 36, 42
    left, value, top = 84, 216, 84
    for row, label in enumerate(("姓 名", "性 别", "出 生", "住 址")):
        draw.text((left, top + 96 * row), label, font=font("sans", small), fill=BLUE)
    draw.text((value + 130, top + 96), "民 族", font=font("sans", small), fill=BLUE)
    for x, unit in ((value + 118, "年"), (value + 246, "月"), (value + 374, "日")):
        draw.text((x, top + 194), unit, font=font("sans", small - 4), fill=BLUE)
    draw.text((left, 640), "公民身份号码", font=font("sans", small), fill=BLUE)
    digits = chance.choice(("mono", "typed", "arial"))
    skin = (chance.randrange(150, 220), chance.randrange(130, 180), chance.randrange(110, 150))
    draw.ellipse((860, 130, 1040, 350), fill=skin)
    draw.rounded_rectangle((800, 360, 1100, 560), 90, fill=(72, 84, 120))
    draw.text((840, 575), MARK, font=font("sans", 26), fill=RED)

    card = blank.copy()
    draw = ImageDraw.Draw(card)
    name_size = large + 6 if len(truth["name"]) < 8 else 36
    draw.text((value, top - 8), truth["name"], font=font(kind, name_size), fill=INK)
    draw.text((value, top + 92), truth["sex"], font=font(kind, large), fill=INK)
    draw.text((value + 260, top + 92), truth["nation"], font=font(kind, large), fill=INK)
    year, month, day = truth["birth"].split("-")
    for x, part in ((value, year), (value + 180, str(int(month))), (value + 308, str(int(day)))):
        draw.text((x, top + 188), part, font=font(kind, large), fill=INK)
    address, across = truth["address"], 11
    for row in range(0, len(address), across):
        draw.text((value, top + 282 + 58 * (row // across)), address[row : row + across],
                  font=font(kind, large), fill=INK)  # fmt: skip
    _spaced(draw, (400, 630), truth["id_number"], digits, 54, INK, 36)
    return Face(card, blank)


def id_back(chance: random.Random, truth: dict[str, str]) -> Face:
    """国徽面, with a disc where the emblem would be."""
    blank = _paper(chance, SIZE, (236, 236, 240))
    draw = ImageDraw.Draw(blank)
    draw.ellipse((90, 70, 290, 280), fill=(206, 40, 44))
    draw.ellipse((150, 120, 230, 200), fill=(240, 210, 70))
    _spaced(draw, (390, 84), "中华人民共和国", "serif", 62, INK, 84)
    _spaced(draw, (360, 190), "居民身份证", "serif", 92, INK, 128)
    draw.text((90, 310), MARK, font=font("sans", 26), fill=RED)
    kind = chance.choice(("sans", "sans", "bold"))
    start = truth["valid_from"].replace("-", ".")
    span = f"{start}-{truth['valid_until'].replace('-', '.')}"
    for row, label in enumerate(("签发机关", "有效期限")):
        draw.text((270, 550 + 84 * row), label, font=font("sans", 38), fill=INK)
    card = blank.copy()
    draw = ImageDraw.Draw(card)
    for row, text in enumerate((truth["authority"], span)):
        draw.text((470, 548 + 84 * row), text, font=font(kind, 40), fill=INK)
    return Face(card, blank)


def groups(number: str, chance: random.Random) -> str:
    """A card number as banks set it: in fours, in six and the rest, or in one piece."""
    style = chance.random()
    if style < 0.7:
        return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    return f"{number[:6]} {number[6:]}" if style < 0.85 else number


def _number(card: Image.Image, at: tuple[int, int], text: str, style: str, width: int, ink: Colour,
            chance: random.Random) -> None:  # fmt: skip
    kind = {"flat": "bold", "serif": "serif", "embossed": "typed"}[style]
    size = 70
    while font(kind, size).getlength(text) > width:
        size -= 2
    draw = ImageDraw.Draw(card)
    if style == "embossed":  # raised digits of the ground's own colour: light above, shade below
        worn = chance.random()
        ground = card.getpixel((at[0], at[1]))
        assert isinstance(ground, tuple)
        face = ink if worn < 0.5 else tuple(min(255, part + 40) for part in ground)
        draw.text((at[0] + 3, at[1] + 4), text, font=font(kind, size), fill=(20, 20, 22))
        draw.text((at[0] - 2, at[1] - 2), text, font=font(kind, size), fill=(250, 250, 246))
        draw.text(at, text, font=font(kind, size), fill=face)
    else:
        draw.text(at, text, font=font(kind, size), fill=ink)


def bank_card(chance: random.Random, truth: dict[str, str], style: str = "flat") -> Face:
    """A bank card's front; ``style``: flat, serif, embossed, upright."""
    upright = style == "upright"
    size = UPRIGHT if upright else SIZE
    name, latin, tone = WORDS["banks"][truth["bank_code"]]
    base: Colour = tuple(max(0, min(255, part + chance.randrange(-20, 21))) for part in tone)
    card = Image.new("RGB", size, base)
    wash = Image.new("RGB", size, base)
    light = ImageDraw.Draw(wash)
    for _ in range(3):
        x, y, r = chance.randrange(size[0]), chance.randrange(size[1]), chance.randrange(150, 420)
        shade = chance.randrange(-26, 32)
        light.ellipse((x - r, y - r, x + r, y + r), fill=tuple(max(0, min(255, p + shade)) for p in base))
    blank = Image.blend(card, wash.filter(ImageFilter.GaussianBlur(2)), 0.8)
    draw = ImageDraw.Draw(blank)
    ink: Colour = (28, 28, 32) if sum(base) > 420 else (240, 240, 236)
    draw.ellipse((76, 56, 148, 128), outline=ink, width=12)
    draw.text((168, 52), name, font=font(chance.choice(("bold", "serif")), 54), fill=ink)
    draw.text((170, 118), latin, font=font("arial", 24), fill=ink)
    draw.rounded_rectangle((100, 250, 232, 350), 18, fill=(222, 190, 110))
    words = chance.choice(WORDS["credit_words" if truth["card_type"] == "credit" else "debit_words"])
    far, low = size[0] - 320, size[1]
    draw.text((far, 210 if not upright else 380), words, font=font("bold", 36), fill=ink)
    if "expiry" in truth:
        draw.text((330, low - 240), "VALID\nTHRU", font=font("arial", 20), fill=ink)
        draw.text((410, low - 240), truth["expiry"], font=font("mono", 36), fill=ink)
    draw.rounded_rectangle((far + 40, low - 180, far + 250, low - 50), 16, fill=(20, 110, 130))
    draw.text((far + 58, low - 172), "UnionPay", font=font("arial", 38), fill="white")
    draw.text((far + 92, low - 122), "银联", font=font("bold", 48), fill="white")
    draw.text((80, low - 74), MARK, font=font("sans", 26), fill=ink)
    card = blank.copy()
    draw = ImageDraw.Draw(card)
    text = groups(truth["card_number"], chance)
    digits = "flat" if upright else style
    if upright and " " in text and chance.random() < 0.5:
        for row, group in enumerate(text.split(" ")):
            draw.text((110, 500 + 80 * row), group, font=font("bold", 66), fill=ink)
    else:
        _number(card, (80, 640 if upright else 410), text, digits, size[0] - 160, ink, chance)
    return Face(card, blank)

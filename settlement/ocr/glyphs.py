"""A doubtful letter's picture beside the letters that it may be.

The recogniser takes rare letters for common ones (劫 for 劼, 毫 for 亳), but nearly always the right one is
among its next guesses, and their shapes differ. What is changed stays doubtful: the customer compares it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import pylopdf_fonts_zh_cn
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from settlement.ocr.lines import Text, uncommon

Grey = NDArray[np.float32]

_FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
_EM, _CANVAS = 64, 96  # px: a letter as it is drawn, and the room around it
_SMALLEST = 12  # px: below, letters have no shape
_DOUBTED = 0.98  # probability below which a letter is compared with its rivals
_NEARLY = 0.999  # and where one of its first rivals is rare
_FIRST = 3
_OTHERS = 5  # rivals that are compared: the right one is nearly always among the first three
_ALIKE = 0.65  # correlation of a letter with its own picture: 0.7 to 0.95 in photos of some quality
# And how much higher than that of any other, as a share of what would be if the photo were as sharp as the
# pictures. Of 264 letters in four typefaces, right ones that were read had another at 0.12 at most, and wrong
# ones the right letter at 0.19 at least. What was read with near certainty gives way to no small difference.
_PLAINLY, _CLEARLY, _CERTAIN = 0.16, 0.35, 0.99
_SETTLED = 0.85  # probability of a letter that its shape tells: marked, but no reason for another look
_LABELS = frozenset("姓名性别民族出生年月日住址公民身份号码签发机关有效期限样本")  # known by their places
_LISTED = re.compile("银行|银联|[借贷]记|储蓄|信用卡")  # on bank cards: read by lists of words
_SCALES = (0.94, 1.0, 1.06)
_WEIGHTS = (0, 1)  # px added to each stroke: regular, bold
_PLAIN = _SCALES.index(1.0)  # the picture that is neither


def compared(crop: NDArray[np.uint8], text: Text) -> Text:
    """``text``, its doubtful letters replaced by rare ones among their rivals that look more like the photo.

    ``crop`` is the picture of the line in which it was read.
    """
    doubted = [at for at, odd in enumerate(text.odds) if _worth_comparing(text, at, odd)]
    if not doubted or _LISTED.search(text.text):
        return text
    grey = 255 - cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).astype(np.float32)
    em = _em(text, grey.shape)
    if em < _SMALLEST:
        return text
    letters, odds, rivals = list(text.text), list(text.odds), list(text.rivals)
    for at in doubted:
        around = _around(grey, text.at[at] * grey.shape[1], em)
        others = [letter for letter in text.rivals[at] if _han(letter)][:_OTHERS]
        ranked = sorted(((_likeness(around, one, em), one) for one in (letters[at], *others)), reverse=True)
        (likeness, best), (less, other) = ranked[:2]
        if best != letters[at] and not uncommon(best):
            continue  # of two common letters the recogniser knows better: blur makes dense ones alike
        share = _PLAINLY if odds[at] < _CERTAIN else _CLEARLY
        if likeness < _ALIKE or likeness - less < share * _unlikeness(best, other, em):
            continue
        odds[at] = max(odds[at], _SETTLED) if best == letters[at] else _SETTLED
        rivals[at] = (letters[at] + rivals[at]).replace(best, "")
        letters[at] = best
    return replace(text, text="".join(letters), odds=tuple(odds), rivals=tuple(rivals))


def _worth_comparing(text: Text, at: int, odd: float) -> bool:
    if not _han(text.text[at]) or text.text[at] in _LABELS or not any(map(_han, text.rivals[at])):
        return False
    return odd < _DOUBTED or (odd < _NEARLY and any(map(uncommon, text.rivals[at][:_FIRST])))


def _han(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"


def _em(text: Text, size: tuple[int, ...]) -> float:
    """The letters' size, px: the distance of two neighbours, when it is near the line's height."""
    height, width = size
    steps = [
        (right - left) * width
        for (left, right), pair in zip(pairwise(text.at), pairwise(text.text), strict=True)
        if all(map(_han, pair))
    ]
    em = median(steps) if steps else 0.0
    return em if 0.5 * height < em < 1.2 * height else 0.8 * height


def _around(grey: Grey, middle: float, em: float) -> Grey:
    """The picture of one letter, with room to find it in."""
    left, right = round(max(0.0, middle - 0.85 * em)), round(min(float(grey.shape[1]), middle + 0.85 * em))
    room = round(0.15 * em) + 2
    part = cv2.copyMakeBorder(grey[:, left:right], room, room, room, room, cv2.BORDER_REPLICATE)
    return np.asarray(part, np.float32)


def _likeness(around: Grey, letter: str, em: float) -> float:
    """The highest correlation of ``letter`` with a part of ``around``, -1…1."""
    return max((_correlation(around, picture) for picture in _pictures(letter, round(em))), default=-1.0)


def _unlikeness(one: str, other: str, em: float) -> float:
    """How far the pictures of two letters are from being the same, 0…2."""
    picture, against = (_pictures(letter, round(em))[_PLAIN] for letter in (one, other))
    room = round(0.1 * em)
    around = cv2.copyMakeBorder(against, room, room, room, room, cv2.BORDER_CONSTANT)
    return 1 - _correlation(np.asarray(around, np.float32), picture)


def _correlation(around: Grey, picture: Grey) -> float:
    if any(part < whole for part, whole in zip(around.shape, picture.shape, strict=True)):
        return -1.0
    return float(cv2.matchTemplate(around, picture, cv2.TM_CCOEFF_NORMED).max())


@lru_cache(maxsize=512)
def _pictures(letter: str, em: int) -> tuple[Grey, ...]:
    return tuple(_drawn(letter, em, scale, weight) for weight in _WEIGHTS for scale in _SCALES)


def _drawn(letter: str, em: int, scale: float, weight: int) -> Grey:
    canvas = Image.new("L", (_CANVAS, _CANVAS), 0)
    middle = _CANVAS // 2
    ImageDraw.Draw(canvas).text(
        (middle, middle), letter, font=_font(), fill=255, anchor="mm", stroke_width=weight
    )
    size = round(_CANVAS * em * scale / _EM)
    small = cv2.resize(np.asarray(canvas, np.float32), (size, size), interpolation=cv2.INTER_AREA)
    edge = round(size / 8)
    return np.asarray(cv2.GaussianBlur(small[edge:-edge, edge:-edge], (0, 0), 1), np.float32)


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), _EM)

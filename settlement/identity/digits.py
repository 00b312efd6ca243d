"""Digits and small numbers in every way people write or say them."""

from __future__ import annotations

import re
import unicodedata

SPOKEN = "零〇○一二三四五六七八九幺两洞拐勾壹贰叁肆伍陆柒捌玖"
_SPOKEN = str.maketrans(SPOKEN, "00012345678912079123456789")
SEPARATORS = re.compile(r"[\s\-‐-―−﹣_·,，、\u200b-\u200f\u2060\ufeff]+")


def half_width(text: str) -> str:
    """Full-width letters and digits, circled digits and the like in plain form."""
    return unicodedata.normalize("NFKC", text)


def spoken(text: str) -> str:
    """零幺二七 as 0127."""
    return text.translate(_SPOKEN)


def counted(text: str) -> int | None:
    """What counts or orders something: 7, 两, 十, 二十三, also 一二 digit by digit; else ``None``."""
    tens, ten, ones = spoken(text).partition("十")
    digits = f"{tens or 1}{ones or 0}" if ten else tens
    is_number = digits.isascii() and digits.isdigit() and not (ten and len(digits) != 2)
    return int(digits) if is_number else None

"""Digits in every way people write or say them."""

from __future__ import annotations

import re
import unicodedata

_SPOKEN = str.maketrans("零〇○一二三四五六七八九幺两洞拐勾壹贰叁肆伍陆柒捌玖", "00012345678912079123456789")
SEPARATORS = re.compile(r"[\s\-‐-―−﹣_·,，、\u200b-\u200f\u2060\ufeff]+")


def half_width(text: str) -> str:
    """Full-width letters and digits, circled digits and the like in plain form."""
    return unicodedata.normalize("NFKC", text)


def spoken(text: str) -> str:
    """零幺二七 as 0127."""
    return text.translate(_SPOKEN)

"""Card numbers: one spelling for every way of writing them, and the check digit of ISO/IEC 7812."""

from __future__ import annotations

import re
import unicodedata

# Everything people put between groups of digits, dashes of all kinds and invisible characters among them.
_BETWEEN = re.compile(r"[\s\-‐-―−﹣_.·,，、*\u200b-\u200f\u2060\ufeff]+")


def normalise(text: str) -> str:
    """``text`` in half width without separators; what is not a digit otherwise stays and fails later."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text))


def luhn(number: str) -> bool:
    """Whether the last digit checks (ISO/IEC 7812-1 annex B); false for anything but ASCII digits."""
    if not (number.isascii() and number.isdigit()):
        return False
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

"""Names of persons: one spelling of the interpunct, characters as on the card (民委发〔2016〕33 号)."""

from __future__ import annotations

import re
import unicodedata

from settlement.errors import CustomerError

DOT = "·"  # U+00B7, the only interpunct that names carry
# NFKC does not unify these (tried), hence the list.
_DOTS = str.maketrans(dict.fromkeys("•・･‧∙⋅‧●▪﹒᛫⸱ꞏ", DOT))
_HAN = r"㐀-䶿一-鿿〇\U00020000-\U0003FFFF"
_POINT_BETWEEN = re.compile(rf"(?<=[{_HAN}])[.．。](?=[{_HAN}])")
# A stroke that looks like the interpunct at each end never belongs to a name.
_NAME = re.compile(rf"[{_HAN}]+(?:{DOT}[{_HAN}]+)*")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f\U000E0100-\U000E01EF]")
SHORTEST, LONGEST = 2, 50


def normalise(name: str) -> str:
    """``name`` without spaces and variation marks, every kind of interpunct as ``·``.

    Compatibility characters are mapped to the ones that they stand for (U+F900 block); simplified and
    traditional characters, and look-alikes such as 吕 and 呂, stay as they are on the card.
    """
    mapped = _INVISIBLE.sub("", name).translate(_DOTS)
    return _POINT_BETWEEN.sub(DOT, unicodedata.normalize("NFC", mapped))


def check(name: str) -> str:
    """The normalised name: 2 to 50 Han characters and ``·``; otherwise CustomerError name_malformed."""
    value = normalise(name)
    if not SHORTEST <= len(value) <= LONGEST or not _NAME.fullmatch(value):
        raise CustomerError("name_malformed")
    return value


def same(a: str, b: str) -> bool:
    """Whether both are the same name, character by character; two empty names are not."""
    left, right = normalise(a), normalise(b)
    return bool(left) and left == right
